import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { perName } from '../../src/source/cache.ts';
import { cache } from './places.ts';

/**
 * Texts that programs of others make of what is not ours to change, such as what pySigma makes of
 * the public rules: the same again unless what they are made from changes. Never a verdict, and
 * nothing that was made from what Sigpack writes.
 */
export interface KeptTexts {
  /** The text, or undefined where none was made from just this. */
  readonly recall: (name: string, from: readonly string[]) => string | undefined;
  /** Takes the place of what was kept under the name. */
  readonly keep: (name: string, from: readonly string[], text: string) => void;
}

/** `folder` has one file per name, which is made where it is missing. */
export function keptTexts(folder: string): KeptTexts {
  return {
    recall: (name, from) => {
      const file = readIfThere(join(folder, name));
      const end = file?.indexOf('\n') ?? -1;
      if (file === undefined || end < 0) return undefined;
      const text = file.slice(end + 1);
      return file.slice(0, end) === head(from, text) ? text : undefined;
    },
    keep: (name, from, text) => {
      const path = join(folder, name);
      const whole = `${path}.${process.pid}.new`;
      mkdirSync(folder, { recursive: true });
      writeFileSync(whole, `${head(from, text)}\n${text}`);
      rmSync(path, { recursive: true, force: true });
      renameSync(whole, path);
    },
  };
}

/** Kept between runs of the judges. */
export const kept = keptTexts(join(cache, 'kept'));

/**
 * The text kept under the name, else what `make` gives, which is kept. `from`: all that it is made
 * from; asked again afterwards, since files may change meanwhile.
 */
export function keptOrMade(
  name: string,
  from: () => readonly string[],
  make: () => string,
  texts: KeptTexts = kept,
): string {
  const before = from();
  const known = texts.recall(name, before);
  if (known !== undefined) return known;
  const made = make();
  if (digestOf(before) === digestOf(from())) texts.keep(name, before, made);
  return made;
}

/**
 * The same for several names, by name: `make` gets those that are missing, and gives the text of
 * each.
 */
export async function keptOrMadeTogether(
  from: () => ReadonlyMap<string, readonly string[]>,
  make: (missing: readonly string[]) => Promise<ReadonlyMap<string, string>>,
  texts: KeptTexts = kept,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const before = from();
  for (const [name, parts] of before) {
    const known = texts.recall(name, parts);
    if (known !== undefined) found.set(name, known);
  }
  const missing = [...before.keys()].filter((name) => !found.has(name));
  if (missing.length === 0) return found;
  const made = await make(missing);
  const after = from();
  for (const name of missing) {
    const text = made.get(name);
    if (text === undefined) throw new Error(`no text was made for ${name}`);
    found.set(name, text);
    const parts = before.get(name) ?? [];
    if (digestOf(parts) === digestOf(after.get(name) ?? [])) texts.keep(name, parts, text);
  }
  return found;
}

/** The first line: a digest of what the text was made from, and one of the text itself. */
const head = (from: readonly string[], text: string): string =>
  `${digestOf(from)} ${digestOf([text])}`;

const digestOf = (parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** One digest for each file, of its bytes. */
export const fileDigests = (paths: readonly string[]): readonly string[] =>
  paths.map((path) => createHash('sha256').update(readFileSync(path)).digest('hex'));

/** A digest of a Python environment: of the Python itself and of all files that are installed. */
export const pythonDigest = perName((environment: string): string => {
  const { stdout } = spawnSync(join(environment, 'bin', 'python3'), ['-VV'], { encoding: 'utf8' });
  return digestOf([stdout, ...installedFiles(environment)]);
});

/** Names in the environment and digests; what Python compiles by itself is left out. */
function installedFiles(folder: string, name = ''): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== '__pycache__')
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry): readonly string[] => {
    const path = join(folder, entry.name);
    const inside = join(name, entry.name);
    if (entry.isDirectory()) return installedFiles(path, inside);
    return [inside, ...(entry.isSymbolicLink() ? [readlinkSync(path)] : fileDigests([path]))];
  });
}
