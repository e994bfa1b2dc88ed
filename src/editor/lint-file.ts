import { createLinter } from '../lint/linter.ts';
import type { PackConfig } from '../pack/config/config.ts';
import type { CompiledRule } from '../query/compile.ts';
import { readDocuments } from '../sigma/collection/document.ts';
import { createBag, type Diagnostic } from '../source/diagnostic.ts';
import type { SourceFile } from '../source/span.ts';

export interface LintFileInput {
  readonly file: SourceFile;
  /** The rules of the file as they are meant. */
  readonly compiled: readonly CompiledRule[];
  readonly config: PackConfig;
  /** YYYY-MM-DD. */
  readonly today: string;
}

/** What lint finds in a file by itself, as it is written and as its rules are meant. */
export function lintFile(input: LintFileInput): readonly Diagnostic[] {
  const { file, compiled, config, today } = input;
  const { lint, severities } = config;
  const bag = createBag(severities);
  const linter = createLinter({ config: lint, severities, bag, today, isWhole: false });
  readDocuments(file, bag, { onRule: linter.onRule });
  for (const rule of compiled) linter.onMeaning(rule);
  linter.finish();
  return bag.list.filter(({ code }) => code.startsWith('LNT'));
}
