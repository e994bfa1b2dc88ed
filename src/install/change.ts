import type { OnDrift } from '../pack/config/install-config.ts';
import { InstallError } from './install-error.ts';
import { type Plan, planOf } from './plan.ts';
import type { Direction, Installed, InstallTarget, Progress, Version } from './target.ts';

export interface PlanOptions {
  /** What the plan calls the place. */
  readonly to: string;
  /** What becomes of objects that someone changed in place. Default: `keep`. */
  readonly onDrift?: OnDrift;
}

/** A plan, and what is brought there. */
export interface PlannedChange<C> extends PlanOptions {
  readonly plan: Plan;
  readonly wanted: Version<C>;
  readonly direction: Direction;
  /** Whether all is there already. */
  readonly isDone: boolean;
}

/**
 * Plans an install: reads the place and writes nothing.
 *
 * @param options.adopt - Takes over what is in the pack's place and was not installed by Sigpack.
 *   Default: false.
 * @throws An InstallError, also where something is to be taken over and `adopt` is not set.
 */
export async function planInstall<C>(
  target: InstallTarget<C>,
  options: PlanOptions & { readonly adopt?: boolean },
): Promise<PlannedChange<C>> {
  const installed = await target.installed();
  if (installed.foreign !== undefined && options.adopt !== true)
    throw new InstallError('input', `${installed.foreign}; it has to be adopted`);
  return planChange(target, { ...options, direction: 'install' }, await target.wanted(), installed);
}

/**
 * Plans to return to the version before: reads the place and writes nothing.
 *
 * @throws An InstallError, also where there is no version before.
 */
export async function planRollback<C>(
  target: InstallTarget<C>,
  options: PlanOptions,
): Promise<PlannedChange<C>> {
  const installed = await target.installed();
  return planChange(
    target,
    { ...options, direction: 'rollback' },
    previousOf(installed),
    installed,
  );
}

/** The version that a rollback returns to. */
export function previousOf<C>({ previous, version }: Installed<C>): Version<C> {
  if (version === undefined) throw new InstallError('input', 'nothing is installed there');
  if (!previous)
    throw new InstallError('input', `there is no version before ${version} to go back to`);
  return previous;
}

/** Compares a version with what is there. */
export function planChange<C>(
  { kind, id }: Pick<InstallTarget<C>, 'kind' | 'id'>,
  options: PlanOptions & { readonly direction: Direction },
  wanted: Version<C>,
  installed: Installed<C>,
): PlannedChange<C> {
  const { to, onDrift = 'keep', direction } = options;
  const { version: from = null, current, known, isShared, state, gone, foreign } = installed;
  const plan = planOf({
    to,
    kind,
    pack: { id, from, version: wanted.version, digest: wanted.digest },
    adopts: direction === 'install' ? foreign : undefined,
    refers: wanted.refers,
    wanted: wanted.objects,
    current,
    known,
    isShared,
    onDrift,
    gone: (key) => (gone && direction === 'install' ? gone(key, wanted.digest) : 'remove'),
    state,
  });
  const isDone = plan.objects.length === 0 && installed.digest === wanted.digest;
  return { to, onDrift, direction, plan, wanted, isDone };
}

/**
 * Does what a plan says, and looks afterwards whether it is so.
 *
 * @param progress - Called with each step that was done.
 * @returns What to know, such as a restart that is needed.
 * @throws An InstallError. What was done by then stays, and the next plan finds it.
 */
export async function applyPlan<C>(
  target: InstallTarget<C>,
  change: PlannedChange<C>,
  progress: Progress = () => undefined,
): Promise<readonly string[]> {
  const { plan, wanted, direction } = change;
  const notes = await target.apply({ plan, wanted, direction, progress });
  const left = planChange(target, change, wanted, await target.installed()).plan.objects;
  if (left.length > 0)
    throw new InstallError(
      'place',
      `after all was written, ${left.length} objects are not as they were meant to be, the ` +
        `first of them ${left[0]?.name}; run the command again`,
    );
  return notes;
}
