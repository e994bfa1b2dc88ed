import { CommandError } from '../error/command-error.ts';
import { hasTerminal, openLines } from '../terminal/line-reader.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Asks on a terminal; without one a usage error names the option to give `instead`. */
export async function ask(question: string, terminal: Terminal, instead: string): Promise<boolean> {
  if (!hasTerminal()) throw new CommandError(`there is no terminal to ask on: give ${instead}`);
  terminal.clear();
  const lines = openLines();
  const answer = await lines.ask(`${question} [y/N] `);
  lines.close();
  return /^y(?:es)?$/i.test(answer?.trim() ?? '');
}
