import {
  characterEscape,
  literal,
  propertyEscape,
  setEscape,
  translateClass,
  width,
} from './pcre-class.ts';
import { SplError } from './text.ts';

/**
 * PCRE2 text -> JavaScript RegExp (`u` flag, `i` where asked for). `.`, `^`, `$`, `\s`, `\h`, `\Z`
 * and the flags i, s, m are spelled out so that they mean what PCRE2 means. Refused, as errors:
 * what PCRE2 itself refuses (look-behind of no fixed length, unknown escapes) and what JavaScript
 * cannot say (atomic groups, possessive quantifiers, recursion, conditionals, \K, \G, the x flag).
 */
interface Flags {
  readonly ignoreCase: boolean;
  readonly dotAll: boolean;
  readonly multiline: boolean;
}

interface Group {
  readonly flags: Flags;
  readonly close: string;
  readonly lookBehind: boolean;
  /** Parentheses that a flag in mid-group opened: they end with each alternative. */
  inner: string;
}

interface Translation {
  readonly source: string;
  at: number;
  out: string;
  flags: Flags;
  group: Group;
  readonly groups: Group[];
}

const CACHE = new Map<string, RegExp>();

export function pcre(source: string): RegExp {
  const known = CACHE.get(source);
  if (known) return known;
  const leading = /^\(\?([imsn]*)\)/.exec(source);
  const flags = leading ? flagsFrom(leading[1] ?? '', NO_FLAGS) : NO_FLAGS;
  const text = translate(leading ? source.slice(leading[0].length) : source, flags);
  let compiled: RegExp;
  try {
    compiled = new RegExp(text, flags.ignoreCase ? 'iu' : 'u');
  } catch (error) {
    throw new SplError(
      `Regex: ${source}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  CACHE.set(source, compiled);
  return compiled;
}

const NO_FLAGS: Flags = { ignoreCase: false, dotAll: false, multiline: false };

function flagsFrom(letters: string, base: Flags): Flags {
  const [on = '', off = ''] = letters.split('-');
  if (/[^ims]/.test(on + off))
    throw new SplError(`Regex: flags (?${letters}) are not known to this reader`);
  const pick = (letter: string, was: boolean) =>
    on.includes(letter) ? true : off.includes(letter) ? false : was;
  return {
    ignoreCase: pick('i', base.ignoreCase),
    dotAll: pick('s', base.dotAll),
    multiline: pick('m', base.multiline),
  };
}

function translate(source: string, flags: Flags): string {
  const outer: Group = { flags, close: '', lookBehind: false, inner: '' };
  const t: Translation = { source, at: 0, out: '', flags, group: outer, groups: [] };
  while (t.at < source.length) step(t);
  if (t.groups.length > 0) throw new SplError(`Regex: missing ) in ${source}`);
  return t.out + t.group.inner;
}

/** Translates what stands at `t.at`; this and all that it calls return the new position. */
function step(t: Translation): number {
  const char = t.source.charAt(t.at);
  if (char === '\\') return escapeAt(t);
  if (char === '[') return put(t, translateClass(t.source, t.at));
  if (char === '(') return openGroup(t);
  if (char === ')') return closeGroup(t);
  if (char === '|') return put(t, { text: alternative(t), end: t.at + 1 });
  if (char === '.') return put(t, { text: t.flags.dotAll ? '[\\s\\S]' : '[^\\n]', end: t.at + 1 });
  if (char === '^')
    return put(t, { text: t.flags.multiline ? '(?:^|(?<=\\n))' : '^', end: t.at + 1 });
  if (char === '$')
    return put(t, { text: t.flags.multiline ? '(?=\\n|$)' : '(?=\\n?$)', end: t.at + 1 });
  const quantifier = /^(?:[*+?]|\{\d+(?:,\d*)?\})/.exec(t.source.slice(t.at, t.at + 16))?.[0];
  if (quantifier !== undefined) return quantify(t, quantifier);
  return put(t, { text: literal(t.source, t.at), end: t.at + width(t.source, t.at) });
}

function put(t: Translation, piece: { readonly text: string; readonly end: number }): number {
  t.out += piece.text;
  t.at = piece.end;
  return t.at;
}

function quantify(t: Translation, quantifier: string): number {
  if (t.group.lookBehind && !/^\{\d+\}$/.test(quantifier))
    throw new SplError(`Regex: lookbehind assertion is not fixed length: ${t.source}`);
  const next = t.source.charAt(t.at + quantifier.length);
  if (next === '+')
    throw new SplError(`Regex: possessive quantifiers are not known to this reader: ${t.source}`);
  return put(t, {
    text: next === '?' ? `${quantifier}?` : quantifier,
    end: t.at + quantifier.length + (next === '?' ? 1 : 0),
  });
}

function alternative(t: Translation): string {
  if (t.group.inner === '') return '|';
  return `${t.group.inner}|${t.flags.ignoreCase ? '(?i:' : '(?-i:'}`;
}

function openGroup(t: Translation): number {
  const rest = t.source.slice(t.at, t.at + 200);
  const comment = /^\(\?#[^)]*\)/.exec(rest)?.[0];
  if (comment !== undefined) return put(t, { text: '', end: t.at + comment.length });
  const flagged = /^\(\?([a-z-]+)([:)])/.exec(rest);
  if (flagged) return flagGroup(t, flagged[0], flagged[1] ?? '', flagged[2] === ':');
  const named = /^\(\?(?:P?<|')([A-Za-z_]\w*)[>']/.exec(rest);
  const backReference = /^\(\?P=(\w+)\)/.exec(rest);
  if (backReference)
    return put(t, { text: `\\k<${backReference[1]}>`, end: t.at + backReference[0].length });
  if (named) return push(t, `(?<${named[1]}>`, named[0].length, t.flags, false);
  const special = /^\((?:\?(?::|=|!|<=|<!))?/.exec(rest)?.[0] ?? '(';
  if (special === '(' && (rest.startsWith('(?') || rest.startsWith('(*'))) {
    throw new SplError(`Regex: ${rest.slice(0, 4)} is not known to this reader: ${t.source}`);
  }
  return push(t, special, special.length, t.flags, special.startsWith('(?<'));
}

function push(
  t: Translation,
  text: string,
  length: number,
  flags: Flags,
  lookBehind: boolean,
): number {
  t.groups.push({ ...t.group, flags: t.flags });
  t.group = { flags, close: ')', lookBehind: lookBehind || t.group.lookBehind, inner: '' };
  t.flags = flags;
  return put(t, { text, end: t.at + length });
}

/**
 * `(?i:...)` is a group; `(?i)` holds to the end of the group around it, in every alternative that
 * follows.
 */
function flagGroup(t: Translation, text: string, letters: string, scoped: boolean): number {
  const flags = flagsFrom(letters, t.flags);
  const opening =
    flags.ignoreCase === t.flags.ignoreCase ? '(?:' : flags.ignoreCase ? '(?i:' : '(?-i:';
  if (scoped) return push(t, opening, text.length, flags, false);
  const changes = opening !== '(?:';
  if (changes && t.group.inner !== '')
    throw new SplError(
      `Regex: flags that change twice in one group are not known to this reader: ${t.source}`,
    );
  t.flags = flags;
  if (changes) t.group.inner = ')';
  return put(t, { text: changes ? opening : '', end: t.at + text.length });
}

function closeGroup(t: Translation): number {
  const outer = t.groups.pop();
  if (outer === undefined) throw new SplError(`Regex: unmatched ) in ${t.source}`);
  const inner = t.group.inner;
  t.group = outer;
  t.flags = outer.flags;
  return put(t, { text: `${inner})`, end: t.at + 1 });
}

const ASSERTIONS: Readonly<Record<string, string>> = {
  b: '\\b',
  B: '\\B',
  A: '^',
  z: '$',
  Z: '(?=\\n?$)',
  R: '(?:\\r\\n|[\\n\\v\\f\\r\\x85\\u2028\\u2029])',
  N: '[^\\n]',
};

function escapeAt(t: Translation): number {
  const at = t.at + 1;
  const letter = t.source.charAt(at);
  if (letter === 'Q') {
    const end = t.source.indexOf('\\E', at);
    const quoted = t.source.slice(at + 1, end < 0 ? undefined : end);
    return put(t, {
      text: [...quoted].map((char) => literal(char, 0)).join(''),
      end: end < 0 ? t.source.length : end + 2,
    });
  }
  if (letter === 'E') return put(t, { text: '', end: at + 1 });
  const fixed = ASSERTIONS[letter] ?? setEscape(letter);
  if (fixed !== undefined) return put(t, { text: fixed, end: at + 1 });
  const reference = /^(?:[1-9]\d?|k[<{'](\w+)[>}'])/.exec(t.source.slice(at, at + 60));
  if (reference)
    return put(t, {
      text: reference[1] === undefined ? `(?:\\${reference[0]})` : `\\k<${reference[1]}>`,
      end: at + reference[0].length,
    });
  const property = /^[pP](?:\{\^?\w+\}|[A-Z])/.exec(t.source.slice(at, at + 40))?.[0];
  if (property !== undefined)
    return put(t, { text: propertyEscape(property), end: at + property.length });
  const single = characterEscape(t.source, at);
  if (single === undefined)
    throw new SplError(`Regex: \\${letter} is not known to this reader: ${t.source}`);
  return put(t, single);
}
