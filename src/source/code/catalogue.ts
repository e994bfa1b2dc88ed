import type { CodeEntry } from './entry.ts';
import { lintCodes } from './lint-codes.ts';
import { packCodes } from './pack-codes.ts';
import { sigmaCodes } from './sigma-codes.ts';
import { targetCodes } from './target-codes.ts';

/**
 * Every diagnostic code with its default severity and hint. `docs/diagnostics.md` is written from
 * this table.
 */
export const codeCatalogue = {
  ...sigmaCodes,
  ...targetCodes,
  ...packCodes,
  ...lintCodes,
} as const satisfies Record<string, CodeEntry>;

/** The stable code of a diagnostic, such as `SIG031`. docs/diagnostics.md explains each. */
export type DiagnosticCode = keyof typeof codeCatalogue;
