import type { CompareTest, StringTest, Test } from '../../query/tree.ts';
import { openLiteral } from '../../sigma/value/pattern.ts';
import { foldedPattern, type Leaf } from './normal-form.ts';

/** True if whatever fulfils `a` certainly fulfils `b`; false if it does not, or may not. */
export function implies(a: Leaf, b: Leaf): boolean {
  if (a.item.field !== b.item.field || a.negated !== b.negated) return false;
  return a.negated ? testImplies(b.item.test, a.item.test) : testImplies(a.item.test, b.item.test);
}

function testImplies(a: Test, b: Test): boolean {
  if (b.kind === 'exists') return a.kind !== 'null' && a.kind !== 'expression';
  if (a.kind === 'string' && b.kind === 'string') return stringImplies(a, b);
  if (a.kind === 'compare' && b.kind === 'compare') return compareImplies(a, b);
  if (a.kind === 'cidr' && b.kind === 'cidr')
    return (
      a.version === b.version && a.prefix >= b.prefix && samePrefix(a.bytes, b.bytes, b.prefix)
    );
  return false;
}

/**
 * A case-sensitive test implies the same test in any case. The opposite is only true of texts
 * without letters, which are not looked for.
 */
function stringImplies(a: StringTest, b: StringTest): boolean {
  if (b.cased && !a.cased) return false;
  const inner = openLiteral(foldedPattern(a.pattern, b.cased));
  const outer = openLiteral(foldedPattern(b.pattern, b.cased));
  if (!inner || !outer) return false;
  if (outer.open === 'both') return inner.text.includes(outer.text);
  if (outer.open === 'end')
    return inner.open !== 'start' && inner.open !== 'both' && inner.text.startsWith(outer.text);
  if (outer.open === 'start')
    return inner.open !== 'end' && inner.open !== 'both' && inner.text.endsWith(outer.text);
  return inner.open === 'none' && inner.text === outer.text;
}

function compareImplies(a: CompareTest, b: CompareTest): boolean {
  const up = (test: CompareTest): boolean => test.operator === 'gt' || test.operator === 'gte';
  if (up(a) !== up(b)) return false;
  if (a.value === b.value)
    return a.operator === b.operator || b.operator === 'gte' || b.operator === 'lte';
  return up(a) ? a.value > b.value : a.value < b.value;
}

function samePrefix(a: readonly number[], b: readonly number[], bits: number): boolean {
  for (let at = 0; at < bits; at++) {
    const mask = 0x80 >> (at % 8);
    if (((a[at >> 3] ?? 0) & mask) !== ((b[at >> 3] ?? 0) & mask)) return false;
  }
  return true;
}
