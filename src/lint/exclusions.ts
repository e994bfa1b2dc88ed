import type { PackConfig } from '../pack/config/config.ts';
import type { Rule } from '../sigma/collection/collection.ts';
import type { Diagnostic } from '../source/diagnostic.ts';
import { type Span, spanOf } from '../source/span.ts';

/** Codes that the configuration excludes for one rule, and where the rule is. */
export interface Exclusion {
  readonly path: string;
  readonly span: Span;
  readonly codes: ReadonlySet<string>;
}

/** Undefined where nothing is excluded for the rule. */
export function exclusionOf(rule: Rule, { exclude }: PackConfig['lint']): Exclusion | undefined {
  const codes = exclude.get(rule.id?.toLowerCase() ?? '');
  return codes && { path: rule.file.path, span: spanOf(rule.span), codes };
}

export const isExcluded = (
  { code, file: { path }, span: { start } }: Diagnostic,
  exclusions: readonly Exclusion[],
): boolean =>
  exclusions.some(
    ({ path: own, span, codes }) =>
      own === path && start >= span.start && start < span.end && codes.has(code),
  );
