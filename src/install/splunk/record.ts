import { isRecord, valueText } from '../../source/record.ts';
import { packed, unpacked } from '../packed-json.ts';
import { type AppFiles, appVersion, filesDigest, type SplunkApp, textOf } from './app-files.ts';
import { collections, object, type SplunkObject, splunkObjects } from './objects.ts';

/** Sigpack writes no larger records. */
const maximumSize = 512 * 1024 * 1024;

/**
 * An app as a stanza of sigpack.conf on the server keeps it: what was installed, for the next plan
 * and for a rollback.
 */
export function recordOf({ version, files }: SplunkApp): ReadonlyMap<string, string> {
  const texts = Object.fromEntries(
    [...files].filter(([path]) => isKept(path)).map(([path, bytes]) => [path, textOf(bytes)]),
  );
  return new Map([
    ['version', version],
    ['digest', filesDigest(files)],
    ['app', packed(texts)],
  ]);
}

/** What objects are made from. */
const isKept = (path: string): boolean =>
  /^(?:default\/.*\.(?:conf|xml)|lookups\/[^/]+\.csv)$/.test(path);

export interface SplunkRecord {
  readonly version: string;
  readonly digest: string;
  readonly app: SplunkApp;
  readonly objects: readonly SplunkObject[];
}

/** Digest of objects that were there before Sigpack took their app over. */
export const adoptedDigest = 'adopted';

/**
 * Of an app of someone else's, what its objects had at the settings of the pack. Servers do not
 * show what is in lookups.
 */
export function adoptedRecord(
  version: string,
  objects: readonly SplunkObject[],
): ReadonlyMap<string, string> {
  const kept = objects.filter(({ collection }) => collection !== 'lookups');
  return new Map([
    ['version', version],
    ['digest', adoptedDigest],
    [
      'objects',
      packed(kept.map((one) => [one.collection, one.entity, Object.fromEntries(saidFields(one))])),
    ],
  ]);
}

/**
 * What the server had no value for is forgotten again, not set to nothing; an app's own fields
 * can't be forgotten.
 */
const saidFields = ({ collection, fields }: SplunkObject): Iterable<readonly [string, string]> =>
  [...fields].filter(([, value]) => value !== '' || collection === 'apps/local');

/** What {@link adoptedRecord} kept. */
export function readAdopted(
  id: string,
  settings: ReadonlyMap<string, string> | undefined,
): SplunkRecord | undefined {
  const kept = unpacked(settings?.get('objects'), maximumSize);
  if (!Array.isArray(kept) || settings?.get('digest') !== adoptedDigest) return undefined;
  const objects = kept.flatMap((one: unknown): SplunkObject[] => {
    const [collection, entity, fields]: readonly unknown[] = Array.isArray(one) ? one : [];
    const known = collections.find((name) => name === collection);
    if (known === undefined || typeof entity !== 'string' || !isRecord(fields)) return [];
    return [
      object(
        known,
        entity,
        new Map(Object.entries(fields).map(([name, value]) => [name, valueText(value)])),
      ),
    ];
  });
  const version = settings.get('version') ?? '';
  return { version, digest: adoptedDigest, app: { id, version, files: new Map() }, objects };
}

/** Undefined for a record that someone has changed. */
export function readRecord(
  id: string,
  settings: ReadonlyMap<string, string> | undefined,
): SplunkRecord | undefined {
  const texts = unpacked(settings?.get('app'), maximumSize);
  if (!isRecord(texts)) return undefined;
  const files: AppFiles = new Map(
    Object.entries(texts).map(([path, text]) => [path, Buffer.from(valueText(text))]),
  );
  const version = appVersion(files);
  const digest = settings?.get('digest');
  if (version === undefined || digest === undefined) return undefined;
  const app = { id, version, files };
  return { version, digest, app, objects: splunkObjects(app) };
}
