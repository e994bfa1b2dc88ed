const chunkSize = 1 << 20;
// UTF-8 takes no more for a unit of UTF-16
const mostBytesOfUnit = 3;

/**
 * UTF-8 in the making: each text is encoded as it comes, so that none of it is kept as a string,
 * which V8 would copy and move several times.
 */
export interface ByteWriter {
  /** Returns the bytes of the text. */
  readonly add: (text: string) => Uint8Array;
  /** All of it as one array. */
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
