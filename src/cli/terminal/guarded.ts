import { visible } from '../../source/visible.ts';
import { fittedLines } from '../report/wrapped.ts';
import { plainSigns, showsSigns } from './plain-signs.ts';
import { eraseStatusLine } from './terminal.ts';

type Written = (error?: Error | null) => void;

/** The part of a tty.WriteStream that is guarded. */
export interface GuardedStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string, written?: Written): boolean;
}

/**
 * The colours and weights that reports use; the line of the progress starts with a return and ends
 * with an erasure.
 */
const esc = '\u001b';
const kept = new RegExp(`(${esc}\\[(?:(?:0|1|2|4|22|24|3[0-7]|39|9[0-7])m|K)|^\\r|\\r?\\n|\\t)`);

/**
 * The one way to a terminal: whatever a command writes, a terminal gets no control characters but
 * Sigpack's own, and none that reorder text. With `wraps`, for a stream that only people read, long
 * lines are broken at words, and signs are as the locale can show them. Files and pipes get the
 * text byte by byte.
 */
export function guardTerminal(stream: GuardedStream, { wraps = false } = {}): void {
  if (stream.isTTY !== true) return;
  const write = stream.write.bind(stream);
  const decoder = new TextDecoder();
  const value = (chunk: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
    eraseStatusLine();
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    // an encoding may come between
    return write(
      guarded(wraps ? forPerson(text, stream) : text),
      rest.find((one): one is Written => typeof one === 'function'),
    );
  };
  Object.defineProperty(stream, 'write', { value, configurable: true, writable: true });
}

/** What a terminal gets of a text of Sigpack, which may contain colours. */
function guarded(text: string): string {
  return text
    .split(kept)
    .map((part, at) => (at % 2 === 1 ? part : visible(part)))
    .join('');
}

/**
 * Text that comes from rules, such as queries: exact in a file or a pipe, without control
 * characters in a terminal.
 */
export const forStream = (text: string, { isTTY }: { readonly isTTY?: boolean }): string =>
  isTTY === true ? visibleLines(text) : text;

/** As {@link visible}, line by line. */
export const visibleLines = (text: string): string => text.split('\n').map(visible).join('\n');

/**
 * Prints text on standard output; in a terminal, long lines are broken at words, and signs are as
 * the locale can show them.
 */
export function printText(text: string): void {
  process.stdout.write(personText(text));
}

/** The same text, for a command that writes it itself. */
export const personText = (text: string): string =>
  process.stdout.isTTY ? forPerson(text, process.stdout) : text;

function forPerson(text: string, stream: { readonly columns?: number }): string {
  const shown = showsSigns(process.env, process.platform) ? text : plainSigns(text);
  // the progress has a line of its own
  return shown.startsWith('\r') ? shown : fitted(shown, stream);
}

/** A terminal may not know its columns, and report none or zero. */
const fitted = (text: string, { columns = 0 }: { readonly columns?: number }): string =>
  columns > 0 ? fittedLines(text, Math.max(40, columns)) : text;
