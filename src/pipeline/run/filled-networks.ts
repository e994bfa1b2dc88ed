import type { SettledRule } from '../../query/compile.ts';
import type { SettledItem } from '../../query/settled.ts';
import { isNetwork } from '../../sigma/value/cidr.ts';
import { isPlaceholder, literalText } from '../../sigma/value/pattern.ts';
import type { SourceFile, Span } from '../../source/span.ts';
import type { Filling } from '../filling.ts';
import type { RuleInProcess } from '../rule-in-process.ts';
import { itemsOf } from '../settled-parts.ts';

export interface FilledNetwork {
  readonly network: string;
  readonly field: string;
  readonly file: SourceFile;
  readonly span: Span;
}

/**
 * Networks that a pipeline made of a placeholder in an item without `cidr`, at most one per value:
 * they are compared as texts. `written`: the rule before the pipelines.
 */
export function filledNetworks(
  { fillings, parts }: RuleInProcess,
  written: SettledRule,
): readonly FilledNetwork[] {
  if (fillings.size === 0) return [];
  const own = written.kind === 'detection' ? written.parts : [];
  const files = new Set(own.flatMap(itemsOf).map(({ file }) => file));
  const placeholders = new Set(
    own
      .flatMap(itemsOf)
      .flatMap(({ file, values }) =>
        values.filter(hasPlaceholder).map(({ span }) => keyOf(file, span)),
      ),
  );
  const networks = new Set([...fillings.values()].flatMap(networksOf));
  // an item that a pipeline added was never written
  const isFilled = (file: SourceFile, span: Span, text: string): boolean =>
    files.has(file) ? placeholders.has(keyOf(file, span)) : networks.has(text);
  const found = parts.flatMap(itemsOf).flatMap((item) => networksIn(item, isFilled));
  const byPlace = new Map<string, FilledNetwork>();
  for (const network of found) {
    const key = keyOf(network.file, network.span);
    if (!byPlace.has(key)) byPlace.set(key, network);
  }
  return [...byPlace.values()];
}

const keyOf = ({ path }: SourceFile, { start }: Span): string => `${path}\0${start}`;

const hasPlaceholder = ({ tests }: SettledItem['values'][number]): boolean =>
  tests.some((test) => test.kind === 'string' && test.pattern.some(isPlaceholder));

function networksOf(filling: Filling): readonly string[] {
  return filling.kind === 'values'
    ? filling.values.map((pattern) => literalText(pattern) ?? '').filter(isNetwork)
    : [];
}

function networksIn(
  { field, values, file }: SettledItem,
  isFilled: (file: SourceFile, span: Span, text: string) => boolean,
): readonly FilledNetwork[] {
  if (field === undefined) return [];
  return values.flatMap(({ tests, span }) => {
    const texts = tests.map((test) =>
      test.kind === 'string' && !test.cased ? (literalText(test.pattern) ?? '') : '',
    );
    const network = texts.find((text) => isNetwork(text) && isFilled(file, span, text));
    return network === undefined ? [] : [{ network, field, file, span }];
  });
}
