import { describe, expect, test } from 'vitest';
import { itemsOf } from '../src/query/tree.ts';
import { correlationTypes } from '../src/sigma/correlation/correlation.ts';
import type { DetectionItem, SearchBody } from '../src/sigma/rule/rule.ts';
import { chainError, modifierRoles } from '../src/sigma/value/modifier.ts';
import { ruleSet } from './rule-set.ts';
import { correlationsOfSet } from './rule-set-events.ts';

const itemsIn = (body: SearchBody): readonly DetectionItem[] =>
  body.kind === 'map'
    ? body.items
    : body.entries.flatMap((entry) => (entry.kind === 'item' ? [entry] : entry.items));

/** The detection rules of the set as they are written. */
const written = ruleSet().flatMap(({ rule }) => (rule.kind === 'detection' ? [rule] : []));
const chains = written.flatMap(({ rule }) =>
  [...rule.detection.searches.values()]
    .flatMap(({ body }) => itemsIn(body))
    .map(({ modifiers }) => modifiers.map(({ name }) => name)),
);

describe('the rule set has', () => {
  test('every modifier', () => {
    const used = new Set(chains.flat());
    expect([...modifierRoles.keys()].filter((name) => !used.has(name))).toEqual([]);
  });

  test('every two modifiers that may stand in one chain', () => {
    const names = [...modifierRoles.keys()];
    const isFlag = (name: string): boolean => modifierRoles.get(name) === 'flag';
    const together = (first: string, second: string): boolean => {
      // flags follow `re` alone, so that other modifiers are tried after both
      const before = isFlag(first) && second !== 're' ? ['re', first] : [first];
      return (
        !(isFlag(second) && !isFlag(first) && first !== 're') &&
        chainError(second, before, false) === undefined
      );
    };
    const afterRegex = new Set(['all', 'neq']);
    const sensible = (a: string, b: string): boolean =>
      !isFlag(a) || isFlag(b) || afterRegex.has(b);
    const pairs = names.flatMap((a, index) =>
      names
        .slice(index + 1)
        .flatMap((b) =>
          sensible(a, b) && (together(a, b) || together(b, a)) ? [[a, b] as const] : [],
        ),
    );
    expect(pairs.length).toBeGreaterThan(140);
    expect(
      pairs.filter(([a, b]) => !chains.some((chain) => chain.includes(a) && chain.includes(b))),
    ).toEqual([]);
  });

  test('every kind of test', () => {
    const kinds = new Set(
      written.flatMap(({ query }) => [...itemsOf(query)].map(({ test }) => test.kind)),
    );
    expect([...kinds].sort()).toEqual([
      'boolean',
      'cidr',
      'compare',
      'exists',
      'field',
      'null',
      'number',
      'regex',
      'string',
      'time',
    ]);
  });

  test('keywords and conditions of every form', () => {
    expect(
      written.some(({ query }) => [...itemsOf(query)].some(({ field }) => field === undefined)),
    ).toBe(true);
    const forms = new Set<string>();
    const visit = (node: object): void => {
      const { kind } = node as { kind?: unknown };
      if (typeof kind === 'string') forms.add(kind);
      for (const inner of Object.values(node))
        if (typeof inner === 'object' && inner !== null) visit(inner);
    };
    for (const { rule } of written) rule.detection.conditions.forEach(visit);
    expect([...forms].sort()).toEqual(['and', 'name', 'not', 'or', 'quantifier']);
    expect(written.some(({ rule }) => rule.detection.conditions.length > 1)).toBe(true);
  });

  test('every type of correlation and every operator', () => {
    const rules = correlationsOfSet().map(({ rule }) => rule.rule);
    expect(correlationTypes.filter((type) => !rules.some((rule) => rule.type === type))).toEqual(
      [],
    );
    const operators = new Set(
      rules.flatMap(({ thresholds }) => thresholds.map(({ operator }) => operator)),
    );
    expect([...operators].sort()).toEqual(['eq', 'gt', 'gte', 'lt', 'lte', 'neq']);
    expect(rules.some(({ generate }) => generate)).toBe(true);
    expect(rules.some(({ aliases }) => aliases.length > 0)).toBe(true);
    expect(rules.some(({ groupBy }) => groupBy.length === 0)).toBe(true);
    expect(rules.some(({ groupBy }) => groupBy.length > 1)).toBe(true);
    expect(
      correlationsOfSet().some(({ rule }) => rule.parts.some(({ kind }) => kind === 'correlation')),
    ).toBe(true);
  });
});
