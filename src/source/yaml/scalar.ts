import { getScalarValue, SCALAR_STYLE, type ScalarEvent } from 'js-yaml';
import type { YamlScalar } from './tree.ts';

/** Longer integers become text: no event has such numbers, and big integers take quadratic time. */
const longestInteger = 64;

const resolvesDifferently = new RegExp(
  `^(?:${[
    'y|n|yes|no|on|off',
    '[-+]?0[0-9_]+|0o[0-7]+|[-+]?0b[01_]+|[-+]?[0-9]+_[0-9_]*',
    '[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\\.[0-9_]*)?',
    '[-+]?[0-9]+e[-+]?[0-9]+|[-+]?[0-9]*\\.[0-9]*e[0-9]+',
    '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].*)?',
  ].join('|')})$`,
  'i',
);

/**
 * True for plain text that PyYAML (YAML 1.1, as in sigma-cli) reads as another boolean, number or
 * date than YAML 1.2.
 */
export function isAmbiguousScalar(node: YamlScalar): boolean {
  return node.plain && resolvesDifferently.test(node.text);
}

/**
 * True for digits after a zero that are not an octal number of YAML 1.1: a number in YAML 1.2, text
 * in PyYAML, and meant as text.
 */
export const keepsZeros = ({ plain, value, text }: YamlScalar): boolean =>
  plain &&
  (typeof value === 'number' || typeof value === 'bigint') &&
  /^0[0-9]*[89][0-9]*$/.test(text);

export function resolvePlainScalar(text: string): YamlScalar['value'] {
  const first = text.charCodeAt(0);
  // most scalars start with a letter and are longer than the words that have a type
  if (
    first > 64 &&
    (text.length > 5 || !/^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE)$/.test(text))
  )
    return text;
  if (text === '' || text === '~' || text === 'null' || text === 'Null' || text === 'NULL')
    return null;
  if (/^(?:true|True|TRUE)$/.test(text)) return true;
  if (/^(?:false|False|FALSE)$/.test(text)) return false;
  if (/^[-+]?[0-9]+$/.test(text)) return integer(text.replace(/^\+/, ''), text.startsWith('-'));
  if (/^0o[0-7]+$|^0x[0-9a-fA-F]+$/.test(text)) return integer(text, false);
  // beyond the range of numbers, only the texts of two values differ
  if (
    /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/.test(text) &&
    Number.isFinite(Number(text))
  )
    return Number(text);
  return text;
}

function integer(text: string, negative: boolean): number | bigint | string {
  if (text.length > longestInteger) return text;
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  return negative ? -BigInt(text.slice(1)) : BigInt(text);
}

/** The node of a scalar. `last` is the end of the previous scalar. */
export function scalarNode(text: string, event: ScalarEvent, last: number): YamlScalar {
  // a missing value is placed right after its key
  if (event.valueStart < 0)
    return {
      kind: 'scalar',
      start: text[last - 1] === '-' ? last - 1 : last,
      end: last,
      value: event.tagStart < 0 ? null : '',
      text: '',
      plain: event.tagStart < 0,
    };
  const content = event.fast
    ? text.slice(event.valueStart, event.valueEnd)
    : getScalarValue(text, event);
  const plain = event.style === SCALAR_STYLE.PLAIN && event.tagStart < 0;
  const quoted =
    event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED
      ? 1
      : 0;
  let start = event.valueStart - quoted;
  // a block scalar starts after the indentation of its first line
  if (
    content !== '' &&
    (event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK)
  )
    while (/\s/.test(text[start] ?? '.')) start++;
  const end = event.valueEnd + quoted;
  return {
    kind: 'scalar',
    start,
    end,
    value: plain ? resolvePlainScalar(content) : content,
    text: content,
    plain,
  };
}

/**
 * Where a scalar ends. An empty one ends where the previous scalar did or, as an item of a list,
 * after its `-`.
 */
export function endOfScalar(
  text: string,
  { valueStart, valueEnd, tagStart }: ScalarEvent,
  last: number,
  inList: boolean,
): number {
  if (valueStart >= 0) return Math.max(last, valueEnd);
  const found =
    inList && tagStart < 0
      ? /(?<=^|\n)[ \t]*(?:- +)*-(?=[ \t]*(?:#.*)?(?:\r?\n|$))/.exec(text.slice(last, last + 2000))
      : undefined;
  return found ? last + found.index + found[0].length : last;
}
