import { gunzipSync, gzipSync } from 'node:zlib';
import { type AppFiles, appVersion, filesDigest, type SplunkApp } from './app-files.ts';

/** Larger records are none of ours. */
const maximumSize = 512 * 1024 * 1024;

/** An app as a stanza of sigpack.conf on the server keeps it: what was installed, for the next plan and for a rollback. */
export function recordOf({ version, files }: SplunkApp): ReadonlyMap<string, string> {
  const texts = Object.fromEntries([...files].filter(([path]) => isKept(path)).map(([path, bytes]) => [path, bytes.toString('utf8')]));
  return new Map([
    ['version', version],
    ['digest', filesDigest(files)],
    ['app', gzipSync(JSON.stringify(texts), { level: 9 }).toString('base64')],
  ]);
}

/** What objects are made from. */
const isKept = (path: string): boolean => /^(?:default\/.*\.(?:conf|xml)|lookups\/[^/]+\.csv)$/.test(path);

export interface SplunkRecord {
  readonly version: string;
  readonly digest: string;
  readonly app: SplunkApp;
}

/** Undefined for a record that someone has changed. */
export function readRecord(id: string, settings: ReadonlyMap<string, string>): SplunkRecord | undefined {
  try {
    const texts = JSON.parse(gunzipSync(Buffer.from(settings.get('app') ?? '', 'base64'), { maxOutputLength: maximumSize }).toString('utf8')) as Readonly<
      Record<string, string>
    >;
    const files: AppFiles = new Map(Object.entries(texts).map(([path, text]) => [path, Buffer.from(String(text))]));
    const version = appVersion(files);
    const digest = settings.get('digest');
    return version === undefined || digest === undefined ? undefined : { version, digest, app: { id, version, files } };
  } catch {
    return undefined;
  }
}
