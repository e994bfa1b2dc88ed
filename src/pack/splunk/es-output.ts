import type { PackDetection } from '../model/detection.ts';
import type { EsOutput } from '../settings/settings.ts';
import { isTrue } from '../settings/splunk-boolean.ts';
import { entitiesOf } from './es-entity.ts';

/**
 * As set, or by level and status: a detection that is reliable enough to be looked at each time
 * makes a finding. So does one without an entity to add risk to.
 */
export function outputOf(detection: PackDetection): EsOutput {
  if (entitiesOf(detection).length === 0) return 'finding';
  const { settings, severity, rule } = detection;
  if (settings.splunk.output !== undefined) return settings.splunk.output;
  const severe = severity === 'high' || severity === 'critical';
  return severe && (rule.status === 'stable' || rule.status === 'test')
    ? 'finding'
    : 'intermediate-finding';
}

/** What an override of the settings would count twice. */
export function doubleOutput(detection: PackDetection): string | undefined {
  const { savedsearch } = detection.settings.splunk;
  const output = outputOf(detection);
  const other = output === 'finding' ? 'action.risk' : 'action.notable';
  if (!isTrue(savedsearch[other] ?? '')) return undefined;
  return (
    `\`${other}\` makes a detection both a finding and an intermediate finding, which counts ` +
    `its risk twice; \`splunk.output\` chooses one of them`
  );
}
