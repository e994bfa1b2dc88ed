import { createInterface } from 'node:readline/promises';
import { UsageError } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';

/** Asks on a terminal; without one a usage error says what has to be given instead. */
export async function ask(question: string, terminal: Terminal, instead: string): Promise<boolean> {
  if (process.stdin.isTTY !== true || process.stdout.isTTY !== true) throw new UsageError(`there is no terminal to ask on: give ${instead}`);
  terminal.clear();
  const line = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await line.question(`${question} [y/N] `);
  line.close();
  return /^y(?:es)?$/i.test(answer.trim());
}
