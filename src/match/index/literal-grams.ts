/** A literal and the rules that ask for it. */
export interface GramText {
  readonly text: string;
  readonly rules: readonly number[];
}

interface Placed extends GramText {
  /** Where its gram begins in the literal. */
  readonly start: number;
}

/**
 * Literals by one run of so many characters of each: a text is gone through once, however many
 * literals there are.
 */
export interface Grams {
  readonly size: 1 | 2 | 4;
  /** 1 for each gram of the table, by hash: most places of a text are told apart by that alone. */
  readonly filter: Uint8Array;
  readonly shift: number;
  readonly byGram: ReadonlyMap<number, readonly Placed[]>;
}

const masks = { 1: 0xff, 2: 0xffff, 4: -1 } as const;

const hash = (gram: number, shift: number): number => Math.imul(gram, 0x9e3779b1) >>> shift;

export function createGrams(size: Grams['size'], texts: readonly GramText[]): Grams {
  // one place in sixteen is taken at most
  const bits = Math.max(8, Math.ceil(Math.log2(texts.length * 16)));
  const shift = 32 - bits;
  const counts = new Uint32Array(2 ** bits);
  const placed = texts.map((one) => ({ one, grams: gramsIn(one.text, size) }));
  for (const { grams } of placed)
    for (const gram of grams) counts[hash(gram, shift)] = (counts[hash(gram, shift)] ?? 0) + 1;
  const filter = new Uint8Array(2 ** bits);
  const byGram = new Map<number, Placed[]>();
  for (const { one, grams } of placed) {
    const start = rarest(grams, counts, shift);
    const gram = grams[start] ?? 0;
    filter[hash(gram, shift)] = 1;
    const same = byGram.get(gram) ?? [];
    byGram.set(gram, same);
    same.push({ ...one, start });
  }
  return { size, filter, shift, byGram };
}

/**
 * Each character takes a byte of the gram: those outside of Latin-1 share theirs, and the literal
 * itself decides.
 */
function gramsIn(text: string, size: Grams['size']): Int32Array {
  const grams = new Int32Array(Math.max(0, text.length - size + 1));
  let gram = 0;
  for (let at = 0; at < text.length; at++) {
    gram = (gram >>> 8) | (text.charCodeAt(at) << 24) | 0;
    if (at >= size - 1) grams[at - size + 1] = gram >>> (32 - 8 * size);
  }
  return grams;
}

/** Index of the gram that the fewest literals have. */
function rarest(grams: Int32Array, counts: Uint32Array, shift: number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at < grams.length; at++) {
    const count = counts[hash(grams[at] ?? 0, shift)] ?? 0;
    if (count >= least) continue;
    best = at;
    least = count;
  }
  return best;
}

/** Gives `found` the rules of each literal that stands in the text; `bytes` is of the same text. */
export function scanGrams(
  { size, filter, shift, byGram }: Grams,
  text: string,
  bytes: DataView,
  found: (rules: readonly number[]) => void,
): void {
  const mask = masks[size];
  const last = text.length - size;
  for (let at = 0; at <= last; at++) {
    const gram = bytes.getInt32(at, true) & mask;
    if (filter[Math.imul(gram, 0x9e3779b1) >>> shift] === 0) continue;
    const list = byGram.get(gram);
    if (list === undefined) continue;
    for (const one of list)
      if (at >= one.start && text.startsWith(one.text, at - one.start)) found(one.rules);
  }
}
