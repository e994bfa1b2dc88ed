/** Extra bytes after a text, for readers of four bytes at a time. */
const spare = 3;

const encoder = new TextEncoder();
let room = new Uint8Array(4096);
let view = new DataView(room.buffer);

/** The low byte of each character of a text. The view is valid until the next call. */
export function bytesOf(text: string): DataView {
  if (room.length < text.length + spare) {
    room = new Uint8Array(2 * (text.length + spare));
    view = new DataView(room.buffer);
  }
  // only of ASCII are the encoder's bytes the low ones, and as many as there are characters
  const { read, written } = encoder.encodeInto(text, room);
  if (read !== text.length || written !== text.length) writeLowBytes(text);
  return view;
}

function writeLowBytes(text: string): void {
  for (let at = 0; at < text.length; at++) room[at] = text.charCodeAt(at);
}
