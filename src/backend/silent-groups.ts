import type { CorrelationRule } from '../sigma/correlation/correlation.ts';
import { holdsOfNothing, isAbsence } from '../sigma/correlation/threshold.ts';
import { diagnosticAt, type Place, refused, type TargetDiagnostic } from './backend.ts';

/**
 * For targets that make groups of the events that they find: a group without events is none. A
 * condition that only such a group fulfils is refused; of one that it fulfils as well, it is told.
 * `grouping` says who groups.
 */
export function checkSilentGroups(
  rule: CorrelationRule,
  place: Place,
  grouping: string,
  diagnostics: TargetDiagnostic[],
): void {
  if (rule.groupBy.length > 0 && isAbsence(rule)) {
    throw refused(
      place,
      `only a group without events fulfils the condition, and ${grouping} the events that it finds`,
      'Leave `group-by` out, with one correlation for each group that must not fall silent.',
    );
  }
  diagnosticOnSilentGroups(rule, place, diagnostics);
}

/** Groups that may have no events are only looked at where they have some. */
export function diagnosticOnSilentGroups(
  rule: CorrelationRule,
  place: Place,
  diagnostics: TargetDiagnostic[],
): void {
  if (rule.groupBy.length === 0 || !holdsOfNothing(rule) || isAbsence(rule)) return;
  const message =
    'a group is looked at where it has events; whether one has fallen silent is for a ' +
    'correlation of its own, with `lt: 1`';
  diagnostics.push(diagnosticAt('TGT003', place, message));
}
