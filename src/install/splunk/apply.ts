import { InstallError } from '../install-error.ts';
import type { InstallObject, InstallPlan } from '../plan.ts';
import { inParallel } from '../server/in-parallel.ts';
import type { Applying, PackVersion } from '../target.ts';
import type { SplunkApp } from './app-files.ts';
import { type AppPlace, readInstalled } from './installed.ts';
import {
  addressOf,
  collections,
  type SplunkCollection,
  type SplunkObject,
  sortedObjects,
} from './objects.ts';
import { adoptedDigest, adoptedRecord, recordOf, type SplunkRecord } from './record.ts';

/** Does what a plan says; returns what to know. */
export async function applyToApp(
  place: AppPlace,
  { plan, wanted, progress, direction }: Applying<SplunkApp>,
): Promise<readonly string[]> {
  const { objects, records, upload } = place;
  const { record, installed } = await readInstalled(place);
  const there = new Map(installed.current.map((one) => [one.key, one.fields]));
  let done = 0;
  const step = (label: string): void => progress(++done, plan.objects.length, label);
  const app = objectsOf(wanted.objects).find(({ collection }) => collection === 'apps/local');
  // without a record a first install is under way, or was cut off
  if (app && !record && !upload && plan.adopts === undefined) await objects.createApp(app);
  const notes = upload ? [await upload(wanted.content)] : [];
  if (plan.adopts !== undefined)
    await records.writeRecord(
      'adopted',
      adoptedRecord(
        there.get(`apps/local ${place.appId}`)?.get('version') ?? '',
        sortedObjects(objectsOf(installed.current)),
      ),
    );
  const next = recordOf(wanted.content);
  await records.writeRecord('pending', next);
  const left = upload
    ? await leftAfterUpload(place, wanted, plan)
    : new Set(plan.objects.map(({ key }) => key));
  await writeObjects(place, { plan, wanted: objectsOf(wanted.objects), left, there, step });
  await removeObjects(place, plan, record, step);
  await objects.reload(
    new Set(plan.objects.map(({ key }) => key.split(' ')[0] as SplunkCollection)),
  );
  // what was taken over belongs to its owner again
  if (wanted.digest === adoptedDigest) await records.release();
  else await records.remember(record?.digest === wanted.digest ? 'again' : direction, next);
  return notes;
}

interface Writing {
  readonly plan: InstallPlan;
  readonly wanted: readonly SplunkObject[];
  /** Keys of what is to be written. */
  readonly left: ReadonlySet<string>;
  /** What the server has, by key. */
  readonly there: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly step: (label: string) => void;
}

/** What others need comes first. */
async function writeObjects(
  { objects, width }: AppPlace,
  { plan, wanted, left, there, step }: Writing,
): Promise<void> {
  const planned = new Map(plan.objects.map((one) => [one.key, one]));
  for (const collection of collections) {
    const some = wanted.filter((one) => one.collection === collection && left.has(one.key));
    await inParallel(some, width, async (one) => {
      const { verb, changes } = planned.get(one.key) ?? {};
      if (verb === undefined) return;
      const names = changes?.map(({ name }) => name) ?? [];
      if (verb === 'create') await objects.create(one);
      else await objects.change(one, names, there.get(one.key) ?? new Map());
      step(`writing ${addressOf(collection)}`);
    });
  }
}

/** What others need goes last. */
async function removeObjects(
  place: AppPlace,
  plan: InstallPlan,
  record: SplunkRecord | undefined,
  step: (label: string) => void,
): Promise<void> {
  const before = new Map(record?.objects.map((one) => [one.key, one]));
  const gone = sortedObjects(
    plan.objects
      .flatMap(({ key, verb }) => (verb === 'remove' ? [before.get(key)] : []))
      .filter((one) => one !== undefined),
  ).reverse();
  if (gone.length === 0) return;
  await inParallel(gone, place.width, async (one) => {
    await place.objects.remove(one);
    step('removing');
  });
  // only the record knows of them: it must not forget one that is still there
  const keys = new Set(gone.map(({ key }) => key));
  const left = (await readInstalled(place)).installed.current.find(({ key }) => keys.has(key));
  if (left)
    throw new InstallError(
      'place',
      `${left.name} was to be removed and is still there; run the command again`,
    );
}

/**
 * An upload brings default/ alone: what someone changed on the server, where it is not kept, has to
 * be written over it.
 */
async function leftAfterUpload(
  place: AppPlace,
  wanted: PackVersion<SplunkApp>,
  plan: InstallPlan,
): Promise<ReadonlySet<string>> {
  const { installed } = await readInstalled(place);
  const there = new Map(installed.current.map((one) => [one.key, one.fields]));
  const planned = new Map(plan.objects.map(({ key, changes }) => [key, changes]));
  return new Set(
    wanted.objects
      .filter(
        ({ key, fields }) =>
          planned.get(key)?.some(({ name }) => there.get(key)?.get(name) !== fields.get(name)) &&
          !key.startsWith('lookups '),
      )
      .map(({ key }) => key),
  );
}

/** The objects of an app on a server are all of Splunk's own kind. */
const objectsOf = (objects: readonly InstallObject[]): readonly SplunkObject[] =>
  objects as readonly SplunkObject[];
