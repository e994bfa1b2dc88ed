import { readFileSync } from 'node:fs';
import { UsageError } from './exit-code.ts';
import { shownPath } from './rule-files.ts';

/** The text of a key's file; what is wrong with it is said without any of it. `what`: `the key`, for the message. */
export function readKeyFile(what: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new UsageError(`${what} ${shownPath(path)} cannot be read`);
  }
}
