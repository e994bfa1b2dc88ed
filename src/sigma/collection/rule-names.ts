import type { DiagnosticBag, NewDiagnostic } from '../../source/diagnostic.ts';
import type { SourceFile } from '../../source/span.ts';
import { addTogether, type Similar } from '../../source/together.ts';
import type { RuleReference } from '../correlation/correlation.ts';
import { idKey } from '../rule/rule-id.ts';
import type { Rule } from './collection.ts';
import type { LeftOut } from './copies.ts';

/** Finds rules by what correlations and filters call them. */
export interface RuleIndex {
  /**
   * The rule with that id or name. If several have the name, the one in the file `from`; undefined
   * if that is ambiguous.
   */
  find(reference: string, from?: SourceFile): Rule | undefined;
  /** All rules with that name. */
  named(name: string): readonly Rule[];
  /** The names of the rules in a file. */
  namesIn(file: SourceFile): readonly string[];
}

/** Indexes rules by their ids and names, and those of their copies. */
export function indexRules(
  rules: readonly Rule[],
  leftOut: readonly LeftOut<Rule>[],
  bag: DiagnosticBag,
): RuleIndex {
  const ids = new Map<string, Rule>();
  const names = new Map<string, Rule[]>();
  for (const rule of rules) {
    if (rule.id !== undefined) ids.set(idKey(rule.id), rule);
    if (rule.name !== undefined) put(names, rule.name, rule);
  }
  reportNames(names, bag);
  for (const { kept, left } of leftOut)
    if (left.name !== undefined && !names.get(left.name)?.includes(kept))
      put(names, left.name, kept);
  let inFiles: ReadonlyMap<SourceFile, readonly Rule[]> | undefined;
  return {
    find(reference, from) {
      const known = ids.get(idKey(reference));
      if (known) return known;
      const [first, ...others] = names.get(reference) ?? [];
      if (!first || others.length === 0) return first;
      const [own, second] = [first, ...others].filter(({ file }) => file === from);
      return second ? undefined : own;
    },
    named: (name) => names.get(name) ?? [],
    namesIn(file) {
      inFiles ??= Map.groupBy(rules, (rule) => rule.file);
      return (inFiles.get(file) ?? []).flatMap(({ name }) => name ?? []);
    },
  };
}

function put<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const known = lists.get(key);
  if (known) known.push(value);
  else lists.set(key, [value]);
}

function reportNames(names: ReadonlyMap<string, readonly Rule[]>, bag: DiagnosticBag): void {
  const similar: Similar[] = [];
  for (const [name, [first, ...others]] of names) {
    for (const rule of first ? others : []) {
      const message = `the name \`${name}\` is that of "${first?.title}" (${first?.file.path}) too`;
      similar.push({
        code: 'SIG044',
        message,
        short: `${name} (${rule.file.path})`,
        file: rule.file,
        span: rule.nameSpan ?? rule.titleSpan,
      });
    }
  }
  addTogether(bag, similar, 'rules have the name of another');
}

/** The error for a reference by a name that several rules of other files have. */
export function ambiguous(reference: RuleReference, rules: readonly Rule[]): NewDiagnostic {
  const named = rules.slice(0, 5).map(({ title, file }) => `"${title}" (${file.path})`);
  return {
    code: 'SIG041',
    message: `\`${reference.name}\` is the name of several rules: ${named.join(', ')}`,
    span: reference,
  };
}
