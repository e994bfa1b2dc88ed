import type { PackDetection } from '../model/detection.ts';
import { confText } from '../render/conf-text.ts';

/**
 * Keeps the results of a detection's alerts in an index, each marked with the pack, the rule and
 * its level. Throttled results are not kept.
 */
export function addSummaryIndex(
  settings: Map<string, string>,
  { id, severity }: PackDetection,
  pack: string,
  index: string,
): void {
  settings.set('action.summary_index', '1');
  settings.set('action.summary_index._name', index);
  settings.set('action.summary_index.sigpack_pack', pack);
  settings.set('action.summary_index.sigpack_rule', confText(id));
  settings.set('action.summary_index.sigpack_level', severity);
}
