import { createHash, type KeyObject } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ContentPack } from '../../install/graylog/content-pack-model.ts';
import { PackError, readContentPack } from '../../install/graylog/definitions.ts';
import { AppError, appOf, type SplunkApp } from '../../install/splunk/app-files.ts';
import type { IsConfigured } from '../../install/splunk/search-settings.ts';
import type { WatchActions } from '../../install/watcher/watch-allowed.ts';
import { type NamedWatch, readWatches, WatchError } from '../../install/watcher/watches.ts';
import { readTarMembers, shownEntry } from '../../release/archive/archive-bounds.ts';
import { readChecksums, sumsName } from '../../release/supply-chain/checksums.ts';
import { signatureName, verifySignature } from '../../release/supply-chain/signature.ts';
import { CommandError } from '../error/command-error.ts';
import { statsOf } from '../files/path-stats.ts';
import { readRegularFile } from '../files/regular-file.ts';
import { shownPath } from '../files/rule-files.ts';

const isApp = (name: string): boolean => /\.(?:spl|tgz|tar\.gz)$/i.test(name);

/** A Splunk app and the archive that it came in. */
export interface AppArtifact {
  readonly app: SplunkApp;
  readonly archive: Buffer;
}

export async function appIn(
  artifact: ArtifactSource | undefined,
  isConfigured: IsConfigured,
): Promise<AppArtifact | undefined> {
  if (artifact === undefined) return undefined;
  const { path, bytes } = artifactFile(artifact, isApp, 'a Splunk app (.spl)');
  return {
    app: told(path, (members) => appOf(members, isConfigured), await appMembers(path, bytes)),
    archive: bytes,
  };
}

/** Any of the bits that make a file run. */
const executable = 0o7111;

/** The app in a file that was written before; undefined: there is none that can be read. */
export async function appAt(path: string): Promise<SplunkApp | undefined> {
  try {
    // sigpack.yml may have set something else when it was installed
    return appOf(
      await appMembers(path, readRegularFile(path, maximumFile) ?? Buffer.alloc(0)),
      () => true,
    );
  } catch {
    return undefined;
  }
}

async function appMembers(path: string, bytes: Buffer): Promise<ReadonlyMap<string, Buffer>> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b)
    throw new CommandError(
      `${shownPath(path)}: the app cannot be unpacked: it is no gzip archive (.tar.gz)`,
    );
  const members = await readTarMembers(bytes);
  if (!members.ok)
    throw new CommandError(`${shownPath(path)}: the app cannot be unpacked: ${members.error}`);
  const runs = members.value.find(({ mode }) => (mode & executable) !== 0);
  if (runs)
    throw new CommandError(
      `${shownPath(path)}: the entry ${shownEntry(runs.path)} is executable, which no file ` +
        'of Sigpack is',
    );
  return new Map(members.value.map(({ path: name, content }) => [name, content]));
}

export function contentPackIn(artifact: ArtifactSource | undefined): ContentPack | undefined {
  if (artifact === undefined) return undefined;
  const { path, bytes } = artifactFile(
    artifact,
    (name) => name.endsWith('-graylog.json'),
    'a content pack (-graylog.json)',
  );
  return told(path, readContentPack, bytes.toString('utf8'));
}

export function watchesIn(
  artifact: ArtifactSource | undefined,
  actions: WatchActions,
): readonly NamedWatch[] | undefined {
  if (artifact === undefined) return undefined;
  const { path, bytes } = artifactFile(
    artifact,
    (name) => /\.(?:ndjson|json)$/.test(name),
    'a file of watches (sigpack convert -t xpack-watcher -f ndjson)',
  );
  return told(path, (text) => readWatches(text, actions), bytes.toString('utf8'));
}

function told<I, O>(file: string, read: (input: I) => O, input: I): O {
  try {
    return read(input);
  } catch (error) {
    if (error instanceof AppError || error instanceof PackError || error instanceof WatchError)
      throw new CommandError(`${shownPath(file)}: ${error.message}`);
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
 * Where an artifact is, and the key that it has to be signed with; undefined where none is asked
 * for.
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
 * The file itself, or the one in a folder that is meant; what stands beside it in SHA256SUMS must
 * be its digest.
 */
function artifactFile(
  source: ArtifactSource,
  isMeant: (name: string) => boolean,
  what: string,
): ArtifactBytes {
  const { path } = source;
  const found = statsOf(path);
  if (!found) throw new CommandError(`there is no ${shownPath(path)}`);
  if (!found.isDirectory()) {
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
  if (!bytes) throw new CommandError(`there is no ${shownPath(path)}`);
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
  malformed: 'it is no signature of sigpack release',
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
