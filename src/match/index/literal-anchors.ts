/** A literal at one end of a value, and the rules that need it. */
export interface AnchoredText {
  readonly text: string;
  readonly rules: readonly number[];
}

/** Literals at the start, or at the end, of values. */
export interface Anchors {
  readonly atStart: boolean;
  /** 1 for each hash of the table: this excludes most values. */
  readonly filter: Uint8Array;
  readonly shift: number;
  readonly byHash: ReadonlyMap<number, readonly AnchoredText[]>;
}

/** Number of outermost characters of a literal that are hashed, or all if it has fewer. */
const keyLength = 16;

export function createAnchors(texts: readonly AnchoredText[], atStart: boolean): Anchors {
  // at most one entry in 32 is used
  const bits = Math.max(8, Math.ceil(Math.log2(texts.length * 32)));
  const shift = 32 - bits;
  const filter = new Uint8Array(2 ** bits);
  const byHash = new Map<number, AnchoredText[]>();
  for (const one of texts) {
    const hash = hashOf(one.text, atStart);
    filter[hash >>> shift] = 1;
    const list = byHash.get(hash) ?? [];
    byHash.set(hash, list);
    list.push(one);
  }
  return { atStart, filter, shift, byHash };
}

function hashOf(text: string, atStart: boolean): number {
  const length = Math.min(keyLength, text.length);
  let hash = 0;
  for (let at = 0; at < length; at++)
    hash = Math.imul(hash ^ text.charCodeAt(atStart ? at : text.length - 1 - at), 0x9e3779b1);
  return hash;
}

/** Calls `found` with the rules of each literal that the text starts, or ends, with. */
export function lookAtAnchors(
  anchors: Anchors,
  text: string,
  found: (rules: readonly number[]) => void,
): void {
  const { atStart, filter, shift, byHash } = anchors;
  const length = Math.min(keyLength, text.length);
  let hash = 0;
  for (let at = 0; at < length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(atStart ? at : text.length - 1 - at), 0x9e3779b1);
    if (filter[hash >>> shift] === 0) continue;
    const list = byHash.get(hash);
    if (list === undefined) continue;
    for (const one of list)
      if (atStart ? text.startsWith(one.text) : text.endsWith(one.text)) found(one.rules);
  }
}
