import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AppError, appOf, type SplunkApp } from '../../install/app-files.ts';
import { type ContentPack, PackError, readContentPack } from '../../install/graylog-definitions.ts';
import { type NamedWatch, readWatches, WatchError } from '../../install/watches.ts';
import { readChecksums, sumsName } from '../../release/checksums.ts';
import { ArchiveError, type ArchiveMember, readTarMembers, shownEntry } from '../archive-bounds.ts';
import { UsageError } from '../exit-code.ts';
import { shownPath } from '../rule-files.ts';

const isApp = (name: string): boolean => /\.(?:spl|tgz|tar\.gz)$/i.test(name);

/** A Splunk app and the archive that it came in. */
export interface AppArtifact {
  readonly app: SplunkApp;
  readonly archive: Buffer;
}

export async function appIn(artifact: string | undefined): Promise<AppArtifact | undefined> {
  if (artifact === undefined) return undefined;
  const { path, bytes } = artifactFile(artifact, isApp, 'a Splunk app (.spl)');
  return { app: told(path, appOf, await appMembers(path, bytes)), archive: bytes };
}

/** Any of the bits that make a file run. */
const executable = 0o7111;

async function appMembers(path: string, bytes: Buffer): Promise<ReadonlyMap<string, Buffer>> {
  let members: readonly ArchiveMember[];
  try {
    members = await readTarMembers(bytes);
  } catch (error) {
    throw error instanceof ArchiveError ? new UsageError(`${shownPath(path)}: the app cannot be unpacked: ${error.message}`) : error;
  }
  const runs = members.find(({ mode }) => (mode & executable) !== 0);
  if (runs) throw new UsageError(`${shownPath(path)}: the entry ${shownEntry(runs.path)} is executable, which none of Sigpack is`);
  return new Map(members.map(({ path: name, content }) => [name, content]));
}

export function contentPackIn(artifact: string | undefined): ContentPack | undefined {
  if (artifact === undefined) return undefined;
  const { path, bytes } = artifactFile(artifact, (name) => name.endsWith('-graylog.json'), 'a content pack (-graylog.json)');
  return told(path, readContentPack, bytes.toString('utf8'));
}

export function watchesIn(artifact: string | undefined): readonly NamedWatch[] | undefined {
  if (artifact === undefined) return undefined;
  const { path, bytes } = artifactFile(artifact, (name) => /\.(?:ndjson|json)$/.test(name), 'a file of watches (sigpack convert -t xpack-watcher -f ndjson)');
  return told(path, readWatches, bytes.toString('utf8'));
}

function told<I, O>(file: string, read: (input: I) => O, input: I): O {
  try {
    return read(input);
  } catch (error) {
    if (error instanceof AppError || error instanceof PackError || error instanceof WatchError) throw new UsageError(`${shownPath(file)}: ${error.message}`);
    throw error;
  }
}

interface ArtifactBytes {
  readonly path: string;
  readonly bytes: Buffer;
}

/** The file itself, or the one in a folder that is meant; what stands beside it in SHA256SUMS must be its digest. */
function artifactFile(path: string, isMeant: (name: string) => boolean, what: string): ArtifactBytes {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new UsageError(`there is no ${shownPath(path)}`);
  if (!found.isDirectory()) {
    if (!isMeant(basename(path))) throw new UsageError(`${shownPath(path)} is not ${what}`);
    return checked(path);
  }
  const [file, second] = readdirSync(path).filter(isMeant).sort();
  if (file === undefined || second !== undefined)
    throw new UsageError(`${shownPath(path)} holds ${file === undefined ? 'no' : 'more than one'} file that is ${what}`);
  return checked(join(path, file));
}

function checked(path: string): ArtifactBytes {
  const bytes = readFileSync(path);
  const sums = join(dirname(path), sumsName);
  if (!existsSync(sums)) return { path, bytes };
  const read = readChecksums(readFileSync(sums));
  const wanted = read.ok ? read.entries.get(basename(path)) : undefined;
  if (wanted !== createHash('sha256').update(bytes).digest('hex'))
    throw new UsageError(`${shownPath(path)} is not the file that ${sumsName} beside it has; \`sigpack verify\` says more`);
  return { path, bytes };
}
