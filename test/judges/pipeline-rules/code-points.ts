/** A set of code points: ranges in order, apart from each other, both ends within. */
export type CodePoints = readonly (readonly [number, number])[];

const last = 0x10ffff;

export function union(...sets: readonly CodePoints[]): CodePoints {
  const sorted = sets.flat().sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [from, to] of sorted) {
    const before = merged.at(-1);
    if (before && from <= before[1] + 1) before[1] = Math.max(before[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

export function complement(set: CodePoints): CodePoints {
  const result: [number, number][] = [];
  let from = 0;
  for (const [start, end] of set) {
    if (start > from) result.push([from, start - 1]);
    from = end + 1;
  }
  if (from <= last) result.push([from, last]);
  return result;
}

export const intersection = (a: CodePoints, b: CodePoints): CodePoints =>
  complement(union(complement(a), complement(b)));

const has = (set: CodePoints, point: number): boolean =>
  set.some(([from, to]) => from <= point && point <= to);

/** The set as a class of a JavaScript expression with the flag u. */
export const classOf = (set: CodePoints): string =>
  `[${set.map(([from, to]) => (from === to ? hex(from) : `${hex(from)}-${hex(to)}`)).join('')}]`;

const hex = (point: number): string => `\\u{${point.toString(16)}}`;

/** Java's `Character.toUpperCase`: one code point for one. */
function upper(point: number): number {
  const text = String.fromCodePoint(point).toUpperCase();
  const made = text.codePointAt(0) ?? point;
  return String.fromCodePoint(made) === text ? made : point;
}

/** Java's `Character.toLowerCase`. */
function lower(point: number): number {
  if (point === 0x130) return 0x69;
  const text = String.fromCodePoint(point).toLowerCase();
  const made = text.codePointAt(0) ?? point;
  return String.fromCodePoint(made) === text ? made : point;
}

const folded = (point: number): number => lower(upper(point));

let classes: ReadonlyMap<number, readonly number[]> | undefined;

/** The code points of one letter in any case, by their folded form; only those with several. */
function caseClasses(): ReadonlyMap<number, readonly number[]> {
  if (classes) return classes;
  const made = new Map<number, number[]>();
  for (let point = 0; point < 0x1e944; point++) {
    const fold = folded(point);
    if (fold === point) continue;
    const known = made.get(fold) ?? [fold];
    known.push(point);
    made.set(fold, known);
  }
  classes = made;
  return made;
}

/** What CASE_INSENSITIVE makes of a set: the letters of ASCII in both cases. */
function withAsciiCases(set: CodePoints): CodePoints {
  const more: [number, number][] = [];
  for (let point = 0x61; point <= 0x7a; point++) {
    if (has(set, point)) more.push([point - 32, point - 32]);
    if (has(set, point - 32)) more.push([point, point]);
  }
  return union(set, more);
}

/**
 * What UNICODE_CASE with CASE_INSENSITIVE makes of a set: every code point whose upper case, or the
 * lower case of that, is in it.
 */
function withUnicodeCases(set: CodePoints): CodePoints {
  const more: [number, number][] = [];
  for (const [, points] of caseClasses())
    for (const point of points)
      if (has(set, upper(point)) || has(set, folded(point))) more.push([point, point]);
  return union(set, more);
}

/** The code points that a letter stands for. */
export function letter(point: number, { i, u }: { readonly i: boolean; readonly u: boolean }) {
  const alone: CodePoints = [[point, point]];
  if (!i) return alone;
  if (!u) return withAsciiCases(alone);
  return union(
    alone,
    (caseClasses().get(folded(point)) ?? []).map((one) => [one, one] as const),
  );
}

/** The code points that a range of a class stands for. */
export function range(
  from: number,
  to: number,
  { i, u }: { readonly i: boolean; readonly u: boolean },
): CodePoints {
  if (from === to) return letter(from, { i, u });
  const alone: CodePoints = [[from, to]];
  if (!i) return alone;
  return u ? withUnicodeCases(alone) : withAsciiCases(alone);
}

const ascii = {
  d: [[0x30, 0x39]],
  w: [
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x5f, 0x5f],
    [0x61, 0x7a],
  ],
  s: [
    [0x09, 0x0d],
    [0x20, 0x20],
  ],
  h: [
    [0x09, 0x09],
    [0x20, 0x20],
    [0xa0, 0xa0],
    [0x1680, 0x1680],
    [0x180e, 0x180e],
    [0x2000, 0x200a],
    [0x202f, 0x202f],
    [0x205f, 0x205f],
    [0x3000, 0x3000],
  ],
  v: [
    [0x0a, 0x0d],
    [0x85, 0x85],
    [0x2028, 0x2029],
  ],
} as const satisfies Readonly<Record<string, CodePoints>>;

/** `\d` and the like; without UNICODE_CHARACTER_CLASS they are those of ASCII. */
export function predefined(name: string): CodePoints | undefined {
  const set = Object.entries(ascii).find(([key]) => key === name.toLowerCase())?.[1];
  if (!set) return undefined;
  return name === name.toLowerCase() ? set : complement(set);
}

const properties: Readonly<Record<string, CodePoints>> = {
  Lower: [[0x61, 0x7a]],
  Upper: [[0x41, 0x5a]],
  ASCII: [[0, 0x7f]],
  Alpha: union([[0x41, 0x5a]], [[0x61, 0x7a]]),
  Digit: ascii.d,
  Alnum: union(ascii.d, [[0x41, 0x5a]], [[0x61, 0x7a]]),
  Punct: union([[0x21, 0x2f]], [[0x3a, 0x40]], [[0x5b, 0x60]], [[0x7b, 0x7e]]),
  Graph: [[0x21, 0x7e]],
  Print: [[0x20, 0x7e]],
  Blank: union([[0x09, 0x09]], [[0x20, 0x20]]),
  Cntrl: union([[0, 0x1f]], [[0x7f, 0x7f]]),
  XDigit: union(ascii.d, [[0x41, 0x46]], [[0x61, 0x66]]),
  Space: ascii.s,
};

/** `\p{Alpha}` and the like; others are not known here. */
export const property = (name: string): CodePoints | undefined => properties[name];
