import type { Item, Query, RegexTest } from '../../query/tree.ts';
import { requiredPattern } from '../../regex/literal.ts';
import { parseRegex } from '../../regex/regex.ts';
import { childrenOf, type RegexNode } from '../../regex/tree.ts';
import { ANY, isPlaceholder, ONE, type Pattern } from '../../sigma/value/pattern.ts';
import { refused } from '../backend.ts';
import { addressRegex } from '../lucene/address.ts';

/**
 * A test that only `process regex` expresses exactly: the least that the search finds, and the
 * expression for the rest.
 */
export interface RegexStage {
  readonly field: string | undefined;
  /** Finds all that the test does, and maybe more. */
  readonly over: Query;
  /** Python's dialect, without quotes, control characters and doubled backslashes. */
  readonly source: string;
  /** Letters of `(?ims)`. */
  readonly flags: string;
  readonly item: Item;
}

/** Refuses the tests that LogPoint can't express exactly. */
export function regexStage(item: Item): RegexStage {
  const { field, test } = item;
  if (test.kind === 'string') {
    const over: Item = { ...item, test: { ...test, cased: false } };
    return {
      field,
      item,
      over,
      source: patternSource(test.pattern, field !== undefined),
      flags: test.cased ? 's' : 'is',
    };
  }
  if (test.kind === 'regex') return { field, item, ...sourceOf(item, test) };
  if (field === undefined)
    throw refused(
      item,
      `LogPoint can search the whole message for texts only, not for a ${test.kind}`,
      'Name the field.',
    );
  if (test.kind === 'cidr') {
    const source = addressRegex(test);
    if (source === undefined)
      throw refused(
        item,
        `the addresses of ${test.text} can be written in too many ways`,
        'Name a longer prefix without zero groups, or single addresses.',
      );
    return {
      field,
      item,
      over: { ...item, test: { kind: 'exists' } },
      source: `\\A(?:${source})\\Z`,
      flags: '',
    };
  }
  if (test.kind === 'field')
    throw refused(
      item,
      "LogPoint's search can't compare a field with another one (fieldref)",
      'Leave the rule out for this target, or compare the fields when normalising.',
    );
  throw refused(
    item,
    `LogPoint has no test for the ${test.kind === 'time' ? test.part : ''} of a date in a field`,
    'Leave the rule out for this target, or store that part in a field of its own.',
  );
}

const hex = (char: string): string => {
  const code = char.charCodeAt(0);
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
};
const unprintable = /["\\\p{Cc}\u2028\u2029]/u;

/** The pattern over the whole value, or anywhere in a text. */
function patternSource(pattern: Pattern, whole: boolean): string {
  const text = pattern.map((part) => {
    if (part === ANY) return '.*';
    if (part === ONE) return '.';
    if (isPlaceholder(part)) throw new Error(`placeholder ${part.placeholder} was not filled`);
    return part.replace(/["\\\p{Cc}\u2028\u2029]|[.^$*+?()[\]{}|]/gu, (char) =>
      unprintable.test(char) ? hex(char) : `\\${char}`,
    );
  });
  return whole ? `\\A${text.join('')}\\Z` : text.join('');
}

/** Escapes and groups that Python reads otherwise or not at all. */
const foreignEscape = /^\\[aceghkopvzCEGHKNPQRVX]|^\\[1-9]|^\\x\{/;
const foreignGroup = /\(\?(?![:=!]|<[=!])|\[\[?[:.=]|\(\*[A-Z]/;

function sourceOf(
  item: Item,
  test: RegexTest,
): { readonly over: Query; readonly source: string; readonly flags: string } {
  const parsed = parseRegex(test.source, test);
  if (!parsed.ok)
    throw refused(item, `invalid regular expression: ${parsed.error.message}`, 'Fix the pattern.');
  const { node } = parsed.value;
  const source = test.source.replace(/^\(\?[ims]+\)/, '');
  const tokens = source.match(/\\[\s\S]\{?|[^\\]/g) ?? [];
  const bare = tokens.map((token) => (token.startsWith('\\') ? '' : token)).join('');
  if (
    tokens.some((token) => foreignEscape.test(token)) ||
    foreignGroup.test(bare) ||
    !isPython(node)
  ) {
    throw refused(
      item,
      'the regular expression has what Python, which LogPoint matches with, lacks or reads ' +
        'otherwise',
      'Rewrite the pattern without it.',
    );
  }
  const over: Item =
    item.field === undefined
      ? { ...item, test: { kind: 'string', pattern: [ANY], cased: false } }
      : { ...item, test: { kind: 'string', pattern: requiredPattern(node), cased: false } };
  const { ignoreCase, multiline, dotAll } = parsed.value.flags;
  const flags = `${ignoreCase ? 'i' : ''}${multiline ? 'm' : ''}${dotAll ? 's' : ''}`;
  return {
    over: item.field === undefined ? { kind: 'and', operands: [] } : over,
    source: tokens.map(respelled).join(''),
    flags,
  };
}

/**
 * Quotes and doubled backslashes as code points: no reading of the string's escapes changes them.
 */
function respelled(token: string): string {
  const char = token[0] === '\\' ? (token[1] ?? '') : token;
  return unprintable.test(char) ? hex(char) + token.slice(token[0] === '\\' ? 2 : 1) : token;
}

function isPython(node: RegexNode): boolean {
  switch (node.kind) {
    case 'atomic':
    case 'opaque':
    case 'backreference':
      return false;
    case 'repeat':
      return !node.possessive && isPython(node.node);
    case 'lookaround':
      return isPython(node.node) && !(node.behind && !isFixed(node.node));
    default:
      return childrenOf(node).every(isPython);
  }
}

/** Certainly of one length, as Python requires of a look-behind. */
function isFixed(node: RegexNode): boolean {
  if (node.kind === 'sequence') return node.nodes.every(isFixed);
  if (node.kind === 'group') return isFixed(node.node);
  return node.kind === 'char' || node.kind === 'any' || node.kind === 'class';
}
