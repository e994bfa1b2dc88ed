import { isRecord } from '../event/field.ts';
import { type AppFiles, appVersion, filesDigest, type SplunkApp } from './app-files.ts';
import { packed, unpacked } from './packed-json.ts';

import { type SplunkObject, splunkObjects } from './splunk-objects.ts';

/** Larger records are none of ours. */
const maximumSize = 512 * 1024 * 1024;

/** An app as a stanza of sigpack.conf on the server keeps it: what was installed, for the next plan and for a rollback. */
export function recordOf({ version, files }: SplunkApp): ReadonlyMap<string, string> {
  const texts = Object.fromEntries([...files].filter(([path]) => isKept(path)).map(([path, bytes]) => [path, bytes.toString('utf8')]));
  return new Map([
    ['version', version],
    ['digest', filesDigest(files)],
    ['app', packed(texts)],
  ]);
}

/** What objects are made from. */
const isKept = (path: string): boolean => /^(?:default\/.*\.(?:conf|xml)|lookups\/[^/]+\.csv)$/.test(path);

export interface SplunkRecord {
  readonly version: string;
  readonly digest: string;
  readonly app: SplunkApp;
  readonly objects: readonly SplunkObject[];
}

/** Undefined for a record that someone has changed. */
export function readRecord(id: string, settings: ReadonlyMap<string, string> | undefined): SplunkRecord | undefined {
  const texts = unpacked(settings?.get('app'), maximumSize);
  if (!isRecord(texts)) return undefined;
  const files: AppFiles = new Map(Object.entries(texts).map(([path, text]) => [path, Buffer.from(String(text))]));
  const version = appVersion(files);
  const digest = settings?.get('digest');
  if (version === undefined || digest === undefined) return undefined;
  const app = { id, version, files };
  return { version, digest, app, objects: splunkObjects(app) };
}
