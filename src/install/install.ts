import type { OnDrift } from '../pack/config/install-config.ts';
import { InstallError } from './install-error.ts';
import { type InstallPlan, planOf } from './plan.ts';
import type { Direction, InstalledPack, InstallTarget, PackVersion, Progress } from './target.ts';

/** How a change is planned. */
export interface PlanInstallOptions {
  /** What the plan calls the place. */
  readonly to: string;
  /** What becomes of objects that someone changed in place. Default: `keep`. */
  readonly onDrift?: OnDrift;
}

/** A plan, and what applying it brings to the place. */
export interface PlannedInstall<C> extends PlanInstallOptions {
  readonly plan: InstallPlan;
  readonly wanted: PackVersion<C>;
  readonly direction: Direction;
  /** Whether all is there already. */
  readonly isDone: boolean;
}

/**
 * Plans an install: reads the place and writes nothing.
 *
 * @param options.adopt - Takes over what is in the pack's place and was not installed by Sigpack.
 *   Default: false.
 * @throws An InstallError, also where something has to be taken over and `adopt` is not set.
 * @example
 * import { readFileSync } from 'node:fs';
 * import { setTimeout } from 'node:timers/promises';
 * import { planInstall, readWatches, watcherTarget } from 'sigpack';
 * import { send } from './send.js'; // the example of SendRequest
 *
 * const target = watcherTarget({
 *   server: { url: 'https://elastic.example.org:9200', send, sleep: setTimeout },
 *   login: { secret: process.env.ELASTIC_KEY ?? '' },
 *   packId: 'acme',
 *   version: '1.0.0',
 *   watches: readWatches(readFileSync('packs/acme-1.0.0.ndjson', 'utf8')),
 * });
 * const { plan } = await planInstall(target, { to: 'soc' });
 * plan.objects.map(({ verb, name }) => `${verb} ${name}`);
 * // => ['create First', 'create Second', 'create Third']
 */
export async function planInstall<C>(
  target: InstallTarget<C>,
  options: PlanInstallOptions & { readonly adopt?: boolean },
): Promise<PlannedInstall<C>> {
  const installed = await target.installed();
  if (installed.foreign !== undefined && options.adopt !== true)
    throw new InstallError('input', `${installed.foreign}; \`adopt\` takes its place`);
  return planTo(target, 'install', await target.wanted(), installed, options);
}

/**
 * Plans to return to the version before: reads the place and writes nothing.
 *
 * @throws An InstallError, also where there is no version before.
 * @example
 * import { readFileSync } from 'node:fs';
 * import { setTimeout } from 'node:timers/promises';
 * import { applyPlan, planInstall, planRollback, readSplunkApp, splunkTarget } from 'sigpack';
 * import { send } from './send.js'; // the example of SendRequest
 *
 * const server = { url: 'https://rollback.splunk.example.org:8089', send, sleep: setTimeout };
 * const login = { secret: process.env.SPLUNK_TOKEN ?? '' };
 * for (const version of ['1.0.0', '1.1.0']) {
 *   const app = await readSplunkApp(readFileSync(`packs/acme-${version}.spl`));
 *   const target = splunkTarget({ server, login, appId: app.id, app });
 *   await applyPlan(target, await planInstall(target, { to: 'search-head' }));
 * }
 * const target = splunkTarget({ server, login, appId: 'acme' });
 * const { plan } = await planRollback(target, { to: 'search-head' });
 * `${plan.pack.from} to ${plan.pack.version}`; // => '1.1.0 to 1.0.0'
 */
export async function planRollback<C>(
  target: InstallTarget<C>,
  options: PlanInstallOptions,
): Promise<PlannedInstall<C>> {
  const installed = await target.installed();
  return planTo(target, 'rollback', previousOf(installed), installed, options);
}

/** The version that a rollback returns to. */
export function previousOf<C>({ previous, version }: InstalledPack<C>): PackVersion<C> {
  if (version === undefined) throw new InstallError('input', 'nothing is installed there');
  if (!previous)
    throw new InstallError('input', `there is no version before ${version} to go back to`);
  return previous;
}

/** Compares a version with what is there. */
export function planTo<C>(
  { kind, id }: Pick<InstallTarget<C>, 'kind' | 'id'>,
  direction: Direction,
  wanted: PackVersion<C>,
  installed: InstalledPack<C>,
  { to, onDrift = 'keep' }: PlanInstallOptions,
): PlannedInstall<C> {
  const {
    version: from = null,
    current,
    known,
    isShared,
    state,
    gone,
    foreign,
    putsBack,
  } = installed;
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
    putsBack,
    gone: (key) => (gone && direction === 'install' ? gone(key, wanted.digest) : 'remove'),
    state,
  });
  const isDone = plan.objects.length === 0 && installed.digest === wanted.digest;
  return { to, onDrift, direction, plan, wanted, isDone };
}

/**
 * Does what a plan says, and checks the result. Plan and apply with the same target.
 *
 * @param progress - Called after each step.
 * @returns What to know, such as a restart that is needed.
 * @throws An InstallError. What was done by then stays, and the next plan finds it.
 * @example
 * import { randomBytes } from 'node:crypto';
 * import { readFileSync } from 'node:fs';
 * import { setTimeout } from 'node:timers/promises';
 * import { applyPlan, graylogTarget, planInstall, readContentPack } from 'sigpack';
 * import { send } from './send.js'; // the example of SendRequest
 *
 * const pack = readContentPack(readFileSync('packs/acme-1.0.0-graylog.json', 'utf8'));
 * const target = graylogTarget({
 *   server: { url: 'https://apply.graylog.example.org/api', send, sleep: setTimeout },
 *   login: { secret: process.env.GRAYLOG_TOKEN ?? '' },
 *   packId: pack.id,
 *   pack,
 *   randomId: () => randomBytes(12).toString('hex'),
 * });
 * const planned = await planInstall(target, { to: 'soc' });
 * if (!planned.isDone) await applyPlan(target, planned);
 * (await target.installed()).version; // => '1.0.0'
 */
export async function applyPlan<C>(
  target: InstallTarget<C>,
  { plan, wanted, direction, ...options }: PlannedInstall<C>,
  progress: Progress = () => undefined,
): Promise<readonly string[]> {
  const notes = await target.apply({ plan, wanted, direction, progress });
  const after = planTo(target, direction, wanted, await target.installed(), options);
  const left = after.plan.objects;
  if (left.length > 0)
    throw new InstallError(
      'place',
      `after all was written, ${left.length} objects are not as they were meant to be, the ` +
        `first of them ${left[0]?.name}; run the command again`,
    );
  return notes;
}
