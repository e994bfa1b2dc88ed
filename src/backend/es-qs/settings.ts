import type { CompiledRule } from '../../query/compile.ts';
import { recordOf } from '../../source/record.ts';
import { list, map, text } from '../../source/schema/schema-builder.ts';

/** What an index of Elasticsearch is like, and how watches run on it. */
export interface ElasticsearchSettings {
  /**
   * Text fields ignore case by themselves (a normalizer, or ECS's mapping), or letters are spelt
   * `[aA]`.
   */
  readonly matching: 'native' | 'case-insensitive';
  /** Fields whose text is analysed into lower-case words. */
  readonly textFields: readonly string[];
  /** Fields of the type ip, where an address block can be searched as it is. */
  readonly ipFields: readonly string[];
  /** Fields of the type boolean, which hold `true` and `false` in small letters. */
  readonly booleanFields: readonly string[];
  /**
   * Fields of the type wildcard: they keep the case of letters, also where the others ignore it.
   */
  readonly wildcardFields: readonly string[];
  /**
   * Index pattern that a watch searches, or several with commas; id of the data view of saved
   * searches.
   */
  readonly index: string;
  readonly timestampField: string;
  /** Seconds between runs of a watch, and what a run looks back over where there is no window. */
  readonly interval: number;
  /** Seconds that a run looks back. */
  readonly window?: number;
  /**
   * Seconds left for late events: a run looks that much further back, and stops that long before
   * now.
   */
  readonly delay: number;
  /** Seconds in which a watch acts once. */
  readonly throttle: number;
  /** Events (of a correlation: groups) in a window that it takes to act. */
  readonly threshold: number;
  /** A schedule of Watcher in place of `interval`. */
  readonly schedule?: Readonly<Record<string, unknown>>;
  /** The setting of a rule that `schedule` is from. */
  readonly scheduledBy?: 'cron';
  /** Actions of Watcher by their ids; without them a line is logged. */
  readonly actions?: Readonly<Record<string, object>>;
  /** Settings of a rule that a watch can't honour, and why. */
  readonly ignored?: readonly string[];
  /** Why runs of a watch find events again, and act on them again. */
  readonly repeats?: string;
  /** What a rule's own settings change. */
  readonly ofRule: (
    compiled: CompiledRule,
  ) => Partial<
    Pick<
      ElasticsearchSettings,
      | 'interval'
      | 'window'
      | 'delay'
      | 'throttle'
      | 'threshold'
      | 'schedule'
      | 'scheduledBy'
      | 'ignored'
      | 'repeats'
    >
  >;
}

export const elasticsearchDefaults: ElasticsearchSettings = {
  matching: 'native',
  textFields: [],
  ipFields: [],
  booleanFields: [],
  wildcardFields: [],
  index: 'logs-*',
  timestampField: '@timestamp',
  interval: 300,
  delay: 600,
  throttle: 3600,
  threshold: 1,
  ofRule: () => ({}),
};

/** The kinds of Watcher's schedules; the server checks what each takes. */
const schedule = map(
  recordOf(
    ['cron', 'interval', 'hourly', 'daily', 'weekly', 'monthly', 'yearly', 'timezone'],
    (kind) => ({ description: `Watcher’s ${kind}.` }),
  ),
  'A schedule of Watcher in place of interval, as { cron: 0 0/5 * * * ? }; interval must ' +
    'then cover the time between two runs.',
);

const besideEcs = ', beside those of ECS where the index has its types; an empty list: none.';

/** What sigpack.yml sets as it is; spans of time come from its settings of detections, too. */
export const elasticsearchSchema = map(
  {
    matching: {
      enum: ['native', 'case-insensitive'],
      description:
        'native: the fields ignore case by themselves (a normalizer, analysed text) or case ' +
        'does not matter; case-insensitive spells letters as [aA] in regular expressions. ' +
        'Default: case-insensitive with the bundle elastic or an ecs- pipeline, else native.',
    },
    textFields: list(
      text('A field name.'),
      `Fields analysed into lower-case words (text, match_only_text)${besideEcs}`,
    ),
    ipFields: list(
      text('A field name.'),
      `Fields of the type ip, where CIDR searches work${besideEcs}`,
    ),
    booleanFields: list(text('A field name.'), `Fields of the type boolean${besideEcs}`),
    wildcardFields: list(
      text('A field name.'),
      'Fields of the type wildcard, which keep the case of letters also where the others ' +
        `ignore it${besideEcs}`,
    ),
    index: text(
      'Index pattern of watches and data view id of saved searches, several with commas.',
      { pattern: '^[^\\s\\p{Cc}]+$', default: elasticsearchDefaults.index },
    ),
    timestampField: text('The field that holds the time of an event.', {
      default: elasticsearchDefaults.timestampField,
    }),
    schedule,
    actions: {
      type: 'object',
      description:
        'Actions of Watcher by their ids, as its manual has them. Default: one that logs a line.',
      propertyNames: { pattern: '^\\S+$', description: 'The id of an action, without blanks.' },
      additionalProperties: {
        type: 'object',
        description: 'An action of Watcher, as { webhook: { ... } }.',
      },
    },
  },
  'Watches, saved searches and queries of Elasticsearch, for sigpack convert and sigpack docs.',
);
