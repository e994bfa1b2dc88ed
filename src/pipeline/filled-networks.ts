import { type SettledItem, settledItems } from '../query/settled.ts';
import { parseAddressBlock } from '../sigma/cidr.ts';
import { literalText } from '../sigma/pattern.ts';
import type { SourceFile, Span } from '../source/span.ts';
import type { Filling, RuleInProcess } from './rule-in-process.ts';

export interface FilledNetwork {
  readonly network: string;
  readonly field: string;
  readonly file: SourceFile;
  readonly span: Span;
}

/** Networks that a pipeline gives a placeholder of an item without `cidr`: they are compared as texts. */
export function filledNetworks({ filled, parts }: RuleInProcess): readonly FilledNetwork[] {
  const networks = new Set([...filled.values()].flatMap(networksOf));
  if (networks.size === 0) return [];
  const items = parts.flatMap(({ searches }) => [...searches.values()].flatMap(({ body }) => [...settledItems(body)]));
  return items.flatMap((item) => networksIn(item, networks));
}

function networksOf(filling: Filling): readonly string[] {
  if (typeof filling === 'string') return [];
  return filling.map((pattern) => literalText(pattern) ?? '').filter((text) => text.includes('/') && parseAddressBlock(text) !== undefined);
}

function networksIn({ field, values, file }: SettledItem, networks: ReadonlySet<string>): readonly FilledNetwork[] {
  if (field === undefined) return [];
  return values.flatMap(({ tests, span }) => {
    const network = tests.map((test) => (test.kind === 'string' ? (literalText(test.pattern) ?? '') : '')).find((text) => networks.has(text));
    return network === undefined ? [] : [{ network, field, file, span }];
  });
}
