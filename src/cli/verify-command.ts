import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readChecksums, sumsName } from '../release/checksums.ts';
import { readPublicKey, signatureName, verifySignature } from '../release/signature.ts';
import { type ExitCode, exitCodes, UsageError } from './exit-code.ts';
import { readKeyFile } from './key-file.ts';
import { visible } from './report/visible.ts';
import { shownPath } from './rule-files.ts';
import { createTerminal } from './terminal.ts';

export interface VerifyOptions {
  /** A public key as PEM; without it no signature is checked. */
  readonly key?: string;
}

/** `sigpack verify`: artifacts against the SHA256SUMS beside them, and that against its signature. */
export async function verify(paths: readonly string[], options: VerifyOptions): Promise<ExitCode> {
  const key = options.key === undefined ? undefined : readKey(options.key);
  const { paint } = createTerminal(process.stdout, process.env, () => 0);
  let sound = true;
  const tell = (name: string, problem: string | undefined): void => {
    if (problem !== undefined) sound = false;
    process.stdout.write(`${visible(name)}: ${problem === undefined ? paint('green', 'ok') : paint('red', visible(problem))}\n`);
  };
  const signatures = new Set<string>();
  for (const path of paths) {
    const place = placeOf(path);
    const text = readFileSync(join(place.folder, sumsName), 'utf8');
    const sums = readChecksums(text);
    if (!sums.ok) {
      tell(shownPath(join(place.folder, sumsName)), `line ${sums.line}: ${sums.message}`);
      continue;
    }
    if (!signatures.has(place.folder)) {
      signatures.add(place.folder);
      const signature = join(place.folder, signatureName);
      if (key !== undefined) tell(shownPath(signature), signatureProblem(text, signature, key));
      else if (isFile(signature)) process.stdout.write(`${shownPath(signature)}: ${paint('yellow', 'signature not checked; give --key')}\n`);
    }
    for (const name of place.names ?? sums.entries.keys()) {
      const file = join(place.folder, name);
      tell(shownPath(file), await digestProblem(file, sums.entries.get(name)));
    }
  }
  return sound ? exitCodes.success : exitCodes.findings;
}

interface Place {
  readonly folder: string;
  /** Undefined: all that SHA256SUMS names. */
  readonly names: readonly string[] | undefined;
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

function placeOf(path: string): Place {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new UsageError(`there is no ${shownPath(path)}`);
  const folder = found.isDirectory() ? path : dirname(path);
  if (!isFile(join(folder, sumsName))) throw new UsageError(`there is no ${sumsName} beside ${shownPath(path)}`);
  return { folder, names: found.isDirectory() || basename(path) === sumsName ? undefined : [basename(path)] };
}

function readKey(path: string) {
  const read = readPublicKey(readKeyFile('the key', path));
  if (!read.ok) throw new UsageError(`the key ${shownPath(path)} cannot be used: ${read.message}`);
  return read.key;
}

const problems = {
  bad: 'the signature is not that of SHA256SUMS: one of them was changed',
  'other key': 'it is signed with another key',
  malformed: 'this is no signature of sigpack release',
} as const;

function signatureProblem(text: string, path: string, key: Parameters<typeof verifySignature>[2]): string | undefined {
  if (!isFile(path)) return 'there is no signature';
  const verdict = verifySignature(text, readFileSync(path, 'utf8'), key);
  return verdict === 'good' ? undefined : problems[verdict];
}

async function digestProblem(path: string, wanted: string | undefined): Promise<string | undefined> {
  if (wanted === undefined) return `it is not in ${sumsName}`;
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  } catch (error) {
    return `it cannot be read: ${error instanceof Error && 'code' in error ? String(error.code) : String(error)}`;
  }
  return hash.digest('hex') === wanted ? undefined : 'its digest is another one: the file was changed';
}
