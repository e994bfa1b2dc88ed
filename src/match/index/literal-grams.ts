/** A literal and the rules that need it. */
export interface GramText {
  readonly text: string;
  readonly rules: readonly number[];
}

interface Placed extends GramText {
  /** Offset of its gram in the literal. */
  readonly start: number;
}

/**
 * Literals by one run of `size` characters of each, so that a text is scanned once for all of them.
 */
export interface Grams {
  readonly size: 1 | 2 | 4;
  /** 1 for each gram of the table, by hash: this excludes most positions of a text. */
  readonly filter: Uint8Array;
  readonly shift: number;
  readonly byGram: ReadonlyMap<number, readonly Placed[]>;
}

const masks = { 1: 0xff, 2: 0xffff, 4: -1 } as const;

const hash = (gram: number, shift: number): number => Math.imul(gram, 0x9e3779b1) >>> shift;

export function createGrams(size: Grams['size'], texts: readonly GramText[]): Grams {
  // at most one entry in sixteen is used
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
 * Each character is one byte of the gram. Characters outside of Latin-1 share bytes, so the literal
 * itself is compared in the end.
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

/** Index of the gram that occurs in the fewest literals. */
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

/** Calls `found` with the rules of each literal in the text; `bytes` is the same text. */
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
