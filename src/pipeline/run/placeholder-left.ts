import type { SettledDetectionRule, SettledRule } from '../../query/compile.ts';
import {
  type SettledDetection,
  type SettledItem,
  type SettledValue,
  someSettledItem,
} from '../../query/settled.ts';
import type { Test } from '../../query/tree.ts';
import { isPlaceholder, type Placeholder } from '../../sigma/value/pattern.ts';
import type { SourceFile, Span } from '../../source/span.ts';
import { itemsOf } from '../settled-parts.ts';

export interface PlaceholderLeft {
  readonly name: string;
  readonly file: SourceFile;
  readonly span: Span;
}

/** The first placeholder that no pipeline filled. */
export function placeholderLeft(parts: readonly SettledDetection[]): PlaceholderLeft | undefined {
  // nearly every rule has no placeholder, which a plain search finds out sooner
  if (!hasPlaceholder(parts)) return undefined;
  const [first] = placeholdersLeft(parts);
  return first;
}

function hasPlaceholder(parts: readonly SettledDetection[]): boolean {
  for (const { searches } of parts)
    for (const { body } of searches.values())
      if (someSettledItem(body, holdsPlaceholder)) return true;
  return false;
}

const holdsPlaceholder = ({ values }: SettledItem): boolean => values.some(valueHoldsPlaceholder);
const valueHoldsPlaceholder = ({ tests }: SettledValue): boolean =>
  tests.some(testHoldsPlaceholder);
const testHoldsPlaceholder = (test: Test): boolean =>
  test.kind === 'string' && test.pattern.some(isPlaceholder);

export interface PlaceholderMention extends PlaceholderLeft {
  /** The rule that mentions it, itself or in a filter. */
  readonly within: SettledDetectionRule;
}

/**
 * Every mention of a placeholder in a rule and those that it refers to. `visited`: correlations may
 * share rules at every level.
 */
export function* mentionsIn(
  settled: SettledRule,
  visited: Set<SettledRule> = new Set(),
): Generator<PlaceholderMention> {
  if (visited.has(settled)) return;
  visited.add(settled);
  if (settled.kind === 'correlation')
    for (const part of settled.parts) yield* mentionsIn(part, visited);
  else for (const left of placeholdersLeft(settled.parts)) yield { ...left, within: settled };
}

function* placeholdersLeft(parts: readonly SettledDetection[]): Generator<PlaceholderLeft> {
  for (const { values, file } of parts.flatMap(itemsOf))
    for (const { tests, span } of values)
      for (const { placeholder } of tests.flatMap(placeholdersOf))
        yield { name: placeholder, file, span };
}

const placeholdersOf = (test: Test): readonly Placeholder[] =>
  test.kind === 'string' ? test.pattern.filter(isPlaceholder) : [];
