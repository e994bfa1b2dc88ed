/**
 * Keeps the results of alerts in an index, each marked with the pack and with more marks.
 * Throttled results are not kept.
 */
export function addSummaryIndex(
  settings: Map<string, string>,
  pack: string,
  index: string,
  marks: Readonly<Record<string, string>> = {},
): void {
  settings.set('action.summary_index', '1');
  settings.set('action.summary_index._name', index);
  settings.set('action.summary_index.sigpack_pack', pack);
  for (const [mark, value] of Object.entries(marks))
    settings.set(`action.summary_index.${mark}`, value);
}
