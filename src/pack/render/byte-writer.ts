const chunkSize = 1 << 20;
// a UTF-16 unit takes at most three bytes in UTF-8
const mostBytesOfUnit = 3;

/**
 * Writes UTF-8: each text is encoded as it comes, rather than kept as a string, which V8 would copy
 * and move several times.
 */
export interface ByteWriter {
  /** Returns the bytes of the text. */
  readonly add: (text: string) => Uint8Array;
  /** All bytes as one array. */
  readonly bytes: () => Uint8Array;
}

export function createByteWriter(): ByteWriter {
  const full: Uint8Array[] = [];
  let chunk = Buffer.allocUnsafeSlow(chunkSize);
  let at = 0;
  return {
    add(text) {
      const room = text.length * mostBytesOfUnit;
      if (at + room > chunk.length) {
        full.push(chunk.subarray(0, at));
        chunk = Buffer.allocUnsafeSlow(Math.max(chunkSize, room));
        at = 0;
      }
      const start = at;
      at += chunk.write(text, at);
      return chunk.subarray(start, at);
    },
    bytes: () => Buffer.concat([...full, chunk.subarray(0, at)]),
  };
}
