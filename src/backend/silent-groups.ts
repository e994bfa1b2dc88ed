import type { CorrelationRule } from '../sigma/correlation/correlation.ts';
import { holdsOfNothing, isAbsence } from '../sigma/correlation/threshold.ts';
import { diagnosticAt, type Place, refused, type TargetDiagnostic } from './backend.ts';

/**
 * For targets that group the events that they find, where a group without events does not exist. A
 * condition that only such a group fulfils is refused; one that it fulfils as well is reported.
 * `grouping` names what does the grouping.
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
  reportSilentGroups(rule, place, diagnostics);
}

/** Groups that may have no events are only looked at where they have some. */
export function reportSilentGroups(
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
