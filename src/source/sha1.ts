/**
 * SHA-1 (FIPS 180-4) of bytes, in hexadecimal digits. For ids only: it runs where there are no
 * modules of Node, and digests can't be awaited.
 */
export function sha1(bytes: Uint8Array): string {
  state.set(initial);
  const size = 64 * Math.ceil((bytes.length + 9) / 64);
  const blocks = new Uint8Array(size);
  blocks.set(bytes);
  blocks[bytes.length] = 0x80;
  const view = new DataView(blocks.buffer);
  view.setUint32(size - 8, Math.floor(bytes.length / 0x2000_0000));
  view.setUint32(size - 4, bytes.length << 3);
  for (let at = 0; at < size; at += 64) {
    for (let index = 0; index < 16; index++) words[index] = view.getInt32(at + 4 * index);
    addBlock();
  }
  let digits = '';
  for (const word of state) digits += (word >>> 0).toString(16).padStart(8, '0');
  return digits;
}

const initial = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
// shared by all calls, of which none waits
const state = new Int32Array(5);
const words = new Int32Array(80);

/** Adds the block of the first 16 words to the state. */
function addBlock(): void {
  for (let index = 16; index < 80; index++) {
    const word =
      (words[index - 3] ?? 0) ^
      (words[index - 8] ?? 0) ^
      (words[index - 14] ?? 0) ^
      (words[index - 16] ?? 0);
    words[index] = (word << 1) | (word >>> 31);
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
  for (let index = 0; index < 80; index++) {
    let mixed: number;
    if (index < 20) mixed = ((b & c) | (~b & d)) + 0x5a827999;
    else if (index < 40) mixed = (b ^ c ^ d) + 0x6ed9eba1;
    else if (index < 60) mixed = ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
    else mixed = (b ^ c ^ d) + 0xca62c1d6;
    const sum = (((a << 5) | (a >>> 27)) + mixed + e + (words[index] ?? 0)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = sum;
  }
  state[0] = (state[0] ?? 0) + a;
  state[1] = (state[1] ?? 0) + b;
  state[2] = (state[2] ?? 0) + c;
  state[3] = (state[3] ?? 0) + d;
  state[4] = (state[4] ?? 0) + e;
}
