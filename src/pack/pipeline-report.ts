import { logSourceText } from '../pipeline/describe.ts';
import type { CompiledRule } from '../query/compile.ts';
import { detectionsBelow, rulesBelow } from '../query/compile.ts';
import type { DiagnosticCode } from '../source/code.ts';
import type { DiagnosticBag } from '../source/diagnostic.ts';

/** Warns once of what many rules have in common, at the first of them, with their number. */
export interface CountedWarnings {
  readonly add: (code: Extract<DiagnosticCode, 'PIP003' | 'PIP004' | 'TGT007' | 'TGT008'>, target: string, message: string, rule: CompiledRule['rule']) => void;
  readonly tell: () => void;
}

interface Counted {
  readonly code: DiagnosticCode;
  readonly target: string;
  readonly message: string;
  readonly first: CompiledRule['rule'];
  rules: number;
}

export function createCountedWarnings(bag: DiagnosticBag): CountedWarnings {
  const found = new Map<string, Counted>();
  return {
    add(code, target, message, first) {
      const key = `${target}\n${message}`;
      const known = found.get(key);
      if (known) known.rules++;
      else found.set(key, { code, target, message, first, rules: 1 });
    },
    tell() {
      for (const { code, target, message, first, rules } of found.values()) {
        const others = rules === 1 ? '' : `, in ${rules} rules (the first is here)`;
        bag.add(first.file, { code, message: `${target}: ${message}${others}`, span: first.titleSpan, target });
      }
    },
  };
}

/** Fields below a rule that no pipeline has a say on, and log sources of which none knows the fields. */
export function warnOfUnmapped(warnings: CountedWarnings, target: string, compiled: CompiledRule): void {
  if (compiled.kind === 'detection' && !compiled.processing) return;
  const fields = new Set(rulesBelow(compiled).flatMap(({ processing }) => processing?.unmapped ?? []));
  for (const part of detectionsBelow(compiled))
    if (part.processing?.known === false)
      warnings.add(
        'PIP003',
        target,
        `no pipeline knows the fields of the log source ${logSourceText(part.processing.logsource ?? part.rule.logsource)}`,
        compiled.rule,
      );
  for (const field of fields) warnings.add('PIP003', target, `no pipeline maps the field \`${field}\``, compiled.rule);
}
