/** Bytes behind a text that may be read as well: whoever reads four at a time needs three. */
const spare = 3;

let room = Buffer.alloc(4096);
let view = viewOf(room);

/** A byte of each character of a text, its low one; they stand until the next text is asked for. */
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
