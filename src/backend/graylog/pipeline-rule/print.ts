import { normalizeRanges } from '../../../regex/set.ts';
import {
  type Condition,
  type Leaf,
  type LiteralLeaf,
  leavesOf,
  type NetworkLeaf,
  type NumberLeaf,
  type RelatedLeaf,
  type Spelling,
} from './condition.ts';
import { lostInFolding } from './folding.ts';
import { classText } from './java-regex.ts';
import { balanced, fieldText, fieldValue, quoted } from './text.ts';

/** How the tests of a condition are written. */
export type LeafPrinter = (leaf: Leaf) => string;

/** The condition in the rule language, total: it can't raise an error whatever a message has. */
export function printCondition(condition: Condition, leafText: LeafPrinter): string {
  switch (condition.kind) {
    case 'and':
    case 'or': {
      if (condition.operands.length === 0) return String(condition.kind === 'and');
      const parts = cheapFirst(condition.operands).map((operand) => {
        const text = printCondition(operand, leafText);
        return operand.kind === 'and' || operand.kind === 'or' ? `(${text})` : text;
      });
      return balanced(parts, condition.kind === 'and' ? '&&' : '||');
    }
    case 'not':
      return `!(${printCondition(condition.operand, leafText)})`;
    default:
      return leafText(condition);
  }
}

/**
 * The condition as it is by itself, printed once: packs name the text and its digest in several
 * places.
 */
export function conditionText(condition: Condition): string {
  const known = texts.get(condition);
  if (known !== undefined) return known;
  const text = printCondition(condition, (leaf) => printLeaf(leaf, () => undefined));
  texts.set(condition, text);
  return text;
}

const texts = new WeakMap<Condition, string>();

const costs = { literal: 1, present: 5, related: 20, number: 20, network: 30, regex: 40 } as const;

const costOf = (condition: Condition): number =>
  leavesOf(condition).reduce((sum, { kind }) => sum + costs[kind], 0);

const cheapFirst = (conditions: readonly Condition[]): readonly Condition[] =>
  conditions
    .map((condition) => ({ condition, cost: costOf(condition) }))
    .sort((a, b) => a.cost - b.cost)
    .map(({ condition }) => condition);

const lost = classText(normalizeRanges(lostInFolding.map((point) => [point, point])));

/** The text with its letter case folded. */
export const foldedText = (field: string): string =>
  `lowercase(regex_replace(${quoted(lost)}, ${fieldText(field)}, "\\ufffd"))`;

/**
 * The same for a comparison with another field: what {@link foldedText} loses are different
 * characters there.
 */
const comparedText = (field: string): string =>
  `lowercase(replace(replace(${fieldText(field)}, "\\u0130", "\\ufffd"), "\\u212a", "\\ufffe"))`;

/** A comparison, since `matches` by itself has no type that `&&` takes. */
const found = (pattern: string, value: string): string =>
  `regex(${quoted(pattern)}, ${value}).matches == true`;

/**
 * A test by itself. `copyOf`: an expression with the folded text of a field, where there is one.
 */
export function printLeaf(leaf: Leaf, copyOf: (field: string) => string | undefined): string {
  const spelled = (field: string, spelling: Spelling): string =>
    spelling === 'folded' ? (copyOf(field) ?? foldedText(field)) : fieldText(field);
  switch (leaf.kind) {
    case 'literal':
      return literalText(leaf, spelled(leaf.field, leaf.spelling));
    case 'regex':
      return found(leaf.pattern, spelled(leaf.field, leaf.spelling));
    case 'present':
      return `has_field(${quoted(leaf.field)})`;
    case 'network':
      return networkText(leaf);
    case 'number':
      return numberText(leaf);
    case 'related':
      return relatedText(leaf);
  }
}

function literalText({ at, text }: LiteralLeaf, value: string): string {
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
/** Link-local addresses may name a zone, which is not a part of the address. */
const zoned = '(?i)\\A(fe[89ab][0-9a-f:.]*)%[0-9a-z_.-]+\\z';
const ipv6 = '(?i)\\A(?:[0-9a-f:.]*:[0-9a-f:.]*|fe[89ab][0-9a-f:.]*:[0-9a-f:.]*%[0-9a-z_.-]+)\\z';

/** An address of IPv4 within IPv6, which the server takes for one of IPv4. */
const mapped = '(?i)\\A[0:]*:ffff:(?:[0-9.]+|[0-9a-f]{1,4}:[0-9a-f]{1,4})\\z';

function networkText({ field, network, form }: NetworkLeaf): string {
  const text = fieldText(field);
  if (form === 'ipv4')
    return `(${found(ipv4, text)} && cidr_match(${quoted(network)}, to_ip(${fieldValue(field)})))`;
  // what is not an address counts as one outside of the network: the server compares numbers
  const outside = /^ff/i.test(network) ? '::' : 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff';
  if (form === 'mapped')
    return (
      `(${found(mapped, text)} && ` +
      `cidr_match(${quoted(network)}, to_ip(ip: ${text}, default: ${quoted(outside)})))`
    );
  const address = `regex_replace(${quoted(zoned)}, ${text}, "$1")`;
  return (
    `(${found(ipv6, text)} && ` +
    `cidr_match(${quoted(network)}, to_ip(ip: ${address}, default: ${quoted(outside)})))`
  );
}

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
  const text = spelling === 'folded' ? comparedText : fieldText;
  const [one, two] = [text(field), text(other)];
  const call = {
    equals: `${one} == ${two}`,
    startswith: `starts_with(${one}, ${two})`,
    endswith: `ends_with(${one}, ${two})`,
    contains: `contains(${one}, ${two})`,
  }[relation];
  const both = `has_field(${quoted(field)}) && has_field(${quoted(other)})`;
  return `(${both} && ${call})`;
}
