// UTF-8 takes no more for a unit of UTF-16
const mostBytesOfUnit = 3;

/** UTF-8 in the making: each text is encoded as it comes, so that none of it is kept as a string, which V8 would copy and move several times. */
export interface ByteWriter {
  readonly add: (text: string) => void;
  /** Bytes so far: where the next text starts. */
  readonly size: () => number;
  /** All of it as one array. Call it once. */
  readonly bytes: () => Uint8Array;
}

/** `chunkSize`: bytes that are taken at once. */
export function createByteWriter(chunkSize = 1 << 20): ByteWriter {
  const full: Uint8Array[] = [];
  let chunk = Buffer.allocUnsafeSlow(chunkSize);
  let at = 0;
  let before = 0;
  const turnOver = (room: number): void => {
    full.push(chunk.subarray(0, at));
    before += at;
    chunk = Buffer.allocUnsafeSlow(Math.max(chunkSize, room));
    at = 0;
  };
  return {
    add(text) {
      const room = text.length * mostBytesOfUnit;
      if (at + room > chunk.length) turnOver(room);
      at += chunk.write(text, at);
    },
    size: () => before + at,
    bytes: () => Buffer.concat([...full, chunk.subarray(0, at)]),
  };
}
