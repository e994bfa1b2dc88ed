import { jsonOf } from '../source/json.ts';
import { isRecord, valueText } from '../source/record.ts';
import { sortedJson } from '../source/sorted-json.ts';
import type { InstallPlan } from './plan.ts';

export const planText = (plan: InstallPlan): string => `${JSON.stringify(plan, null, 2)}\n`;

/**
 * Why a saved plan can't be applied; undefined where it is the plan that would be made now. Nothing
 * of the file is trusted: what is applied is the new plan.
 */
export function planError(text: string, plan: InstallPlan): string | undefined {
  const saved = jsonOf(text);
  if (saved === undefined) return 'it is not JSON';
  if (!isRecord(saved) || saved.planVersion !== plan.planVersion)
    return 'it is not a plan of sigpack install, or one of another version of it';
  if (sortedJson(saved) === sortedJson(plan)) return undefined;
  if (saved.to !== plan.to) return `it is for ${valueText(saved.to)}, not for ${plan.to}`;
  if (sortedJson(saved.pack) !== sortedJson(plan.pack))
    return 'it is for another artifact, or another version is installed by now';
  return saved.state === plan.state
    ? 'it was made with other settings'
    : 'the place was changed since the plan was made';
}

/** Whether a saved plan brings the same version to the same place, whatever was there before. */
export function isOfSamePack(text: string, { planVersion, to, kind, pack }: InstallPlan): boolean {
  const saved = jsonOf(text);
  if (
    !isRecord(saved) ||
    !isRecord(saved.pack) ||
    saved.planVersion !== planVersion ||
    saved.to !== to ||
    saved.kind !== kind
  )
    return false;
  return (
    saved.pack.id === pack.id &&
    saved.pack.version === pack.version &&
    saved.pack.digest === pack.digest
  );
}
