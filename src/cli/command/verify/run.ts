import { createHash, type KeyObject } from 'node:crypto';
import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { readChecksums, sumsName } from '../../../release/supply-chain/checksums.ts';
import { isSignedBy, readEnvelope } from '../../../release/supply-chain/envelope.ts';
import { envelopeExtension, statementExtension } from '../../../release/supply-chain/provenance.ts';
import {
  readPublicKey,
  signatureName,
  verifySignature,
} from '../../../release/supply-chain/signature.ts';
import { subjectError } from '../../../release/supply-chain/subjects.ts';
import { visible } from '../../../source/visible.ts';
import { CommandError } from '../../error/command-error.ts';
import { type ExitCode, exitCodes } from '../../error/exit-code.ts';
import { fileError } from '../../error/file-error.ts';
import { readKeyFile } from '../../files/key-file.ts';
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
 * `sigpack verify`: artifacts against the SHA256SUMS beside them, that against its signature, and
 * the provenance against all files.
 */
export async function verify(paths: readonly string[], options: VerifyOptions): Promise<ExitCode> {
  const key = options.key === undefined ? undefined : readKey(options.key);
  const { paint } = createTerminal(process.stdout, process.env, () => 0);
  let sound = true;
  const tell = (path: string, reason: string | undefined): void => {
    if (reason !== undefined) sound = false;
    printText(
      `${visible(shownPath(path))}: ` +
        `${reason === undefined ? paint('green', 'ok') : paint('red', visible(reason))}\n`,
    );
  };
  const signatures = new Set<string>();
  for (const path of paths) {
    const place = placeOf(path);
    const sums = readSums(place.folder);
    if (typeof sums === 'string') {
      tell(join(place.folder, sumsName), sums);
      continue;
    }
    if (!signatures.has(place.folder)) {
      signatures.add(place.folder);
      const signature = join(place.folder, signatureName);
      if (key !== undefined) tell(signature, signatureError(sums.bytes, signature, key));
      else if (isFile(signature))
        printText(
          `${visible(shownPath(signature))}: ` +
            `${paint('yellow', 'signature not checked; give --key')}\n`,
        );
    }
    for (const name of place.names ?? [
      ...sums.entries.keys(),
      ...unlisted(place.folder, sums.entries),
    ]) {
      const file = join(place.folder, name);
      const isKey = !sums.entries.has(name) && isSamePath(file, options.key);
      tell(
        file,
        isKey ? keyInRelease : await entryError(file, sums.entries.get(name), sums.entries, key),
      );
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

const keyInRelease =
  `it is not in ${sumsName}; keep the key outside of the release, where who changes the ` +
  'release cannot change it';

/** What SHA256SUMS says, or what is wrong with it. */
function readSums(folder: string): Sums | string {
  const bytes = bytesOf(join(folder, sumsName));
  if (typeof bytes === 'string') return bytes;
  const read = readChecksums(bytes);
  return read.ok
    ? { bytes, entries: read.value }
    : `line ${read.error.line}: ${read.error.message}`;
}

interface Place {
  readonly folder: string;
  /** Undefined: all that the folder holds. */
  readonly names: readonly string[] | undefined;
}

const isFile = (path: string): boolean => statsOf(path)?.isFile() === true;

function placeOf(path: string): Place {
  const found = statsOf(path);
  if (!found) throw new CommandError(`there is no ${shownPath(path)}`);
  const folder = found.isDirectory() ? path : dirname(path);
  if (!isFile(join(folder, sumsName)))
    throw new CommandError(
      `there is no ${sumsName} ${found.isDirectory() ? 'in' : 'beside'} ${shownPath(path)}`,
    );
  return {
    folder,
    names: found.isDirectory() || basename(path) === sumsName ? undefined : [basename(path)],
  };
}

/** What the folder holds and nothing vouches for. */
const unlisted = (folder: string, entries: ReadonlyMap<string, string>): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name !== sumsName && name !== signatureName && !entries.has(name))
    .sort();

function readKey(path: string) {
  const read = readPublicKey(readKeyFile('the key', path));
  if (!read.ok) throw new CommandError(`the key ${shownPath(path)} cannot be used: ${read.error}`);
  return read.value;
}

/** The bytes of a small file, or what is wrong with it. */
function bytesOf(path: string): Buffer | string {
  try {
    const { size } = statSync(path);
    return size > maximumSize
      ? `it has ${size} bytes, which is too large for what it should be`
      : readFileSync(path);
  } catch (error) {
    return unreadable(error);
  }
}

const unreadable = (error: unknown): string => `it cannot be read: ${fileError(error)}`;

const reasons = {
  bad: 'the signature is not that of SHA256SUMS: one of them was changed',
  'other key': 'it is signed with another key',
  malformed: 'this is no signature of sigpack release',
} as const;

function signatureError(sums: Uint8Array, path: string, key: KeyObject): string | undefined {
  if (!isFile(path)) return 'there is no signature';
  const signature = bytesOf(path);
  if (typeof signature === 'string') return signature;
  const verdict = verifySignature(sums, signature.toString('latin1'), key);
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
  if (entryStatsOf(path)?.isFile() === false) return 'it is no file';
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
  if (typeof bytes === 'string') return bytes;
  const envelope = isEnvelope ? readEnvelope(bytes.toString('utf8')) : undefined;
  if (isEnvelope && !envelope) return 'it is no signed envelope (DSSE) of a statement';
  if (envelope && key && !isSignedBy(envelope, key))
    return 'its envelope is not signed with this key, or was changed';
  const others = new Map([...entries].filter(([name]) => name !== basename(path)));
  return subjectError((envelope?.payload ?? bytes).toString('utf8'), others);
}
