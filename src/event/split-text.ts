import { type Fail, limits, tooLong } from './event-error.ts';
import { beginsWindowsText } from './form.ts';
import type { Piece, Splitter } from './split-json.ts';

/** Lines, without line ends. */
export function createLineSplitter(fail: Fail): Splitter {
  let held = '';
  let line = 1;
  const piece = (text: string): Piece => {
    if (text.length > limits.length) throw fail(line, tooLong);
    return { text: text.endsWith('\r') ? text.slice(0, -1) : text, line };
  };
  return {
    *push(chunk) {
      let from = 0;
      for (let at = chunk.indexOf('\n'); at !== -1; at = chunk.indexOf('\n', from)) {
        yield piece(held + chunk.slice(from, at));
        held = '';
        from = at + 1;
        line++;
      }
      held += chunk.slice(from);
      if (held.length > limits.length) throw fail(line, tooLong);
    },
    *end() {
      if (held !== '') yield piece(held);
    },
  };
}

/** Groups of lines. `joins` sees every line and decides whether it continues the group before. */
function createGroupSplitter(
  fail: Fail,
  joins: (line: string) => boolean,
  finish: (held: Piece) => void,
): Splitter {
  const lines = createLineSplitter(fail);
  let held: Piece | undefined;
  function* take(pieces: Iterable<Piece>): Iterable<Piece> {
    for (const piece of pieces) {
      if (joins(piece.text) && held !== undefined) {
        held = { text: `${held.text}\n${piece.text}`, line: held.line };
        if (held.text.length > limits.length) throw fail(held.line, tooLong);
        continue;
      }
      if (held !== undefined) yield held;
      held = piece;
    }
  }
  return {
    push: (chunk) => take(lines.push(chunk)),
    *end() {
      yield* take(lines.end());
      if (held === undefined) return;
      finish(held);
      yield held;
    },
  };
}

/** Records of CSV: a line end in quotes does not end a record. */
export function createCsvSplitter(fail: Fail): Splitter {
  let isOpen = false;
  const joins = (line: string): boolean => {
    const wasOpen = isOpen;
    if (quotesIn(line) % 2 === 1) isOpen = !isOpen;
    return wasOpen;
  };
  return createGroupSplitter(fail, joins, (held) => {
    if (isOpen)
      throw fail(held.line, 'the quoted text in the record that begins here does not end');
  });
}

function quotesIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) count++;
  return count;
}

/** Events in the classic text of Windows' event log: each starts with a line that is a time. */
export const createWindowsTextSplitter = (fail: Fail): Splitter =>
  createGroupSplitter(
    fail,
    (line) => !beginsWindowsText(line),
    () => {},
  );

const opening = /<Event[\s>]/;
const closing = '</Event>';

/** `<Event>` elements, whatever is around them. */
export function createXmlSplitter(fail: Fail): Splitter {
  let held = '';
  let line = 1;
  let searched = 0;
  let isOpen = false;
  const drop = (length: number): string => {
    const dropped = held.slice(0, length);
    held = held.slice(length);
    searched = 0;
    for (let at = dropped.indexOf('\n'); at !== -1; at = dropped.indexOf('\n', at + 1)) line++;
    return dropped;
  };
  const findsNext = (): boolean => {
    const start = held.search(opening);
    isOpen = start !== -1;
    drop(isOpen ? start : Math.max(0, held.length - 6));
    return isOpen;
  };
  return {
    *push(chunk) {
      held += chunk;
      while (isOpen || findsNext()) {
        const end = held.indexOf(closing, searched);
        if (Math.max(end + closing.length, end === -1 ? held.length : 0) > limits.length)
          throw fail(line, tooLong);
        searched = Math.max(0, held.length - closing.length);
        if (end === -1) return;
        const piece = { line, text: drop(end + closing.length) };
        isOpen = false;
        yield piece;
      }
    },
    end() {
      if (isOpen) throw fail(line, 'the <Event> that begins here does not end');
      return [];
    },
  };
}
