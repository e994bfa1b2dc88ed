/** A literal and the rules that ask for it. */
export interface GramText {
  readonly text: string;
  readonly rules: readonly number[];
}

interface Placed extends GramText {
  /** Index of the last character of its gram in the literal. */
  readonly end: number;
}

/** Literals by one run of so many characters of each: a text is gone through once, however many literals there are. */
export interface Grams {
  readonly size: 1 | 2 | 4;
  readonly mask: number;
  /** 1 for each gram of the table, by hash: most places of a text are told apart by that alone. */
  readonly filter: Uint8Array;
  readonly shift: number;
  /** How many literals have a gram. */
  readonly counts: ReadonlyMap<number, number>;
  readonly placed: Map<number, Placed[]>;
}

const masks = { 1: 0xff, 2: 0xffff, 4: -1 } as const;

export function createGrams(size: Grams['size'], texts: readonly GramText[]): Grams {
  const mask = masks[size];
  const counts = new Map<number, number>();
  for (const { text } of texts) for (const gram of new Set(gramsIn(text, size, mask))) counts.set(gram, (counts.get(gram) ?? 0) + 1);
  // one place in sixteen is taken at most
  const bits = Math.max(8, Math.ceil(Math.log2(texts.length * 16)));
  return { size, mask, filter: new Uint8Array(2 ** bits), shift: 32 - bits, counts, placed: new Map() };
}

/** Each character takes a byte of the gram: those outside of Latin-1 share theirs, and the literal itself decides. */
function gramsIn(text: string, size: number, mask: number): readonly number[] {
  const grams: number[] = [];
  let gram = 0;
  for (let at = 0; at < text.length; at++) {
    gram = (gram << 8) ^ text.charCodeAt(at);
    if (at >= size - 1) grams.push(gram & mask);
  }
  return grams;
}

const hash = (gram: number, shift: number): number => Math.imul(gram, 0x9e3779b1) >>> shift;

/** Puts a literal at that gram of it which the fewest literals have. */
export function addGram({ size, mask, filter, shift, counts, placed }: Grams, one: GramText): void {
  const grams = gramsIn(one.text, size, mask);
  const best = grams.reduce((rarest, gram, index) => ((counts.get(gram) ?? 0) < (counts.get(grams[rarest] ?? 0) ?? 0) ? index : rarest), 0);
  const gram = grams[best] ?? 0;
  filter[hash(gram, shift)] = 1;
  const list = placed.get(gram) ?? [];
  placed.set(gram, list);
  list.push({ ...one, end: best + size - 1 });
}

/** Gives `found` the rules of each literal that stands in the text. */
export function scanGrams({ mask, filter, shift, placed }: Grams, text: string, found: (rules: readonly number[]) => void): void {
  let gram = 0;
  for (let at = 0; at < text.length; at++) {
    gram = (gram << 8) ^ text.charCodeAt(at);
    if (filter[Math.imul(gram & mask, 0x9e3779b1) >>> shift] === 0) continue;
    const list = placed.get(gram & mask);
    if (list === undefined) continue;
    for (const one of list) if (at >= one.end && text.startsWith(one.text, at - one.end)) found(one.rules);
  }
}
