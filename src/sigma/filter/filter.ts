import type { SourceFile, Span } from '../../source/span.ts';
import type { YamlMapping } from '../../source/yaml/tree.ts';
import type { RuleReference } from '../correlation/correlation.ts';
import type { Detection, LogSource } from '../rule/rule.ts';

/** A filter as written: its condition is joined with AND to those of the rules that it names. */
export interface FilterRule {
  readonly kind: 'filter';
  readonly file: SourceFile;
  readonly span: Span;
  /**
   * The document as it is read, if the text at `span` is different: for filters of old collections,
   * and keys in another spelling.
   */
  readonly document?: YamlMapping;
  readonly title: string;
  readonly titleSpan: Span;
  readonly id?: string;
  /** The place of the id's text; undefined if the file has it in another form. */
  readonly idSpan?: Span;
  readonly date?: string;
  readonly modified?: string;
  readonly logsource: LogSource;
  /** Undefined for every rule of the log source (`rules: any`, or an empty list). */
  readonly rules: readonly RuleReference[] | undefined;
  /** Undefined if the filter has an error: the rules that it reaches are left out. */
  readonly detection: Detection | undefined;
}

/** True if the rule's log source has everything that the filter's names. */
export function filterFits(filter: LogSource, rule: LogSource): boolean {
  return (['category', 'product', 'service'] as const).every(
    (part) => filter[part] === undefined || filter[part] === rule[part],
  );
}
