import type { CompiledDetection } from '../../query/compile.ts';
import { map } from '../../source/schema/schema-builder.ts';
import { pipelineScope } from './scope.ts';
import type { SplunkOptions } from './splunk.ts';

export interface SplunkSettings extends SplunkOptions {
  /** End a search with a table of the rule attribute `fields`. */
  readonly table?: boolean;
  /** Goes before a detection's search; empty for nothing. */
  readonly scopeOf: (part: CompiledDetection) => string;
}

export const splunkDefaults: SplunkSettings = {
  cloudSafe: false,
  scopeOf: (part) => pipelineScope(part) ?? '',
};

/** The part of these that sigpack.yml sets. */
export const splunkSchema = map(
  {
    cloudSafe: {
      type: 'boolean',
      default: true,
      description:
        'Respell, with the same meaning, what Splunk Cloud’s vetting refuses in a search (a ' +
        'literal rm -rf, dotted quads).',
    },
    correlation: {
      enum: ['streamstats', 'stats'],
      default: 'streamstats',
      description:
        'How correlations find their windows. streamstats: sliding windows, exact up to some ' +
        '10,000 events in one. stats: fixed windows, one after another, of any number of ' +
        'events.',
    },
  },
  'The Splunk app.',
);
