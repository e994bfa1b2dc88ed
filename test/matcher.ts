import type { CidrTest, FieldTest, Item, Query, Test } from '../src/query/tree.ts';
import { ipv4Bytes, ipv6Bytes, networkMask } from '../src/sigma/value/cidr.ts';
import { ANY, ONE, type Pattern } from '../src/sigma/value/pattern.ts';
import { oneCharacter } from './one-character.ts';

export type TestEvent = Readonly<Record<string, unknown>>;

/**
 * Whether the event is what the rule means, by the Sigma specification: the plain reading that
 * queries are compared with.
 */
export function matches(query: Query, event: TestEvent): boolean {
  switch (query.kind) {
    case 'and':
      return query.operands.every((operand) => matches(operand, event));
    case 'or':
      return query.operands.some((operand) => matches(operand, event));
    case 'not':
      return !matches(query.operand, event);
    case 'item':
      return itemMatches(query, event);
  }
}

function itemMatches(item: Item, event: TestEvent): boolean {
  const { field, test } = item;
  if (field === undefined) {
    const text = typeof event._raw === 'string' ? [event._raw] : Object.values(event).map(String);
    return text.some((value) => keywordMatches(test, value));
  }
  const value = event[field];
  if (test.kind === 'null') return value === undefined || value === null;
  if (value === undefined || value === null) return false;
  const values = Array.isArray(value) ? value : [value];
  return values.some((one) => valueMatches(test, one, event));
}

function keywordMatches(test: Test, text: string): boolean {
  if (test.kind === 'string')
    return once(test, () => patternRegExp([ANY, ...test.pattern, ANY], test.cased)).test(text);
  if (test.kind === 'number') return text.includes(String(test.value));
  return test.kind === 'regex' && once(test, () => sourceRegExp(test)).test(text);
}

function valueMatches(test: Test, value: unknown, event: TestEvent): boolean {
  const text = String(value);
  switch (test.kind) {
    case 'string':
      return once(test, () => patternRegExp(test.pattern, test.cased)).test(text);
    case 'number':
    case 'boolean':
      return text.toLowerCase() === String(test.value);
    case 'exists':
      return true;
    case 'regex':
      return once(test, () => sourceRegExp(test)).test(text);
    case 'cidr':
      return inBlock(test, text);
    case 'compare':
      return (
        // JavaScript reads `0x1F` as well
        /^\s*[+-]?\.?\d[\d.]*(?:e[+-]?\d+)?\s*$/i.test(text) &&
        compared(Number(text), test.operator, Number(test.value))
      );
    case 'field':
      return fieldMatches(test, text, event[test.other]);
    case 'time': {
      const part = timePart(test.part, text);
      return part !== undefined && compared(part, test.operator, test.value);
    }
    case 'null':
      return false;
    case 'expression':
      throw new Error('only the target knows what an expression finds');
  }
}

const compiled = new WeakMap<object, RegExp>();

function once(key: object, make: () => RegExp): RegExp {
  const known = compiled.get(key);
  if (known) return known;
  const made = make();
  compiled.set(key, made);
  return made;
}

function patternRegExp(pattern: Pattern, cased: boolean): RegExp {
  // a second `.*` would try each text in quadratic time
  const parts = pattern.filter((part, index) => part !== ANY || pattern[index - 1] !== ANY);
  const isOpen = { start: parts[0] === ANY, end: parts.at(-1) === ANY };
  const source = parts
    // where any text may stand at an end, nothing needs to be read there
    .slice(isOpen.start ? 1 : 0, isOpen.end ? -1 : undefined)
    .map((part) =>
      part === ANY
        ? '.*'
        : part === ONE
          ? oneCharacter
          : typeof part === 'string'
            ? part.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
            : '',
    )
    .join('');
  return new RegExp(
    `${isOpen.start ? '' : '^'}${source}${isOpen.end ? '' : '$'}`,
    `s${cased ? '' : 'i'}`,
  );
}

function sourceRegExp(test: Test & { kind: 'regex' }): RegExp {
  const inline = /^\(\?([ims]+)\)/.exec(test.source);
  const flags = new Set([
    ...(inline?.[1] ?? ''),
    ...(test.ignoreCase ? 'i' : ''),
    ...(test.multiline ? 'm' : ''),
    ...(test.dotAll ? 's' : ''),
  ]);
  return new RegExp(
    pcreLines(test.source.slice(inline?.[0].length ?? 0), flags),
    flags.has('i') ? 'i' : '',
  );
}

/**
 * In PCRE, LF alone breaks lines, and `$` also stands before one at the end; JavaScript's `.`, `^`
 * and `$` differ.
 */
function pcreLines(source: string, flags: ReadonlySet<string>): string {
  const meaning: Readonly<Record<string, string>> = flags.has('m')
    ? { $: '(?![^\\n])', '^': '(?<![^\\n])' }
    : { $: '(?=\\n?$)' };
  return source.replace(/\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[.$^]/gs, (token) =>
    token === '.' ? (flags.has('s') ? '[^]' : '[^\\n]') : (meaning[token] ?? token),
  );
}

function inBlock(test: CidrTest, text: string): boolean {
  // a link-local address may name its zone
  const bytes =
    test.version === 4
      ? ipv4Bytes(text)
      : ipv6Bytes(/^(fe[89ab].+)%[\w.-]+$/i.exec(text)?.[1] ?? text);
  return (
    bytes?.every((byte, index) => (byte & networkMask(test.prefix, index)) === test.bytes[index]) ??
    false
  );
}

function compared(number: number, operator: string, value: number): boolean {
  switch (operator) {
    case 'lt':
      return number < value;
    case 'lte':
      return number <= value;
    case 'gt':
      return number > value;
    case 'gte':
      return number >= value;
    default:
      return number === value;
  }
}

function fieldMatches(test: FieldTest, text: string, other: unknown): boolean {
  if (other === undefined || other === null) return false;
  const [a, b] = test.cased ? [text, String(other)] : [lower(text), lower(String(other))];
  switch (test.relation) {
    case 'equals':
      return a === b;
    case 'startswith':
      return a.startsWith(b);
    case 'endswith':
      return a.endsWith(b);
    case 'contains':
      return a.includes(b);
  }
}

function timePart(part: string, text: string): number | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d))?/.exec(text);
  if (!match) return undefined;
  if (part === 'week')
    return isoWeek(Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])));
  const group = match[['', 'year', 'month', 'day', 'hour', 'minute'].indexOf(part)];
  return group === undefined ? undefined : Number(group);
}

function isoWeek(time: number): number {
  const day = 86_400_000;
  const thursday = time + (3 - ((new Date(time).getUTCDay() + 6) % 7)) * day;
  return (
    1 + Math.floor((thursday - Date.UTC(new Date(thursday).getUTCFullYear(), 0, 1)) / (7 * day))
  );
}

/** As letter case is folded in Sigma: no letter beyond ASCII becomes one of ASCII. */
const lower = (text: string): string =>
  Array.from(text, (char) => {
    const changed = char.toLowerCase();
    return changed.length !== char.length || (char > '\x7f' && changed <= '\x7f') ? char : changed;
  }).join('');
