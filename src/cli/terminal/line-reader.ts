import { createInterface } from 'node:readline';

/**
 * Lines that a user types. The terminal edits them itself: Ctrl+C ends the command, and no control
 * character is printed.
 */
export interface LineReader {
  /** Undefined where the input has ended. */
  readonly ask: (prompt: string) => Promise<string | undefined>;
  readonly close: () => void;
}

export const hasTerminal = (): boolean =>
  process.stdin.isTTY === true && process.stdout.isTTY === true;

export function openLines(): LineReader {
  const lines = createInterface({ input: process.stdin });
  const typed = lines[Symbol.asyncIterator]();
  return {
    async ask(prompt) {
      process.stdout.write(prompt);
      const { value, done } = await typed.next();
      return done ? undefined : value;
    },
    close: () => lines.close(),
  };
}
