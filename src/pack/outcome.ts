import type { DiagnosticCode } from '../source/code/catalogue.ts';
import type { Target } from './config/config.ts';
import type { PackDetection } from './model/detection.ts';

/** What became of a detection in a target: its names there, or why it is missing. */
export type TargetOutcome =
  | CompiledFor
  | {
      readonly kind: 'skipped';
      readonly reasons: readonly { readonly code: DiagnosticCode; readonly message: string }[];
    };

interface CompiledFor {
  readonly kind: 'compiled';
  readonly names: readonly string[];
  /** Of a rule that Graylog tests at ingest: its condition. */
  readonly queries: readonly string[];
  /** Number of event definitions of its own. Default: one for each query. */
  readonly definitions?: number;
  /** Disabled in this target, whatever its settings are. */
  readonly off?: true;
  /** Why it is disabled although its settings enable it. */
  readonly leftOff?: string;
}

export interface DetectionOutcome {
  readonly detection: PackDetection;
  readonly targets: ReadonlyMap<Target, TargetOutcome>;
}

export const skipped = (
  reasons: readonly { readonly code: DiagnosticCode; readonly message: string }[],
): TargetOutcome => ({
  kind: 'skipped',
  reasons: reasons.map(({ code, message }) => ({ code, message })),
});
export const compiledAs = (names: readonly string[], queries: readonly string[]): CompiledFor => ({
  kind: 'compiled',
  names,
  queries,
});
