import { toLuceneRegex } from '../src/backend/lucene/regex/regex.ts';
import type { CompiledRule } from '../src/query/compile.ts';
import { itemsOf } from '../src/query/tree.ts';
import { parseRegex, type RegexParsed } from '../src/regex/regex.ts';
import type { RegexFlags, RegexNode } from '../src/regex/tree.ts';
import { lucenePattern } from './lucene-pattern.ts';

export function flagsOf(letters: string): RegexFlags {
  return {
    ignoreCase: letters.includes('i'),
    multiline: letters.includes('m'),
    dotAll: letters.includes('s'),
  };
}

export function parsed(source: string, flags: RegexFlags): RegexParsed {
  const parse = parseRegex(source, flags);
  if (!parse.ok) throw new Error(`${source}: ${parse.error.message}`);
  return parse.value;
}

/** Numbers from 0 up to the given one, the same in each run. */
export function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export type Dice = ReturnType<typeof dice>;

export const pick = <T>(from: readonly T[], roll: Dice): T => from[roll(from.length)] as T;

/** A text that the pattern could match, anchors aside. */
function sample(node: RegexNode, roll: Dice): string {
  switch (node.kind) {
    case 'char':
      return swapped(String.fromCodePoint(node.codePoint), node.ignoreCase && roll(2) === 0);
    case 'any':
      return pick(['a', '\\', '/', '"', ' ', 'Z', '0', '–', '.'], roll);
    case 'class': {
      if (node.negated)
        return pick(['a', 'Z', '5', ' ', '.', '_', '\\', '/', '-', '"', '\n'], roll);
      const [low, high] = pick(node.ranges, roll);
      return String.fromCodePoint(Math.min(high, low + roll(Math.min(high - low + 1, 60))));
    }
    case 'sequence':
      return node.nodes.map((child) => sample(child, roll)).join('');
    case 'alternation':
      return sample(pick(node.branches, roll), roll);
    case 'group':
      return sample(node.node, roll);
    case 'repeat':
      return Array.from({ length: node.min + roll(Math.min(node.max - node.min, 3) + 1) }, () =>
        sample(node.node, roll),
      ).join('');
    default:
      return '';
  }
}

const swapped = (char: string, really: boolean): string =>
  really ? (char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase()) : char;

/** Texts near the border between match and no match. */
function texts(node: RegexNode, count: number, roll: Dice): readonly string[] {
  const noise = ['a', 'x', '_', ' ', '\n', '0', '\\', '/', '.', '-', '"'];
  return Array.from({ length: count }, () => {
    let text = sample(node, roll);
    for (let change = roll(4); change > 0; change--) {
      const at = roll(text.length + 1);
      const kept = text.slice(at + roll(2));
      text =
        text.slice(0, at) +
        (roll(3) === 0 ? swapped(text[at] ?? '', true) : roll(2) === 0 ? pick(noise, roll) : '') +
        kept;
    }
    if (roll(3) === 0) text = pick(noise, roll) + text;
    // what JavaScript's `.` and `\s` read otherwise than PCRE
    return text.replace(/[\r\u0085\u00a0\u2028\u2029\ufeff]|\p{Surrogate}/gu, 'q');
  });
}

/** Compares with JavaScript's engine; a list of what differs. */
export function differences(
  source: string,
  flags: RegexFlags,
  count: number,
  roll: Dice,
): readonly string[] {
  const parse = parsed(source, flags);
  const regex = toLuceneRegex(parse);
  if (!regex.ok) return [`refused: ${regex.error.reason}`];
  const letters =
    (parse.flags.ignoreCase ? 'i' : '') +
    (parse.flags.multiline ? 'm' : '') +
    (parse.flags.dotAll ? 's' : '');
  const expected = new RegExp(source.replace(/^\(\?[ims]+\)/, ''), letters);
  const actual = lucenePattern(regex.value.text);
  const given = texts(parse.node, count, roll).filter(
    (text) => text.length < 250 && !(parse.flags.multiline && text.endsWith('\n')),
  );
  return given
    .filter((text) => expected.test(text) !== actual(text))
    .map((text) => `${source} -> ${regex.value.text}: ${JSON.stringify(text)}`);
}

/** The regular expressions of rules, each once. */
export function patternsOf(rules: readonly CompiledRule[]): ReadonlyMap<string, RegexFlags> {
  const patterns = new Map<string, RegexFlags>();
  for (const rule of rules) {
    if (rule.kind !== 'detection') continue;
    for (const { test } of itemsOf(rule.query))
      if (test.kind === 'regex') patterns.set(test.source, test);
  }
  return patterns;
}
