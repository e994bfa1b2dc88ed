import { mergeFields } from '../merge-fields.ts';
import type { InstallPlan, PlannedObject } from '../plan.ts';
import type { Client } from '../server/client.ts';
import { inParallel } from '../server/in-parallel.ts';
import type { Applying, PackVersion } from '../target.ts';
import {
  type OtherWatch,
  putWatch,
  readWatchesOf,
  removeWatch,
  takenFrom,
} from './server-watches.ts';
import {
  type KeptWatches,
  type MarkedWatch,
  marked,
  type NamedWatch,
  type WatchBefore,
  type WatchMark,
} from './watches.ts';

export interface ApplyingOn {
  readonly client: Client;
  readonly packId: string;
  /** Requests side by side. */
  readonly width: number;
}

type Watches = readonly NamedWatch[];

/** Writes and removes what a plan says. */
export async function applyToWatcher(
  { client, packId, width }: ApplyingOn,
  { plan, wanted, progress, direction }: Applying<Watches>,
): Promise<void> {
  const { ours, others } = await readWatchesOf(client, packId);
  const change: Change = {
    client,
    planned: new Map(plan.objects.map((one) => [one.key, one])),
    kept: new Set(plan.drift.flatMap(({ key, outcome }) => (outcome === 'kept' ? [key] : []))),
    ours: new Map(ours.map((one) => [one.id, one])),
    others,
    mark: { pack: packId, version: wanted.version, digest: wanted.digest },
    direction,
  };
  const gone = goneWith(plan, wanted);
  const total = wanted.content.length + gone.length;
  let done = 0;
  await inParallel(wanted.content, width, async (watch) => {
    await writeWatch(change, watch);
    progress(++done, total, 'writing watches');
  });
  await inParallel(gone, width, async (one) => {
    await endWatch(change, one);
    progress(++done, total, 'switching watches off');
  });
}

/** What the plan takes away; what was someone else's comes back in its place. */
function goneWith(plan: InstallPlan, { content }: PackVersion<Watches>): readonly PlannedObject[] {
  const wanted = new Map(content.map((one) => [one.id, one]));
  return plan.objects.filter(
    ({ verb, key }) => !wanted.get(key)?.foreign && (verb === 'remove' || !wanted.has(key)),
  );
}

interface Change {
  readonly client: Client;
  readonly planned: ReadonlyMap<string, PlannedObject>;
  /** Ids of watches that stay in part as someone changed them. */
  readonly kept: ReadonlySet<string>;
  /** By id, in their order. */
  readonly ours: ReadonlyMap<string, MarkedWatch>;
  readonly others: ReadonlyMap<string, OtherWatch>;
  /** Of the version that is written. */
  readonly mark: Pick<WatchMark, 'pack' | 'version' | 'digest'>;
  readonly direction: Applying<Watches>['direction'];
}

async function writeWatch(change: Change, { id, body, foreign }: NamedWatch): Promise<void> {
  const { client, planned, kept, ours, mark } = change;
  if (foreign) {
    await putWatch(client, id, body, foreign === 'active');
    return;
  }
  const there = ours.get(id);
  const names = new Set(planned.get(id)?.changes.map(({ name }) => name));
  const written = there && kept.has(id) ? mergeFields(there.body, body, names, () => true) : body;
  // the watch that was kept as it is must show as changed in place the next time, too
  const watch = marked(written, body, mark, keptBy(change, id));
  const active = there === undefined || there.active || names.has('disabled');
  await putWatch(client, id, watch, active);
}

async function endWatch(change: Change, { key, verb }: PlannedObject): Promise<void> {
  const { client, ours, mark } = change;
  const there = ours.get(key);
  if (verb === 'remove') await removeWatch(client, key, there?.taken);
  else if (there) {
    // as it was written: a server hides secrets in what it answers
    const written = there.written ?? there.body;
    const watch = marked(written, written, { ...mark, retired: true }, keptBy(change, key));
    await putWatch(client, key, watch, false);
  }
}

/** What the watch of an id is to keep of what was there before. */
function keptBy(change: Change, id: string): KeptWatches {
  const before = beforeOf(change, id);
  // right after the takeover it is what was before
  if (before?.foreign !== undefined) return { before, taken: undefined };
  const other = change.others.get(id);
  return { before, taken: other ? takenFrom(other) : change.ours.get(id)?.taken };
}

function beforeOf({ ours, others, mark, direction }: Change, id: string): WatchBefore | undefined {
  if (direction === 'rollback') return undefined;
  const [first] = ours.values();
  const other = others.get(id);
  if (other) {
    const { version = 'what was there', digest = 'adopted' } = first?.mark ?? {};
    return { version, digest, ...takenFrom(other) };
  }
  const there = ours.get(id);
  // a run before this one, of the same version, has seen to it
  if (there?.mark.digest === mark.digest) return there.before;
  if (there)
    return {
      version: there.mark.version,
      digest: there.mark.digest,
      body: there.mark.retired === true ? null : (there.written ?? there.body),
    };
  return first && { version: first.mark.version, digest: first.mark.digest, body: null };
}
