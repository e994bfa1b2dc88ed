import { styleText } from 'node:util';
import { visible } from '../../source/visible.ts';
import { cells, fitting } from '../report/cells.ts';
import { type Paint, unpainted } from '../report/context.ts';

/** The part of a tty.WriteStream that is used. */
export interface TerminalStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

type Environment = Readonly<Record<string, string | undefined>>;

export interface Terminal {
  readonly paint: Paint;
  /** Cells per line; 100 without a terminal. */
  readonly width: number;
  /** Shows `label n/total` on one line that the next one overwrites; nothing without a terminal. */
  progress(done: number, total: number, label: string): void;
  /** Erases the status line, as does anything else that is written to the terminal. */
  clear(): void;
}

/** There is one screen, whichever stream has drawn the status line on it. */
const onScreen: { erase?: () => void } = {};

/**
 * Erases the status line, if there is one. The guard of the terminal calls it before anything is
 * written.
 */
export function eraseStatusLine(): void {
  const { erase } = onScreen;
  delete onScreen.erase;
  erase?.();
}

/** Colours follow NO_COLOR and FORCE_COLOR, else whether the stream is a terminal. */
export function wantsColour(stream: TerminalStream, env: Environment): boolean {
  if (env.NO_COLOR) return false;
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return stream.isTTY === true && env.TERM !== 'dumb';
}

const painted: Paint = (style, text) => styleText(style, text, { validateStream: false });

/** Milliseconds between two redraws: long work must not wait for the terminal. */
const redrawEvery = 80;
const defaultWidth = 100;

/** `now` counts milliseconds. */
export function createTerminal(
  stream: TerminalStream,
  env: Environment,
  now: () => number,
): Terminal {
  const width = Math.max(40, stream.columns ?? defaultWidth);
  const live = stream.isTTY === true && env.TERM !== 'dumb' && !env.CI;
  let drawn = Number.NEGATIVE_INFINITY;
  const erase = (): void => {
    stream.write('\r\x1b[K');
  };
  return {
    paint: wantsColour(stream, env) ? painted : unpainted,
    width,
    progress(done, total, label) {
      if (!live || now() - drawn < redrawEvery) return;
      drawn = now();
      stream.write(`\r${shortened(statusLine(done, total, label), width - 1)}\x1b[K`);
      onScreen.erase = erase;
    },
    clear() {
      eraseStatusLine();
      drawn = Number.NEGATIVE_INFINITY;
    },
  };
}

function statusLine(done: number, total: number, label: string): string {
  const percent =
    total > 0 ? `${Math.min(100, Math.floor((done * 100) / total))}%`.padStart(4) : '';
  return `${percent} ${done}/${total} ${visible(label)}`;
}

const shortened = (text: string, room: number): string =>
  cells(text) <= room ? text : `${fitting(text, room - 1)}…`;
