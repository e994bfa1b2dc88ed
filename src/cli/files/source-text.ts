import { isUtf8 } from 'node:buffer';

/** Why a text cannot be read as it is. */
export class EncodingError extends Error {
  override readonly name = 'EncodingError';
  /** The bytes as Latin-1 has them: good enough to look for words. */
  readonly roughly: string;
  constructor(bytes: Buffer) {
    super('the file is not UTF-8');
    this.roughly = bytes.toString('latin1');
  }
}

export const encodingHint =
  'Save it as UTF-8; Windows PowerShell writes UTF-16, `Out-File -Encoding utf8` does not.';

/**
 * UTF-8, or UTF-16 with a byte order mark, which YAML allows. The mark is left out. Throws an
 * {@link EncodingError}.
 */
export function sourceText(bytes: Buffer): string {
  const [first, second] = bytes;
  const utf16 =
    first === 0xff && second === 0xfe
      ? 'utf-16le'
      : first === 0xfe && second === 0xff
        ? 'utf-16be'
        : undefined;
  if (utf16 !== undefined) return inUtf16(bytes, utf16);
  if (!isUtf8(bytes)) throw new EncodingError(bytes);
  return withoutMark(bytes.toString('utf8'));
}

function inUtf16(bytes: Buffer, encoding: string): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new EncodingError(bytes);
  }
}

export const withoutMark = (text: string): string =>
  text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
