import type { LintPreset } from '../pack/config/lint-preset.ts';
import type { CorrelationRule } from '../sigma/correlation/correlation.ts';
import type { DetectionRule } from '../sigma/rule/rule.ts';
import type { DiagnosticCode } from '../source/code/catalogue.ts';
import { codeCatalogue } from '../source/code/catalogue.ts';
import type { Severity } from '../source/diagnostic.ts';
import type { Span } from '../source/span.ts';
import { lookup, spanOfKey, type YamlMapping, type YamlScalar } from '../source/yaml/tree.ts';

export type LintCode = Extract<DiagnosticCode, `LNT${string}`>;

/** Reports a place in the file of the rule; the default hint is that of the catalogue. */
export type Report = (code: LintCode, span: Span, message: string, hint?: string) => void;

/** A valid rule with its document, and where to report what is wrong with it. */
export interface Checked {
  readonly rule: DetectionRule | CorrelationRule;
  readonly document: YamlMapping;
  readonly report: Report;
  /** YYYY-MM-DD. */
  readonly today: string;
}

/** Codes that are notes if a preset turns them on. */
const notes: ReadonlySet<string> = new Set(['LNT023', 'LNT045', 'LNT046', 'LNT048']);

/** The severity of a code if the configuration sets none. Each preset includes those before it. */
export function presetSeverity(code: LintCode, preset: LintPreset): Severity {
  if (preset === 'none') return 'off';
  const { severity } = codeCatalogue[code];
  if (severity !== 'off') return severity;
  if (preset === 'default' || (preset === 'pysigma' && code >= 'LNT030')) return 'off';
  return notes.has(code) ? 'info' : 'warning';
}

/** Whether there are checks besides the default ones. */
export const hasConventions = (
  preset: LintPreset,
  severities: ReadonlyMap<string, Severity> = new Map(),
): boolean =>
  preset === 'pysigma' ||
  preset === 'sigmahq' ||
  [...severities].some(
    ([code, severity]) => code >= 'LNT010' && code.startsWith('LNT') && severity !== 'off',
  );

/** The values of an attribute that is a text or a list of texts. */
export function entriesOf(document: YamlMapping, name: string): readonly YamlScalar[] {
  const node = lookup(document, name);
  return (node?.kind === 'sequence' ? node.items : [node]).filter(
    (item): item is YamlScalar => item?.kind === 'scalar' && item.value !== null,
  );
}

/** The key of an attribute, or the title if the rule lacks it. */
export const keyOf = ({ document, rule }: Checked, name: string): Span =>
  spanOfKey(document, name) ?? rule.titleSpan;

/** The value of an attribute, or what {@link keyOf} returns. */
export const placeOf = (checked: Checked, name: string): Span =>
  lookup(checked.document, name) ?? keyOf(checked, name);

/** Entries with the same key as an earlier one. */
export function repeated<T>(
  entries: readonly T[],
  keyOfEntry: (entry: T) => unknown,
): readonly T[] {
  const seen = new Set<unknown>();
  return entries.filter((entry) => {
    const key = keyOfEntry(entry);
    return seen.size === seen.add(key).size;
  });
}
