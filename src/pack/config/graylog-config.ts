import { parameterDefault } from '../../backend/graylog/blank.ts';
import { graylogDefaults, graylogSchema as targetSchema } from '../../backend/graylog/settings.ts';
import { type Level, levels } from '../../sigma/rule/rule.ts';
import { recordOf } from '../../source/record.ts';
import { map, text } from '../../source/schema/schema-builder.ts';
import { ingestStreams } from '../graylog/ingest/ingest-streams.ts';
import {
  type NotificationChoice,
  notificationSchema,
} from '../graylog/notification/notification.ts';
import type { StreamChoice } from '../graylog/stream-reference.ts';
import type { FromSettings } from '../settings/schema.ts';
import { defaultDefinitionsPerMinute } from './load-budget.ts';

const { mode, matching, ...search } = targetSchema.properties;

export const graylogSchema = map(
  {
    mode,
    matching,
    minimumServerVersion: text(
      'Oldest Graylog version that may install the pack, x.y or x.y.z, 5.2.0 or newer; keys ' +
        'that came later are left out.',
      {
        pattern:
          '^(?:5\\.(?:[2-9]|[1-9][0-9])|(?:[6-9]|[1-9][0-9])\\.[0-9]{1,2})(?:\\.[0-9]{1,2})?$',
        default: '6.0.0',
      },
    ),
    ...search,
    detectionsStream: text(
      'With mode: ingest, the title of the stream that the pack brings for what rules found. ' +
        'Default: Sigma detections (<id of the pack>).',
      { maxLength: 100, pattern: '^[^\\p{Cc}]*$' },
    ),
    titlePrefix: text(
      'Put before the title of each event definition; {level} and {LEVEL} stand for its ' +
        'level: `[{LEVEL}] `.',
      {
        minLength: 0,
        maxLength: 40,
        default: '',
      },
    ),
    priority: map(
      recordOf(levels, (name) => ({
        type: 'integer',
        minimum: 1,
        maximum: 4,
        description: `Priority of the level ${name}.`,
      })),
      'Priorities of event definitions by level: 1 low, 2 normal, 3 high, 4 critical ' +
        '(servers from 6.2 on).',
    ),
    notification: notificationSchema,
    dashboard: {
      type: 'boolean',
      default: true,
      description: 'A dashboard in the pack that shows what its event definitions raised.',
    },
    definitionsPerMinute: {
      type: 'integer',
      minimum: 1,
      default: defaultDefinitionsPerMinute,
      description:
        'Budget of enabled event definitions that run in a minute on average; overBudget ' +
        'says what becomes of more.',
    },
  },
  targetSchema.description,
);

/** `graylog:` of sigpack.yml with its defaults. */
export interface GraylogConfig {
  readonly mode: 'search' | 'ingest';
  /** Undefined: the title is made of the pack's id. */
  readonly detectionsStream?: string;
  readonly matching: 'exact' | 'case-insensitive';
  /** x.y.z */
  readonly minimumServerVersion: string;
  /** Titles of streams. Empty: all streams. */
  readonly streams: readonly string[];
  /** All streams are searched on purpose. */
  readonly allStreams: boolean;
  /** Name of the content pack parameter that holds a stream's title. */
  readonly streamParameter?: string;
  readonly leadingWildcards: boolean;
  readonly keywordFields: readonly string[];
  readonly textFields: readonly string[];
  readonly ipFields: readonly string[];
  readonly titlePrefix: string;
  readonly priority: Readonly<Partial<Record<Level, number>>>;
  /** Undefined: definitions send no notifications. */
  readonly notification?: NotificationChoice;
  readonly dashboard: boolean;
  /** Enabled event definitions that may run in a minute on average. */
  readonly definitionsPerMinute: number;
}

export function graylogConfig({
  streams = [],
  ...rest
}: FromSettings<typeof graylogSchema> = {}): GraylogConfig {
  const allStreams = streams === 'all';
  return {
    ...graylogDefaults,
    mode: 'search',
    titlePrefix: '',
    priority: {},
    dashboard: true,
    definitionsPerMinute: defaultDefinitionsPerMinute,
    ...rest,
    // version constraints have all three numbers
    minimumServerVersion: rest.minimumServerVersion?.replace(/^\d+\.\d+$/, '$&.0') ?? '6.0.0',
    streams: allStreams ? [] : streams,
    allStreams,
  };
}

/** Where detections search, or are tested, if their settings name no streams. */
export function streamChoice(config: GraylogConfig): StreamChoice {
  const { streamParameter } = config;
  const streams = config.mode === 'ingest' ? ingestStreams(config) : config.streams;
  // the one stream that every server has
  if (streamParameter !== undefined)
    return { kind: 'parameter', name: streamParameter, defaultTitle: parameterDefault(streams) };
  return streams.length === 0 ? { kind: 'all' } : { kind: 'titles', titles: streams };
}
