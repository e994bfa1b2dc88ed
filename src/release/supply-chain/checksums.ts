import { failed, ok, type Result } from '../../source/result.ts';

/** A file and its SHA-256 in hexadecimal digits. */
export interface FileDigest {
  readonly path: string;
  readonly sha256: string;
}

/** Name of the file with the digests of a release. */
export const sumsName = 'SHA256SUMS';

/** As `sha256sum` writes it, sorted by name: `sha256sum -c SHA256SUMS` checks it. */
export const checksumsText = (files: readonly FileDigest[]): string =>
  [...files]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, sha256 }) => `${sha256}  ${path}\n`)
    .join('');

/** What is wrong with a line of checksums, from 1. */
export interface ChecksumsError {
  readonly line: number;
  readonly message: string;
}

/**
 * The digests by path. Reads the bytes that {@link checksumsText} gives, and nothing else but other
 * line ends.
 */
export function readChecksums(
  bytes: Uint8Array,
): Result<ReadonlyMap<string, string>, ChecksumsError> {
  const entries = new Map<string, string>();
  const text = utf8Of(bytes);
  if (text === undefined) return failed({ line: 1, message: 'the file is not UTF-8' });
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    const wrong = (message: string) => failed({ line: index + 1, message });
    const [, sha256, path] = /^([0-9a-f]{64}) {2}(\S.*)$/.exec(line) ?? [];
    if (sha256 === undefined || path === undefined)
      return wrong('this is not a line of 64 hexadecimal digits, two blanks and a name');
    if (/[/\\\p{Cc}]/u.test(path) || path === '.' || path === '..')
      return wrong('the name is not that of a file in this folder');
    if (entries.has(path)) return wrong('the name is there twice');
    entries.set(path, sha256);
  }
  return ok(entries);
}

function utf8Of(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
