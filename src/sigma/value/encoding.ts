import { joinParts, type Pattern, type PatternPart } from './pattern.ts';

/** Text between two encoding modifiers. With `bytes`, each character is one byte (0 to 255). */
export interface EncodedPattern {
  readonly pattern: Pattern;
  readonly bytes: boolean;
}

type Transcoding = 'utf16le' | 'utf16be' | 'utf16';

export function toUtf16({ pattern }: EncodedPattern, encoding: Transcoding): EncodedPattern {
  let first = true;
  const parts = pattern.map((part): PatternPart => {
    if (typeof part !== 'string') {
      first = false;
      return part;
    }
    const text = utf16Bytes(part, encoding === 'utf16be');
    // the byte order mark FF FE announces little endian
    const marked = encoding === 'utf16' && first ? `\u00ff\u00fe${text}` : text;
    first = false;
    return marked;
  });
  return { pattern: joinParts(parts), bytes: true };
}

/** Two characters, each a byte, for each UTF-16 unit. */
function utf16Bytes(text: string, bigEndian: boolean): string {
  let bytes = '';
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    const low = String.fromCharCode(unit & 0xff);
    const high = String.fromCharCode(unit >> 8);
    bytes += bigEndian ? high + low : low + high;
  }
  return bytes;
}

const encoder = new TextEncoder();

/** A character for each byte, which is what `btoa` takes. */
const binary = (text: string, bytes: boolean): string =>
  bytes ? text : Array.from(encoder.encode(text), (byte) => String.fromCharCode(byte)).join('');

export function toBase64(text: string, bytes: boolean): string {
  return btoa(binary(text, bytes));
}

/**
 * The three texts that Base64 can make of a value within a longer one, without the characters that
 * the neighbours of the value take part in.
 */
export function toBase64Offsets(text: string, bytes: boolean): readonly string[] {
  const value = binary(text, bytes);
  return [0, 1, 2].map((offset) => {
    const encoded = btoa('\0'.repeat(offset) + value);
    const start = [0, 2, 3][offset] ?? 0;
    const end = [0, 3, 2][(value.length + offset) % 3] ?? 0;
    return encoded.slice(start, encoded.length - end);
  });
}
