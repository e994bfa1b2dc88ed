import { flag, needed, optional, text, textOrNull } from './arguments.ts';
import { EvaluationError } from './error.ts';
import type { Arg, RuleFunction } from './function.ts';
import { checkJavaPattern, findJava, replaceJava, splitJava } from './regex.ts';
import { javaText, javaTrim, type Value } from './value.ts';

/** Whether two texts are compared in any case: Java compares unit by unit, first in upper case. */
const folded = (value: string): string =>
  value.replace(/./gs, (unit) => {
    const upper = unit.toUpperCase();
    const one = upper.length === 1 ? upper : unit;
    const lower = one.toLowerCase();
    return lower.length === 1 ? lower : one;
  });

const test = (second: string, holds: (value: string, other: string) => boolean): RuleFunction => ({
  parameters: [
    needed('value', 'String'),
    needed(second, 'String'),
    optional('ignore_case', 'Boolean'),
  ],
  returns: 'Boolean',
  run(arg) {
    const [value, other] = [textOrNull(arg('value')), textOrNull(arg(second))];
    if (value === null || other === null)
      return value === null && other === null && second !== 'search';
    return flag(arg, 'ignore_case') ? holds(folded(value), folded(other)) : holds(value, other);
  },
});

const cased = (change: (value: string) => string): RuleFunction => ({
  parameters: [needed('value', 'String'), optional('locale', 'String')],
  returns: 'String',
  run(arg) {
    const value = textOrNull(arg('value'));
    return value === null ? null : change(value);
  },
});

export const textFunctions = {
  contains: test('search', (value, other) => value.includes(other)),
  starts_with: test('prefix', (value, other) => value.startsWith(other)),
  ends_with: test('suffix', (value, other) => value.endsWith(other)),
  lowercase: cased((value) => value.toLowerCase()),
  uppercase: cased((value) => value.toUpperCase()),
  regex: {
    parameters: [
      needed('pattern', 'String', checkJavaPattern),
      needed('value', 'String'),
      optional('group_names', 'List'),
    ],
    returns: 'Regex',
    run(arg) {
      const names = arg('group_names');
      return findJava(
        text(arg, 'pattern'),
        text(arg, 'value'),
        Array.isArray(names) ? names.map(javaText) : [],
      );
    },
  },
  regex_replace: {
    parameters: [
      needed('pattern', 'String', checkJavaPattern),
      needed('value', 'String'),
      needed('replacement', 'String'),
      optional('replace_all', 'Boolean'),
    ],
    returns: 'String',
    run: (arg) =>
      replaceJava(
        text(arg, 'pattern'),
        text(arg, 'value'),
        text(arg, 'replacement'),
        flag(arg, 'replace_all', true),
      ),
  },
  replace: {
    parameters: [
      needed('value', 'String'),
      needed('search', 'String'),
      optional('replacement', 'String'),
      optional('max', 'Long'),
    ],
    returns: 'String',
    run: replaced,
  },
  concat: {
    parameters: [needed('first', 'String'), needed('second', 'String')],
    returns: 'String',
    run: (arg) => `${textOrNull(arg('first')) ?? ''}${textOrNull(arg('second')) ?? ''}`,
  },
  split: {
    parameters: [
      needed('pattern', 'String', checkJavaPattern),
      needed('value', 'String'),
      optional('limit', 'Long'),
    ],
    returns: 'List',
    run(arg) {
      if (arg('limit') !== null) throw new Error('a limit of split is not read here');
      return splitJava(text(arg, 'pattern'), text(arg, 'value'));
    },
  },
  length: {
    parameters: [needed('value', 'String'), optional('bytes', 'Boolean')],
    returns: 'Long',
    run: (arg) =>
      BigInt(
        flag(arg, 'bytes') ? Buffer.byteLength(text(arg, 'value')) : text(arg, 'value').length,
      ),
  },
  base16_encode: {
    parameters: [needed('value', 'String'), optional('omit_padding', 'Boolean')],
    returns: 'String',
    run: (arg) => Buffer.from(text(arg, 'value'), 'utf8').toString('hex').toUpperCase(),
  },
  key_value: {
    parameters: [
      needed('value', 'String'),
      optional('delimiters', 'String'),
      optional('kv_delimiters', 'String'),
      optional('ignore_empty_values', 'Boolean'),
      optional('allow_dup_keys', 'Boolean'),
      optional('handle_dup_keys', 'String'),
      optional('trim_key_chars', 'String'),
      optional('trim_value_chars', 'String'),
    ],
    returns: 'Map',
    run: keyValue,
  },
} as const satisfies Readonly<Record<string, RuleFunction>>;

function replaced(arg: Arg): Value {
  const value = textOrNull(arg('value'));
  const search = textOrNull(arg('search'));
  if (value === null || search === null || search === '') return value;
  const replacement = textOrNull(arg('replacement')) ?? '';
  const max = arg('max');
  if (typeof max !== 'bigint' || max < 0n) return value.replaceAll(search, () => replacement);
  const parts = value.split(search);
  const most = Math.min(Number(max), parts.length - 1);
  return (
    parts.slice(0, most + 1).join(replacement) +
    parts
      .slice(most + 1)
      .map((part) => search + part)
      .join('')
  );
}

/** Guava's white space. */
const space = /[\t-\r \u0085\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]/;

/**
 * Pairs of a text. Delimiters within quotes count as text; a quote is one wherever it stands.
 */
function keyValue(arg: Arg): Value {
  const value = text(arg, 'value');
  const delimiters = textOrNull(arg('delimiters'));
  const between = textOrNull(arg('kv_delimiters')) ?? '=';
  for (const name of ['trim_key_chars', 'trim_value_chars'])
    if (arg(name) !== null) throw new Error(`${name} is not read here`);
  const duplicates = textOrNull(arg('handle_dup_keys'))?.toLowerCase() ?? 'take_first';
  if (duplicates !== 'take_first' && duplicates !== 'take_last')
    throw new Error('joined values of one key are not read here');
  const splits = (one: string): boolean =>
    delimiters === null ? space.test(one) : delimiters.includes(one);
  const made = new Map<string, string>();
  for (const entry of outerParts(value, splits)) {
    const [key, ...rest] = innerParts(entry, between);
    if (key === undefined) continue;
    const [second] = rest;
    if (second === undefined) {
      if (!flag(arg, 'ignore_empty_values', true)) throw new EvaluationError('a key without value');
      continue;
    }
    if (made.has(key) && !flag(arg, 'allow_dup_keys', true))
      throw new EvaluationError('a key twice');
    if (!made.has(key) || duplicates === 'take_last') made.set(key, second);
  }
  return made;
}

function outerParts(value: string, splits: (one: string) => boolean): readonly string[] {
  const parts: string[] = [];
  const within = { '"': false, "'": false };
  let part = '';
  for (const one of value) {
    if (one === '"') within['"'] = !within['"'];
    // the second matcher is only asked where the first one holds
    if (one === "'" && !within['"']) within["'"] = !within["'"];
    if (!within['"'] && !within["'"] && splits(one)) {
      parts.push(part);
      part = '';
    } else part += one;
  }
  return [...parts, part].map(trimmed).filter((one) => one !== '');
}

/** At most two parts, without empty ones. */
function innerParts(entry: string, between: string): readonly string[] {
  const parts: string[] = [];
  let part = '';
  for (const [at, one] of [...entry].entries()) {
    if (!between.includes(one)) {
      part += one;
      continue;
    }
    if (trimmed(part) !== '') parts.push(trimmed(part));
    part = '';
    if (parts.length === 1)
      return [...parts, trimmed([...entry].slice(at + 1).join(''))].filter((text) => text !== '');
  }
  return [...parts, trimmed(part)].filter((text) => text !== '');
}

const trimmed = (part: string): string => javaTrim(part.replace(/^\s+|\s+$/g, ''));
