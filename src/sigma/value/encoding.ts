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
    const buffer = Buffer.from(part, 'utf16le');
    if (encoding === 'utf16be') buffer.swap16();
    const text = buffer.toString('latin1');
    // the byte order mark FF FE announces little endian
    const marked = encoding === 'utf16' && first ? `\u00ff\u00fe${text}` : text;
    first = false;
    return marked;
  });
  return { pattern: joinParts(parts), bytes: true };
}

function buffer(text: string, bytes: boolean): Buffer {
  return Buffer.from(text, bytes ? 'latin1' : 'utf8');
}

export function toBase64(text: string, bytes: boolean): string {
  return buffer(text, bytes).toString('base64');
}

/**
 * The three texts that Base64 can make of a value within a longer one, without the characters that
 * the neighbours of the value take part in.
 */
export function toBase64Offsets(text: string, bytes: boolean): readonly string[] {
  const value = buffer(text, bytes);
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), value]).toString('base64');
    const start = [0, 2, 3][offset] ?? 0;
    const end = [0, 3, 2][(value.length + offset) % 3] ?? 0;
    return encoded.slice(start, encoded.length - end);
  });
}
