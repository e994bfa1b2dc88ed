import { gunzipSync, gzipSync } from 'node:zlib';
import { isDeeperThan, maximumAnswerDepth } from '../source/json.ts';

/** JSON as gzip and base64: a text that a server keeps as it is, whatever it makes of JSON. */
export const packed = (value: unknown): string =>
  gzipSync(JSON.stringify(value), { level: 9 }).toString('base64');

/**
 * Undefined for what {@link packed} did not make, and for more than `maximumSize` bytes of JSON.
 */
export function unpacked(text: string | undefined, maximumSize: number): unknown {
  try {
    const value: unknown = JSON.parse(
      gunzipSync(Buffer.from(text ?? '', 'base64'), { maxOutputLength: maximumSize }).toString(
        'utf8',
      ),
    );
    return isDeeperThan(value, maximumAnswerDepth) ? undefined : value;
  } catch {
    return undefined;
  }
}
