import { logSourceText } from '../pipeline/describe.ts';
import type { CompiledRule } from '../query/compile.ts';
import { detectionsBelow, rulesBelow } from '../query/compile.ts';
import type { DiagnosticCode } from '../source/code.ts';
import type { DiagnosticBag } from '../source/diagnostic.ts';

/** Warns once of what many rules have in common, at the first of them, with their number. */
export interface CountedWarnings {
  readonly add: (
    code: Extract<DiagnosticCode, 'PIP003' | 'PIP004' | 'PIP010' | 'TGT007' | 'TGT008'>,
    target: string,
    message: string,
    rule: CompiledRule['rule'],
  ) => void;
  readonly tell: () => void;
}

interface Counted {
  readonly code: DiagnosticCode;
  readonly target: string;
  readonly message: string;
  readonly first: CompiledRule['rule'];
  /** Where they stand: a rule below several correlations is one. */
  readonly rules: Set<string>;
}

export function createCountedWarnings(bag: DiagnosticBag): CountedWarnings {
  const found = new Map<string, Counted>();
  return {
    add(code, target, message, first) {
      const key = `${target}\n${message}`;
      const known = found.get(key) ?? { code, target, message, first, rules: new Set() };
      found.set(key, known);
      known.rules.add(`${first.file.path}\0${first.titleSpan.start}`);
    },
    tell() {
      for (const { code, target, message, first, rules } of found.values()) {
        const others = rules.size === 1 ? '' : `, in ${rules.size} rules (the first is here)`;
        bag.add(first.file, { code, message: `${target}: ${message}${others}`, span: first.titleSpan, target });
      }
    },
  };
}

/** Fields of a rule and of those below it that no pipeline has a say on, and log sources of which none knows the fields: at the rules that have them. */
export function warnOfUnmapped(warnings: CountedWarnings, target: string, compiled: CompiledRule): void {
  if (compiled.kind === 'detection' && !compiled.processing) return;
  for (const { rule, processing } of detectionsBelow(compiled))
    if (processing?.known === false)
      warnings.add('PIP003', target, `no pipeline knows the fields of the log source ${logSourceText(processing.logsource ?? rule.logsource)}`, rule);
  for (const { rule, processing } of rulesBelow(compiled))
    for (const field of processing?.unmapped ?? []) warnings.add('PIP003', target, `no pipeline maps the field \`${field}\``, rule);
}
