import type { Atom } from './literal-clause.ts';
import { addGram, createGrams, type Grams, type GramText, scanGrams } from './literal-grams.ts';

/** Numbers of the rules that ask for something. */
export type RuleNumbers = readonly number[];

/** What rules ask of the values of one field. */
export interface LiteralTable {
  /** Asks of a value in lower case; the rules whose literals it has are given to `found`, some of them again and again. */
  readonly look: (text: string, found: (rules: RuleNumbers) => void) => void;
  /** Rules for which any value will do. */
  readonly present: RuleNumbers;
}

/** Starts and ends are looked up by as many of their characters as one of these says. */
const keyLengths = [16, 8, 4, 2, 1] as const;

interface Anchored {
  readonly text: string;
  readonly rules: number[];
}

type Anchors = Map<number, Map<string, Anchored[]>>;

/** Each atom with the rules that ask for it. */
export function createLiteralTable(asked: readonly (readonly [atom: Atom, rules: RuleNumbers])[]): LiteralTable {
  const whole = new Map<string, RuleNumbers>();
  const starts: Anchors = new Map();
  const ends: Anchors = new Map();
  const inside: GramText[] = [];
  const present: number[] = [];
  for (const [{ place, text }, rules] of asked) {
    if (place === 'present') present.push(...rules);
    else if (place === 'whole') whole.set(text, rules);
    else if (place === 'start') anchor(starts, text, rules, (length) => text.slice(0, length));
    else if (place === 'end') anchor(ends, text, rules, (length) => text.slice(-length));
    else inside.push({ text, rules });
  }
  const grams = gramsOf(inside);
  return {
    present,
    look(text, found) {
      const same = whole.get(text);
      if (same) found(same);
      for (const [length, keys] of starts) for (const one of keys.get(text.slice(0, length)) ?? none) if (text.startsWith(one.text)) found(one.rules);
      for (const [length, keys] of ends) for (const one of keys.get(text.slice(-length)) ?? none) if (text.endsWith(one.text)) found(one.rules);
      for (const table of grams) scanGrams(table, text, found);
    },
  };
}

const none: readonly Anchored[] = [];

function anchor(anchors: Anchors, text: string, rules: RuleNumbers, keyOf: (length: number) => string): void {
  const length = keyLengths.find((candidate) => candidate <= text.length) ?? 1;
  const keys = anchors.get(length) ?? new Map<string, Anchored[]>();
  anchors.set(length, keys);
  const list = keys.get(keyOf(length)) ?? [];
  keys.set(keyOf(length), list);
  const known = list.find((one) => one.text === text);
  if (known) known.rules.push(...rules);
  else list.push({ text, rules: [...rules] });
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
  return [...sizes].map(([size, list]) => {
    const grams = createGrams(size, list);
    for (const one of list) addGram(grams, one);
    return grams;
  });
}
