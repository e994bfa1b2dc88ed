import fc from 'fast-check';

/** Surrogates, which are halves of a character. */
const halves = { first: 0xd800, count: 0x800 };

/**
 * The unit `binary` of fast-check: any character of Unicode. That one keeps a map of all million of
 * them, which takes seconds to make and makes each collection of garbage slow.
 */
export const anyCharacter: fc.Arbitrary<string> = fc.nat({ max: 0x10ffff - halves.count }).map(
  (index) => String.fromCodePoint(index < halves.first ? index : index + halves.count),
  (character) => {
    const point = typeof character === 'string' ? (character.codePointAt(0) ?? -1) : -1;
    if (point < 0 || String.fromCodePoint(point) !== character)
      throw new Error('it is not a character');
    return point < halves.first ? point : point - halves.count;
  },
);
