import {
  type AnchoredText,
  type Anchors,
  createAnchors,
  lookAtAnchors,
} from './literal-anchors.ts';
import type { Atom } from './literal-clause.ts';
import { createGrams, type Grams, type GramText, scanGrams } from './literal-grams.ts';
import { bytesOf } from './text-bytes.ts';

/** Numbers of the rules that need something. */
export type RuleNumbers = readonly number[];

/** The literals that rules need in the values of one field. */
export interface LiteralTable {
  /**
   * Calls `found` with the rules whose literals a value, in lower case, has; with some several
   * times. `found` must not look into a table itself.
   */
  readonly look: (text: string, found: (rules: RuleNumbers) => void) => void;
  /** Rules that only need a value, whatever it is. */
  readonly present: RuleNumbers;
}

/** Takes each atom with the rules that need it; no atom is there twice. */
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
      // does not hash a long text in vain
      const same = lengths.has(text.length) ? whole.get(text) : undefined;
      if (same) found(same);
      for (const one of anchors) lookAtAnchors(one, text, found);
      scan?.(text, found);
    },
  };
}

/** Characters beyond Latin-1. */
const wide = /[^\0-\xff]/;

/** Looks for literals anywhere in a text. */
function insideScan(texts: readonly GramText[]): LiteralTable['look'] | undefined {
  if (texts.length === 0) return undefined;
  const narrow = gramsOf(texts.filter(({ text }) => !wide.test(text)));
  // few texts have such characters
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

/** Short literals are in separate tables. */
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
