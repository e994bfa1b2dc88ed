import { isUtf8 } from 'node:buffer';
import { failed, ok, type Result } from '../../source/result.ts';

/**
 * The text of UTF-8, or of UTF-16 with a byte order mark, which YAML allows. The mark is left out.
 * The error is the bytes, which are in neither encoding.
 */
export function sourceText(bytes: Buffer): Result<string, Buffer> {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return textInUtf16(bytes, 'utf-16le');
  if (first === 0xfe && second === 0xff) return textInUtf16(bytes, 'utf-16be');
  return isUtf8(bytes) ? ok(withoutMark(bytes.toString('utf8'))) : failed(bytes);
}

function textInUtf16(bytes: Buffer, encoding: string): Result<string, Buffer> {
  try {
    return ok(new TextDecoder(encoding, { fatal: true }).decode(bytes));
  } catch {
    return failed(bytes);
  }
}

/** A text without the byte order mark. */
export const withoutMark = (text: string): string =>
  text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
