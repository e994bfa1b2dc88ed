import type { DiagnosticCode } from '../source/code/catalogue.ts';
import type { Target } from './config/config.ts';
import type { PackDetection } from './model/detection.ts';

/** What a detection became in a target: the names it got there, or why it is not there. */
export type TargetOutcome =
  | {
      readonly kind: 'compiled';
      readonly names: readonly string[];
      readonly queries: readonly string[];
      /** Switched off in this target, whatever its settings say. */
      readonly off?: true;
      /** Why it is switched off although its settings have it on. */
      readonly leftOff?: string;
    }
  | {
      readonly kind: 'skipped';
      readonly reasons: readonly { readonly code: DiagnosticCode; readonly message: string }[];
    };

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
export const compiledAs = (
  names: readonly string[],
  queries: readonly string[],
): TargetOutcome => ({ kind: 'compiled', names, queries });
