/** Extra bytes after a text, for readers of four bytes at a time. */
const spare = 3;

let room = Buffer.alloc(4096);
let view = viewOf(room);

/** The low byte of each character of a text. The view is valid until the next call. */
export function bytesOf(text: string): DataView {
  if (room.length < text.length + spare) {
    room = Buffer.alloc(2 * (text.length + spare));
    view = viewOf(room);
  }
  room.write(text, 0, 'latin1');
  return view;
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}
