import type { PackDetection } from '../model/detection.ts';
import { isTrue } from '../settings/splunk-boolean.ts';
import type { Target } from './config.ts';

/** Whether the search runs once the app is installed, overrides in its settings included. */
export function runsInSplunk({ settings: { enabled, splunk } }: PackDetection): boolean {
  const { disabled, enableSched } = splunk.savedsearch;
  return (
    (disabled === undefined ? enabled : !isTrue(disabled)) &&
    (enableSched === undefined || isTrue(enableSched))
  );
}

/** The ids of the detections of a target that run once it is installed. */
export function enabledIds(
  pack: Readonly<Record<Target, readonly { readonly detection: PackDetection }[]>>,
  target: Target,
): ReadonlySet<string> {
  const runs =
    target === 'splunk' ? runsInSplunk : ({ settings }: PackDetection): boolean => settings.enabled;
  return new Set(pack[target].flatMap(({ detection }) => (runs(detection) ? [detection.id] : [])));
}
