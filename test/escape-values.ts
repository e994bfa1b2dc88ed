import fc from 'fast-check';
import type { CompiledDetection } from '../src/query/compile.ts';
import { ANY, ONE, parsePattern } from '../src/sigma/value/pattern.ts';
import { anyCharacter } from './any-character.ts';
import { detectionOf } from './compile.ts';
import { runs } from './thoroughness.ts';
import { yamlText } from './yaml-text.ts';

/** Characters with a meaning to some reader along the way, and some of every other kind. */
const signs = [
  ...'"\\\\\\*?\'`|[](){}$%&/<>~^#@!;,:.=+-_ \t\n\r\0\u001b\u007f\u0085\u0090\u00a0\u2028\u2029\u202e\u3000\ufeff',
];
const letters = [...'aAbBzZ019éÉЖжß漢', '😀'];
const words = [
  'AND',
  'OR',
  'NOT',
  'TO',
  'IN',
  'x',
  '[search ',
  ' | delete',
  '`m`',
  '$t$',
  '*:*',
  '_exists_:x',
  ']]>',
  '\\Q',
  'rm -rf',
  '10.0.0.1',
  '"}],',
];

const piece = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...signs) },
  { weight: 4, arbitrary: fc.constantFrom(...letters) },
  fc.constantFrom(...words),
);

/**
 * Any text of a rule: mostly what breaks things. The letters left out have a second small or
 * capital form, on which engines differ.
 */
export const anyText: fc.Arbitrary<string> = fc
  .oneof(
    {
      weight: 5,
      arbitrary: fc.array(piece, { minLength: 1, maxLength: 8 }).map((parts) => parts.join('')),
    },
    fc.string({ unit: anyCharacter, minLength: 1, maxLength: 10 }),
  )
  .filter((text) => !/[\u017f\u03a3\u0130\u212a]/.test(text));

/** The same texts in every run; another seed looks at others. */
export const checks = {
  seed: Number(process.env.SIGPACK_SEED ?? 1),
  numRuns: Number(process.env.SIGPACK_RUNS ?? runs(250)),
};

/** No file that is UTF-8 holds half a surrogate pair. */
export const wellFormed = (text: string): string => text.replace(/\p{Cs}/gu, '\ufffd');

/** An event without the fields that JavaScript gives every object. */
export const bare = (fields: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.assign(Object.create(null), fields);

export const keywordRule = (text: string): CompiledDetection =>
  detectionOf(`sel: [${yamlText(text)}]\ncondition: sel`);

export function fieldRule(field: string, modifiers: string, text: string): CompiledDetection {
  return detectionOf(
    `sel: {${yamlText(field + modifiers)}: ${text === 'true' || text === '5' ? text : yamlText(text)}}\ncondition: sel`,
  );
}

/**
 * In the other case, where a letter has just one; JavaScript's expressions know the case of the
 * first 65,536 characters only.
 */
function flipped(text: string): string {
  return Array.from(text, (char) => {
    const other = char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase();
    const pair =
      char.length === 1 &&
      other.length === 1 &&
      other.toLowerCase() === char.toLowerCase() &&
      other.toUpperCase() === char.toUpperCase();
    return pair ? other : char;
  }).join('');
}

/** Values that the rule's text finds, finds in the other case, and just misses. None is empty. */
export function valuesFor(text: string): readonly string[] {
  const filled = (any: string): string =>
    parsePattern(text)
      .map((part) =>
        part === ANY ? any : part === ONE ? 'q' : typeof part === 'string' ? part : '',
      )
      .join('');
  const hits = [...new Set([text, filled(''), filled('zz"\\ y')])];
  const near = hits.flatMap((hit) => [
    flipped(hit),
    `x${hit}`,
    `${hit}x`,
    `x ${hit} y`,
    hit.slice(1),
    hit.slice(0, -1),
    `${hit}\n`,
    ` ${hit}`,
    `${hit}\\`,
    hit.replaceAll('\\', '\\\\'),
    hit.replaceAll('\\', ''),
    hit.replaceAll('"', "'"),
    hit.replaceAll('*', 'xx'),
    hit.replaceAll('?', 'x'),
    `${hit.slice(0, 1)}-${hit.slice(1)}`,
  ]);
  return [...new Set([...hits, ...near, 'something', '*', '\\', '"'])]
    .map(wellFormed)
    .filter((value) => value !== '');
}
