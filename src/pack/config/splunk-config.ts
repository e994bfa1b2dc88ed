import { splunkSchema as targetSchema } from '../../backend/splunk/settings.ts';
import type { CorrelationMethod } from '../../backend/splunk/splunk.ts';
import type { NewDiagnostic } from '../../source/diagnostic.ts';
import { list, map, text } from '../../source/schema/schema-builder.ts';
import { lookup, type YamlNode } from '../../source/yaml/tree.ts';
import { confError } from '../render/conf-text.ts';
import type { FromSettings } from '../settings/schema.ts';
import type { LogSourceMatch } from '../settings/selection.ts';
import { defaultSearchesPerMinute } from './load-budget.ts';

/** No longest search is documented: this is a search that Splunk is known to run. */
const groupedDefaults = { bytes: 64000, rules: 100 };

const indexes = list(
  map(
    {
      match: { $ref: '#/$defs/logsource' },
      definition: text(
        'The macro’s search terms, as index=windows sourcetype=XmlWinEventLog; one line.',
        { examples: ['index=windows'] },
      ),
    },
    'Definition of the index macros of the log sources that match; the first entry that ' +
      'matches counts.',
    ['match', 'definition'],
  ),
  'Definitions of the index macros, one a log source. An admin can still override each macro ' +
    'in local/.',
);

const indexName = text('The name of an index; * stands for any rest.', {
  pattern: '^[A-Za-z0-9_*-]+$',
});

export const splunkSchema = map(
  {
    enterpriseSecurity: {
      type: 'boolean',
      default: false,
      description:
        'true where Splunk has Enterprise Security 7 or 8: detections make findings or add ' +
        'risk. false: they alert by Splunk’s own means, since a Splunk without Enterprise ' +
        'Security logs an error for each of its actions.',
    },
    index: {
      description:
        'The indexes that hold the events of all log sources, one or several; "*": all ' +
        'indexes. Added to the terms that pipelines give a log source.',
      anyOf: [indexName, list(indexName, 'Names of indexes.', { minItems: 1 })],
      examples: ['windows', ['windows', 'linux'], '*'],
    },
    indexes,
    searchesPerMinute: {
      type: 'integer',
      minimum: 1,
      default: defaultSearchesPerMinute,
      description:
        'Budget of enabled searches that start in one minute; overBudget says what becomes ' +
        'of more.',
    },
    ...targetSchema.properties,
    grouping: {
      enum: ['none', 'log-source'],
      default: 'none',
      description:
        'What is scheduled. none: a search of each detection. log-source: one search for all ' +
        'detections of a log source with like settings; their own searches stay, unscheduled.',
    },
    grouped: map(
      {
        bytes: {
          type: 'integer',
          minimum: 4000,
          maximum: 1000000,
          default: groupedDefaults.bytes,
          description: 'Bytes of SPL in a search, as UTF-8; what is longer becomes several.',
        },
        rules: {
          type: 'integer',
          minimum: 1,
          maximum: 1000,
          default: groupedDefaults.rules,
          description: 'Detections in a search.',
        },
      },
      'Limits of a search with `grouping: log-source`.',
    ),
    summaryIndex: text(
      'An index that keeps the results of alerts (action.summary_index), so that the app’s ' +
        'overview shows who and what they are about without Enterprise Security. It must ' +
        'exist. None where missing.',
      { pattern: '^(?!.*kvstore)[a-z0-9][a-z0-9_-]*$', maxLength: 80 },
    ),
  },
  targetSchema.description,
);

/** What one search holds if detections are grouped. */
export interface GroupedLimits {
  /** Of its text, as UTF-8. */
  readonly bytes: number;
  /** Detections. */
  readonly rules: number;
}

/** `splunk:` of sigpack.yml with its defaults. */
export interface SplunkConfig {
  /** The app is for a Splunk with Enterprise Security 7 or 8. */
  readonly enterpriseSecurity: boolean;
  /** Names of the indexes of all log sources; `*` for all. Undefined: not chosen. */
  readonly index?: readonly string[];
  /** The first entry that matches a log source defines its index macro. */
  readonly indexes: readonly { readonly match: LogSourceMatch; readonly definition: string }[];
  /** Enabled searches that may start in one minute. */
  readonly searchesPerMinute: number;
  readonly cloudSafe: boolean;
  /** Default: `streamstats`. */
  readonly correlation?: CorrelationMethod;
  /** What is scheduled: a search of each detection, or one for those of a log source. */
  readonly grouping: 'none' | 'log-source';
  readonly grouped: GroupedLimits;
  /** Name of the index that keeps the results of alerts. */
  readonly summaryIndex?: string;
}

export function splunkConfig({
  index,
  grouped,
  ...rest
}: FromSettings<typeof splunkSchema> = {}): SplunkConfig {
  return {
    enterpriseSecurity: false,
    indexes: [],
    cloudSafe: true,
    searchesPerMinute: defaultSearchesPerMinute,
    grouping: 'none',
    grouped: { ...groupedDefaults, ...grouped },
    ...rest,
    ...(index === undefined ? {} : { index: [...new Set([index].flat())] }),
  };
}

/** Definitions of index macros that macros.conf can't hold. */
export function splunkDiagnostics(splunk: YamlNode | undefined): readonly NewDiagnostic[] {
  const indexes = lookup(splunk, 'indexes');
  if (indexes?.kind !== 'sequence') return [];
  return indexes.items.flatMap((item): readonly NewDiagnostic[] => {
    const definition = lookup(item, 'definition');
    const reason = definition?.kind === 'scalar' ? confError(definition.text) : undefined;
    if (!definition || reason === undefined) return [];
    return [
      {
        code: 'PCK001',
        message: `\`definition\` ${reason}`,
        span: definition,
      },
    ];
  });
}
