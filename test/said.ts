import { vi } from 'vitest';
import { isUsageError } from '../src/cli/error/command-error.ts';

export interface Said {
  readonly code: number | string;
  readonly out: string;
}

/** What a command says, on either stream, and its exit code; `usage: ...` for wrong use. */
export async function said(run: () => Promise<number>): Promise<Said> {
  let out = '';
  const take = (text: string | Uint8Array): boolean => {
    out += String(text);
    return true;
  };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(take),
    vi.spyOn(process.stderr, 'write').mockImplementation(take),
  ];
  try {
    return { code: await run(), out };
  } catch (error) {
    if (isUsageError(error)) return { code: `usage: ${error.message}`, out };
    throw error;
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
