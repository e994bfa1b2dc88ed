import { type CompiledRule, detectionsBelow } from '../../query/compile.ts';
import { itemsOf, type Test } from '../../query/tree.ts';

/** Fields and values that the search of the index looks at. */
export interface Searchable {
  readonly fields: readonly string[];
  /** Literal texts in lower case, joined with spaces. */
  readonly values: string;
}

/** Longer lists of values would make the index of thousands of rules slow to load. */
const mostCharacters = 600;

/** What a rule tests, without what only wildcards and expressions say. */
export function searchable(compiled: CompiledRule): Searchable {
  const fields = new Set<string>();
  const values = new Set<string>();
  for (const { field, test } of detectionsBelow(compiled).flatMap(({ query }) => itemsOf(query))) {
    if (field !== undefined) fields.add(field);
    for (const text of literalsOf(test)) values.add(text.trim().toLowerCase());
  }
  let joined = '';
  for (const value of values) {
    if (value.length < 2 || joined.length + value.length >= mostCharacters) continue;
    joined += joined === '' ? value : ` ${value}`;
  }
  return { fields: [...fields], values: joined };
}

function literalsOf(test: Test): readonly string[] {
  switch (test.kind) {
    case 'string':
      return test.pattern.filter((part) => typeof part === 'string');
    case 'number':
      return [String(test.value)];
    case 'regex':
      return [test.source];
    case 'cidr':
      return [test.text];
    default:
      return [];
  }
}
