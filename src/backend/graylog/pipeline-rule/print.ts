import type {
  Condition,
  Leaf,
  LiteralLeaf,
  NumberLeaf,
  RelatedLeaf,
  Spelling,
} from './condition.ts';
import { balanced, fieldText, fieldValue, quoted } from './text.ts';

/** How the tests of a condition are written; undefined: as they are by themselves. */
export type LeafPrinter = (leaf: Leaf) => string | undefined;

/** The condition in the rule language, total: it can't raise an error whatever a message has. */
export function printCondition(condition: Condition, printLeaf: LeafPrinter): string {
  switch (condition.kind) {
    case 'and':
    case 'or': {
      if (condition.operands.length === 0) return String(condition.kind === 'and');
      const parts = condition.operands.map((operand) => {
        const text = printCondition(operand, printLeaf);
        return operand.kind === 'and' || operand.kind === 'or' ? `(${text})` : text;
      });
      return balanced(parts, condition.kind === 'and' ? '&&' : '||');
    }
    case 'not':
      return `!(${printCondition(condition.operand, printLeaf)})`;
    default:
      return printLeaf(condition) ?? plainLeaf(condition);
  }
}

/** The text of a field with the spelling that a test wants. */
const spelled = (field: string, spelling: Spelling): string =>
  spelling === 'folded' ? foldedText(field) : fieldText(field);

/**
 * The text with its letter case folded. The server would make an ASCII letter of the Kelvin sign
 * and of the dotted capital I, which Sigma does not.
 */
export const foldedText = (field: string): string =>
  `lowercase(regex_replace("[\\\\u212a\\\\u0130]", ${fieldText(field)}, "\\u0001"))`;

/** A comparison, since `matches` by itself has no type that `&&` takes. */
const found = (pattern: string, value: string): string =>
  `regex(${quoted(pattern)}, ${value}).matches == true`;

function plainLeaf(leaf: Leaf): string {
  switch (leaf.kind) {
    case 'literal':
      return literalText(leaf, spelled(leaf.field, leaf.spelling));
    case 'regex':
      return found(leaf.pattern, spelled(leaf.field, leaf.spelling));
    case 'present':
      return `has_field(${quoted(leaf.field)})`;
    case 'network':
      return (
        `(${found(leaf.version === 4 ? ipv4 : ipv6, fieldText(leaf.field))} && ` +
        `cidr_match(${quoted(leaf.network)}, to_ip(${fieldValue(leaf.field)})))`
      );
    case 'number':
      return numberText(leaf);
    case 'related':
      return relatedText(leaf);
  }
}

export function literalText({ at, text }: LiteralLeaf, value: string): string {
  switch (at) {
    case 'whole':
      return `${quoted(text)} == ${value}`;
    case 'start':
      return `starts_with(${value}, ${quoted(text)})`;
    case 'end':
      return `ends_with(${value}, ${quoted(text)})`;
    case 'inside':
      return `contains(${value}, ${quoted(text)})`;
  }
}

const octet = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const ipv4 = `\\A${octet}(?:\\.${octet}){3}\\z`;
/** Of texts that have only these characters, the server reads those that are addresses. */
const ipv6 = '\\A[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\\z';

const decimal = '\\A[+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?\\z';

function numberText({ field, operator, value }: NumberLeaf): string {
  const sign = { lt: '<', lte: '<=', gt: '>', gte: '>=' }[operator];
  const number = Number(value);
  const written = Number.isInteger(number) && !/e/.test(String(number)) ? `${number}.0` : number;
  return (
    `(${found(decimal, fieldText(field))} && ` +
    `to_double(${fieldValue(field)}) ${sign} ${written})`
  );
}

function relatedText({ field, other, relation, spelling }: RelatedLeaf): string {
  const one = spelled(field, spelling);
  const two = spelled(other, spelling);
  const call = {
    equals: `${one} == ${two}`,
    startswith: `starts_with(${one}, ${two})`,
    endswith: `ends_with(${one}, ${two})`,
    contains: `contains(${one}, ${two})`,
  }[relation];
  const both = `has_field(${quoted(field)}) && has_field(${quoted(other)})`;
  return `(${both} && ${call})`;
}
