import { createHash, type KeyObject } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ContentPack } from '../../install/graylog/content-pack-model.ts';
import { readContentPack } from '../../install/graylog/definitions.ts';
import { InstallError } from '../../install/install-error.ts';
import type { AppArchive, SplunkApp } from '../../install/splunk/app-files.ts';
import { readSplunkApp } from '../../install/splunk/read-app.ts';
import type { IsConfigured } from '../../install/splunk/search-settings.ts';
import type { WatchActions } from '../../install/watcher/watch-allowed.ts';
import { type NamedWatch, readWatches } from '../../install/watcher/watches.ts';
import { readChecksums, sumsName } from '../../release/supply-chain/checksums.ts';
import { signatureName, verifySignature } from '../../release/supply-chain/signature.ts';
import { CommandError } from '../error/command-error.ts';
import { statsOf } from '../files/path-stats.ts';
import { readRegularFile } from '../files/regular-file.ts';
import { shownPath } from '../files/rule-files.ts';

const isApp = (name: string): boolean => /\.(?:spl|tgz|tar\.gz)$/i.test(name);

export async function appIn(
  artifact: ArtifactSource | undefined,
  isConfigured: IsConfigured,
): Promise<AppArchive | undefined> {
  if (artifact === undefined) return undefined;
  const { path, bytes } = artifactFile(artifact, isApp, 'a Splunk app (.spl)');
  const app = await readAt(path, () => readSplunkApp(bytes, isConfigured));
  return { app, archive: bytes };
}

/** The app in a file that was written before; undefined: the file has no app that can be read. */
export async function appAt(path: string): Promise<SplunkApp | undefined> {
  try {
    const bytes = readRegularFile(path, maximumFile) ?? new Uint8Array();
    // sigpack.yml may have set something else when it was installed
    return await readSplunkApp(bytes, () => true);
  } catch {
    return undefined;
  }
}

export async function contentPackIn(
  artifact: ArtifactSource | undefined,
): Promise<ContentPack | undefined> {
  if (artifact === undefined) return undefined;
  const { path, bytes } = artifactFile(
    artifact,
    (name) => name.endsWith('-graylog.json'),
    'a content pack (-graylog.json)',
  );
  return readAt(path, () => readContentPack(bytes.toString('utf8')));
}

export async function watchesIn(
  artifact: ArtifactSource | undefined,
  actions: WatchActions,
): Promise<readonly NamedWatch[] | undefined> {
  if (artifact === undefined) return undefined;
  const { path, bytes } = artifactFile(
    artifact,
    (name) => /\.(?:ndjson|json)$/.test(name),
    'a file of watches (sigpack convert -t xpack-watcher -f ndjson)',
  );
  return readAt(path, () => readWatches(bytes.toString('utf8'), actions));
}

/** Puts the path of the file in front of what is wrong with it. */
async function readAt<T>(path: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof InstallError)
      throw new CommandError(`${shownPath(path)}: ${error.message}`);
    throw error;
  }
}

interface ArtifactBytes {
  readonly path: string;
  readonly bytes: Buffer;
}

/** How it is known that an artifact is what it was made as. */
export type ArtifactCheck = 'signed' | 'digest' | 'nothing';

/** What is checked of an artifact. */
export function checkOf({ path, key }: ArtifactSource): ArtifactCheck {
  if (key) return 'signed';
  const folder = statsOf(path)?.isDirectory() === true ? path : dirname(path);
  return existsSync(join(folder, sumsName)) ? 'digest' : 'nothing';
}

/**
 * Where an artifact is, and the key that it has to be signed with; undefined: it needs no
 * signature.
 */
export interface ArtifactSource {
  readonly path: string;
  readonly key: KeyObject | undefined;
  /** The place that it is for. */
  readonly to: string;
}

/** Sigpack writes no larger files. */
const maximumFile = 512 * 1024 * 1024;
/** Of JSON, which has to become one text. */
const maximumText = 256 * 1024 * 1024;

/**
 * The file itself, or the one in a folder that is meant; its digest must be the
 * one in the SHA256SUMS next to it.
 */
function artifactFile(
  source: ArtifactSource,
  isMeant: (name: string) => boolean,
  what: string,
): ArtifactBytes {
  const { path } = source;
  const stats = statsOf(path);
  if (!stats) throw new CommandError(`there is no file or folder ${shownPath(path)}`);
  if (!stats.isDirectory()) {
    if (!isMeant(basename(path))) throw new CommandError(`${shownPath(path)} is not ${what}`);
    return checked(source);
  }
  const [file, second] = readdirSync(path).filter(isMeant).sort();
  if (file === undefined || second !== undefined)
    throw new CommandError(
      `${shownPath(path)} holds ${file === undefined ? 'no' : 'more than one'} file that is ` +
        `${what}`,
    );
  return checked({ ...source, path: join(path, file) });
}

/** Each file is read once: what is checked is what is installed. */
function checked({ path, key, to }: ArtifactSource): ArtifactBytes {
  const bytes = readRegularFile(path, isApp(path) ? maximumFile : maximumText);
  if (!bytes) throw new CommandError(`there is no file or folder ${shownPath(path)}`);
  const folder = dirname(path);
  const sums = bytesOf(join(folder, sumsName));
  if (key) refuseUnsigned(sums, folder, key, to);
  if (!sums) return { path, bytes };
  const read = readChecksums(sums);
  const wanted = read.ok ? read.value.get(basename(path)) : undefined;
  if (wanted !== createHash('sha256').update(bytes).digest('hex'))
    throw new CommandError(
      `${shownPath(path)} is not the file that ${sumsName} beside it has; \`sigpack verify\` ` +
        'says more',
    );
  return { path, bytes };
}

/** Sums and signatures of any release are smaller. */
const maximumSums = 16 * 1024 * 1024;

const bytesOf = (path: string): Buffer | undefined => readRegularFile(path, maximumSums);

const reasons = {
  bad: 'it is not that of SHA256SUMS',
  'other key': 'it is by another key',
  malformed: 'it is not a signature of sigpack release',
} as const;

function refuseUnsigned(
  sums: Buffer | undefined,
  folder: string,
  key: KeyObject,
  to: string,
): void {
  const reason = signatureError(sums, folder, key);
  if (reason !== undefined)
    throw new CommandError(`what ${to} has must be signed: ${reason}; nothing was done`);
}

function signatureError(
  sums: Buffer | undefined,
  folder: string,
  key: KeyObject,
): string | undefined {
  const signature = bytesOf(join(folder, signatureName));
  if (!sums || !signature) return `${shownPath(folder)} has no ${sums ? signatureName : sumsName}`;
  const verdict = verifySignature(sums, signature.toString('utf8'), key);
  return verdict === 'good'
    ? undefined
    : `${shownPath(join(folder, signatureName))}: ${reasons[verdict]}`;
}
