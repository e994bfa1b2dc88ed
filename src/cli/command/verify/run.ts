import { createHash, type KeyObject } from 'node:crypto';
import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { readChecksums, sumsName } from '../../../release/supply-chain/checksums.ts';
import { isSignedBy, readEnvelope } from '../../../release/supply-chain/envelope.ts';
import { envelopeExtension, statementExtension } from '../../../release/supply-chain/provenance.ts';
import { signatureName, verifySignature } from '../../../release/supply-chain/signature.ts';
import { subjectError } from '../../../release/supply-chain/subjects.ts';
import { failed, ok, type Result } from '../../../source/result.ts';
import { visible } from '../../../source/visible.ts';
import { CommandError } from '../../error/command-error.ts';
import { type ExitCode, exitCodes } from '../../error/exit-code.ts';
import { fileError } from '../../error/file-error.ts';
import { readPublicKeyFile } from '../../files/key-file.ts';
import { entryStatsOf, statsOf } from '../../files/path-stats.ts';
import { shownPath } from '../../files/rule-files.ts';
import { printText } from '../../terminal/guarded.ts';
import { createTerminal } from '../../terminal/terminal.ts';

export interface VerifyOptions {
  /** A public key as PEM; without it no signature is checked. */
  readonly key?: string;
}

/** In bytes: SHA256SUMS, signatures and provenance of any release are smaller. */
const maximumSize = 16 * 1024 * 1024;

/**
 * `sigpack verify`: artifacts against the SHA256SUMS next to them, that against its signature, and
 * the provenance against all files.
 */
export async function verify(paths: readonly string[], options: VerifyOptions): Promise<ExitCode> {
  const key = options.key === undefined ? undefined : readPublicKeyFile(options.key);
  const { paint } = createTerminal(process.stdout, process.env, () => 0);
  const print = (path: string, verdict: string): void =>
    printText(`${visible(shownPath(path))}: ${verdict}\n`);
  let sound = true;
  const report = (path: string, error: string | undefined): void => {
    if (error !== undefined) sound = false;
    print(path, error === undefined ? paint('green', 'ok') : paint('red', visible(error)));
  };
  const signatures = new Set<string>();
  for (const path of paths) {
    const { folder, names } = placeOf(path);
    const read = readSums(folder);
    if (!read.ok) {
      report(join(folder, sumsName), read.error);
      continue;
    }
    const { bytes, entries } = read.value;
    const signature = join(folder, signatureName);
    if (!signatures.has(folder)) {
      if (key !== undefined) report(signature, signatureError(bytes, signature, key));
      else if (isFile(signature))
        print(signature, paint('yellow', 'signature not checked; give --key'));
      else print(join(folder, sumsName), paint('yellow', notSigned));
    }
    signatures.add(folder);
    for (const name of names ?? [...entries.keys(), ...unlisted(folder, entries)]) {
      const file = join(folder, name);
      const isKey = !entries.has(name) && isSamePath(file, options.key);
      report(file, isKey ? keyInRelease : await entryError(file, entries.get(name), entries, key));
    }
  }
  return sound ? exitCodes.success : exitCodes.findings;
}

const isSamePath = (path: string, other: string | undefined): boolean =>
  other !== undefined && resolve(path) === resolve(other);

interface Sums {
  readonly bytes: Uint8Array;
  readonly entries: ReadonlyMap<string, string>;
}

const notSigned = 'it is not signed: whoever changed a file could change it, too';
const keyInRelease =
  `it is not in ${sumsName}; keep the key outside of the release, where who changes the ` +
  'release cannot change it';

/** Reads SHA256SUMS. */
function readSums(folder: string): Result<Sums> {
  const bytes = bytesOf(join(folder, sumsName));
  if (!bytes.ok) return bytes;
  const read = readChecksums(bytes.value);
  return read.ok
    ? ok({ bytes: bytes.value, entries: read.value })
    : failed(`line ${read.error.line}: ${read.error.message}`);
}

interface Place {
  readonly folder: string;
  /** Undefined: all files of the folder. */
  readonly names: readonly string[] | undefined;
}

const isFile = (path: string): boolean => statsOf(path)?.isFile() === true;

function placeOf(path: string): Place {
  const stats = statsOf(path);
  if (!stats) throw new CommandError(`there is no file or folder ${shownPath(path)}`);
  const folder = stats.isDirectory() ? path : dirname(path);
  if (!isFile(join(folder, sumsName)))
    throw new CommandError(
      `there is no ${sumsName} ${stats.isDirectory() ? 'in' : 'beside'} ${shownPath(path)}`,
    );
  return {
    folder,
    names: stats.isDirectory() || basename(path) === sumsName ? undefined : [basename(path)],
  };
}

/** Files of the folder that are not in SHA256SUMS. */
const unlisted = (folder: string, entries: ReadonlyMap<string, string>): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name !== sumsName && name !== signatureName && !entries.has(name))
    .sort();

/** The bytes of a small file. */
function bytesOf(path: string): Result<Buffer> {
  try {
    const { size } = statSync(path);
    return size > maximumSize
      ? failed(`it has ${size} bytes, which is too large for what it should be`)
      : ok(readFileSync(path));
  } catch (error) {
    return failed(unreadable(error));
  }
}

const unreadable = (error: unknown): string => `it cannot be read: ${fileError(error)}`;

const reasons = {
  bad: 'the signature is not that of SHA256SUMS: one of them was changed',
  'other key': 'it is signed with another key',
  malformed: 'this is not a signature of sigpack release',
} as const;

function signatureError(sums: Uint8Array, path: string, key: KeyObject): string | undefined {
  if (!isFile(path)) return 'there is no signature';
  const signature = bytesOf(path);
  if (!signature.ok) return signature.error;
  const verdict = verifySignature(sums, signature.value.toString('latin1'), key);
  return verdict === 'good' ? undefined : reasons[verdict];
}

async function entryError(
  path: string,
  digest: string | undefined,
  entries: Sums['entries'],
  key: KeyObject | undefined,
): Promise<string | undefined> {
  return (await digestError(path, digest)) ?? provenanceError(path, entries, key);
}

async function digestError(path: string, wanted: string | undefined): Promise<string | undefined> {
  if (wanted === undefined) return `it is not in ${sumsName}`;
  if (entryStatsOf(path)?.isFile() === false) return 'it is not a file';
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  } catch (error) {
    return unreadable(error);
  }
  return hash.digest('hex') === wanted
    ? undefined
    : 'its digest is another one: the file was changed';
}

/**
 * A provenance must be about all other files of the release; one in an envelope must be signed by
 * the key.
 */
function provenanceError(
  path: string,
  entries: ReadonlyMap<string, string>,
  key: KeyObject | undefined,
): string | undefined {
  const isEnvelope = path.endsWith(envelopeExtension);
  if (!isEnvelope && !path.endsWith(statementExtension)) return undefined;
  const bytes = bytesOf(path);
  if (!bytes.ok) return bytes.error;
  const text = bytes.value.toString('utf8');
  const envelope = isEnvelope ? readEnvelope(text) : undefined;
  if (isEnvelope && !envelope) return 'it is not a signed envelope (DSSE) of a statement';
  if (envelope && key && !isSignedBy(envelope, key))
    return 'its envelope is not signed with this key, or was changed';
  const others = new Map([...entries].filter(([name]) => name !== basename(path)));
  return subjectError(envelope?.payload.toString('utf8') ?? text, others);
}
