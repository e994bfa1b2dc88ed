import { testText } from '../../pipeline/describe.ts';
import type { Item, Query, Test } from '../../query/tree.ts';
import { foldCase } from '../../regex/letter-case.ts';
import { type Pattern, patternText } from '../../sigma/value/pattern.ts';
import { firstFew } from '../../source/plural.ts';

/**
 * A condition with negations at the items only, without duplicates and in a fixed order: conditions
 * that are equivalent by these laws have the same key.
 */
export type Normal = Leaf | Group;

export interface Leaf {
  readonly kind: 'leaf';
  readonly key: string;
  readonly item: Item;
  readonly negated: boolean;
}

export interface Group {
  readonly kind: 'and' | 'or';
  readonly key: string;
  readonly children: readonly Normal[];
}

/** The condition's normal form. */
export function normalForm(query: Query, negated = false): Normal {
  switch (query.kind) {
    case 'item':
      return { kind: 'leaf', key: `${negated ? '!' : ''}${itemKey(query)}`, item: query, negated };
    case 'not':
      return normalForm(query.operand, !negated);
    case 'and':
    case 'or': {
      const kind = (query.kind === 'and') === negated ? 'or' : 'and';
      return group(
        kind,
        query.operands.map((operand) => normalForm(operand, negated)),
      );
    }
  }
}

/** A flat, sorted group with each child once; a single child is returned itself. */
export function group(kind: 'and' | 'or', children: readonly Normal[]): Normal {
  const flat = children.flatMap((child) => (child.kind === kind ? child.children : [child]));
  const unique = [...new Map(flat.map((child) => [child.key, child])).values()].sort((a, b) =>
    a.key < b.key ? -1 : 1,
  );
  const [only] = unique;
  if (unique.length === 1 && only) return only;
  return {
    kind,
    key: `${kind === 'and' ? '&' : '|'}(${unique.map(({ key }) => key).join(',')})`,
    children: unique,
  };
}

const itemKey = ({ field, test }: Item): string => JSON.stringify([field ?? null, testKey(test)]);

function testKey(test: Test): unknown {
  switch (test.kind) {
    case 'string':
      return [
        test.cased ? 'cased' : 'string',
        patternText(foldedPattern(test.pattern, test.cased)),
      ];
    case 'number':
      return ['number', String(test.value)];
    case 'compare':
      return ['compare', test.operator, String(test.value)];
    case 'cidr':
      return ['cidr', test.text];
    default: {
      const { kind, ...rest } = test;
      return [kind, ...Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))];
    }
  }
}

/** The pattern with its letter case folded, unless the test is case-sensitive. */
export const foldedPattern = (pattern: Pattern, cased: boolean): Pattern =>
  cased ? pattern : pattern.map((part) => (typeof part === 'string' ? foldCase(part) : part));

/** Maximum number of values, and of parts, that are listed. */
const shownValues = 6;

/** `Image: '*\cmd.exe'`, for readers: values of one field are joined, long lists are cut. */
export function normalText(node: Normal): string {
  if (node.kind === 'leaf')
    return `${node.negated ? 'not ' : ''}${fieldText(node.item)}: ${valueText(node.item.test)}`;
  const texts = grouped(node);
  const shown =
    texts.length > shownValues
      ? [...texts.slice(0, shownValues), `${texts.length - shownValues} more`]
      : texts;
  return shown.join(` ${node.kind} `);
}

const fieldText = ({ field }: Item): string => field ?? 'keyword';

/** As in a rule, in quotes. */
function valueText(test: Test): string {
  if (test.kind !== 'string') return testText(test);
  const parts = test.pattern.map((part) =>
    typeof part === 'string' ? part.replace(/[*?]/g, '\\$&') : patternText([part]),
  );
  return `'${parts.join('')}'${test.cased ? ' (cased)' : ''}`;
}

function grouped({ kind, children }: Group): readonly string[] {
  const byField = new Map<string, string[]>();
  const rest: string[] = [];
  for (const child of children) {
    if (kind === 'or' && child.kind === 'leaf' && !child.negated) {
      const field = fieldText(child.item);
      const values = byField.get(field) ?? [];
      byField.set(field, values);
      values.push(valueText(child.item.test));
    } else rest.push(child.kind === 'leaf' ? normalText(child) : `(${normalText(child)})`);
  }
  const lists = [...byField].map(([field, values]) => `${field}: ${firstFew(values, shownValues)}`);
  return [...lists, ...rest];
}
