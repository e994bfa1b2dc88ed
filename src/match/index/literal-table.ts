import {
  type AnchoredText,
  type Anchors,
  createAnchors,
  lookAtAnchors,
} from './literal-anchors.ts';
import type { Atom } from './literal-clause.ts';
import { createGrams, type Grams, type GramText, scanGrams } from './literal-grams.ts';
import { bytesOf } from './text-bytes.ts';

/** Numbers of the rules that ask for something. */
export type RuleNumbers = readonly number[];

/** What rules ask of the values of one field. */
export interface LiteralTable {
  /**
   * Asks of a value in lower case; the rules whose literals it has are given to `found`, some of
   * them again and again; it must not look into a table itself.
   */
  readonly look: (text: string, found: (rules: RuleNumbers) => void) => void;
  /** Rules for which any value will do. */
  readonly present: RuleNumbers;
}

/** Each atom with the rules that ask for it; no atom comes twice. */
export function createLiteralTable(
  asked: readonly (readonly [atom: Atom, rules: RuleNumbers])[],
): LiteralTable {
  const whole = new Map<string, RuleNumbers>();
  const starts: AnchoredText[] = [];
  const ends: AnchoredText[] = [];
  const inside: GramText[] = [];
  const present: number[] = [];
  for (const [{ place, text }, rules] of asked) {
    if (place === 'present') present.push(...rules);
    else if (place === 'whole') whole.set(text, rules);
    else if (place === 'start') starts.push({ text, rules });
    else if (place === 'end') ends.push({ text, rules });
    else inside.push({ text, rules });
  }
  const lengths = new Set(Array.from(whole.keys(), ({ length }) => length));
  const anchors: Anchors[] = [];
  if (starts.length > 0) anchors.push(createAnchors(starts, true));
  if (ends.length > 0) anchors.push(createAnchors(ends, false));
  const scan = insideScan(inside);
  return {
    present,
    look(text, found) {
      // a long text is not hashed in vain
      const same = lengths.has(text.length) ? whole.get(text) : undefined;
      if (same) found(same);
      for (const one of anchors) lookAtAnchors(one, text, found);
      scan?.(text, found);
    },
  };
}

/** Beyond Latin-1. */
const wide = /[^\0-\xff]/;

/** Looks for literals anywhere in a text. */
function insideScan(texts: readonly GramText[]): LiteralTable['look'] | undefined {
  if (texts.length === 0) return undefined;
  const narrow = gramsOf(texts.filter(({ text }) => !wide.test(text)));
  // few texts have such characters at all
  const others = gramsOf(texts.filter(({ text }) => wide.test(text)));
  const shortest = texts.reduce(
    (least, { text }) => Math.min(least, text.length),
    Number.POSITIVE_INFINITY,
  );
  return (text, found) => {
    if (text.length < shortest) return;
    const bytes = bytesOf(text);
    for (const grams of narrow) scanGrams(grams, text, bytes, found);
    if (others.length > 0 && wide.test(text))
      for (const grams of others) scanGrams(grams, text, bytes, found);
  };
}

/** Short literals have tables of their own. */
function gramsOf(texts: readonly GramText[]): readonly Grams[] {
  const sizes = new Map<Grams['size'], GramText[]>();
  for (const one of texts) {
    const size = one.text.length >= 4 ? 4 : one.text.length >= 2 ? 2 : 1;
    const list = sizes.get(size) ?? [];
    sizes.set(size, list);
    list.push(one);
  }
  return Array.from(sizes, ([size, list]) => createGrams(size, list));
}
