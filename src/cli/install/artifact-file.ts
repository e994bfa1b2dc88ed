import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AppError, appOf, type SplunkApp } from '../../install/app-files.ts';
import { type ContentPack, PackError, readContentPack } from '../../install/graylog-definitions.ts';
import { type NamedWatch, readWatches, WatchError } from '../../install/watches.ts';
import { readChecksums, sumsName } from '../../release/checksums.ts';
import { UsageError } from '../exit-code.ts';
import { shownPath } from '../rule-files.ts';
import { readAppArchive } from './app-archive.ts';

const isApp = (name: string): boolean => /\.(?:spl|tgz|tar\.gz)$/i.test(name);

/** The Splunk app that is meant: the file itself, or the one in a folder. */
export const appFile = (artifact: string): string => artifactFile(artifact, isApp, 'a Splunk app (.spl)');

export async function appIn(artifact: string | undefined): Promise<SplunkApp | undefined> {
  if (artifact === undefined) return undefined;
  const file = appFile(artifact);
  return told(file, appOf, await readAppArchive(file));
}

export function contentPackIn(artifact: string | undefined): ContentPack | undefined {
  if (artifact === undefined) return undefined;
  const file = artifactFile(artifact, (name) => name.endsWith('-graylog.json'), 'a content pack (-graylog.json)');
  return told(file, readContentPack, readFileSync(file, 'utf8'));
}

export function watchesIn(artifact: string | undefined): readonly NamedWatch[] | undefined {
  if (artifact === undefined) return undefined;
  const file = artifactFile(artifact, (name) => /\.(?:ndjson|json)$/.test(name), 'a file of watches (sigpack convert -t xpack-watcher -f ndjson)');
  return told(file, readWatches, readFileSync(file, 'utf8'));
}

function told<I, O>(file: string, read: (input: I) => O, input: I): O {
  try {
    return read(input);
  } catch (error) {
    if (error instanceof AppError || error instanceof PackError || error instanceof WatchError) throw new UsageError(`${shownPath(file)}: ${error.message}`);
    throw error;
  }
}

/** The file itself, or the one in a folder that is meant; what stands beside it in SHA256SUMS must be its digest. */
function artifactFile(path: string, isMeant: (name: string) => boolean, what: string): string {
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

function checked(path: string): string {
  const sums = join(dirname(path), sumsName);
  if (!existsSync(sums)) return path;
  const read = readChecksums(readFileSync(sums, 'utf8'));
  const wanted = read.ok ? read.entries.get(basename(path)) : undefined;
  const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
  if (wanted !== digest) throw new UsageError(`${shownPath(path)} is not the file that ${sumsName} beside it has; \`sigpack verify\` says more`);
  return path;
}
