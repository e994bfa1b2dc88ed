import type { CompiledDetection } from '../../query/compile.ts';
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
