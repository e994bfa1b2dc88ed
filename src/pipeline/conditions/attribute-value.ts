import type { Level, Status } from '../../sigma/rule/rule.ts';
import { idKey } from '../../sigma/rule/rule-id.ts';
import { toPlain, type YamlNode } from '../../source/yaml/tree.ts';
import type { RuleInProcess } from '../rule-in-process.ts';

/** An attribute of a rule by how it compares. Dates are `YYYY-MM-DD`. */
export type AttributeValue =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'date'; readonly date: string }
  | { readonly kind: 'scale'; readonly scale: 'level' | 'status'; readonly name: Level | Status }
  | { readonly kind: 'list'; readonly entries: readonly unknown[] }
  | { readonly kind: 'other'; readonly what: string };

const missing: AttributeValue = { kind: 'other', what: 'missing' };
const object: AttributeValue = { kind: 'other', what: 'no plain value' };
const text = (value: string | undefined): AttributeValue =>
  value === undefined ? missing : { kind: 'text', text: value };
const list = (entries: readonly unknown[]): AttributeValue => ({ kind: 'list', entries });

/** Attributes of Sigma that are a text as written. */
export const textAttributes = ['title', 'name', 'description', 'author', 'license'] as const;

export const isTextAttribute = (name: string): name is (typeof textAttributes)[number] =>
  textAttributes.some((one) => one === name);

/**
 * Undefined: an attribute that Sigma does not know and the rule does not have. One of Sigma's own
 * that the rule lacks is `missing`, which can't be compared.
 */
export function attributeOf(process: RuleInProcess, name: string): AttributeValue | undefined {
  return ownAttribute(process, name) ?? customAttribute(process, name);
}

function ownAttribute({ rule }: RuleInProcess, name: string): AttributeValue | undefined {
  if (isTextAttribute(name)) return text(rule[name]);
  switch (name) {
    case 'id':
      return text(rule.id === undefined ? undefined : idKey(rule.id));
    case 'references':
    case 'tags':
    case 'fields':
    case 'falsepositives':
      return list(rule[name]);
    case 'date':
    case 'modified': {
      const date = isoDate(rule[name] ?? '', 'lenient');
      return date === undefined ? missing : { kind: 'date', date };
    }
    case 'level':
    case 'status': {
      const grade = rule[name];
      return grade === undefined ? missing : { kind: 'scale', scale: name, name: grade };
    }
    case 'taxonomy':
      return writtenValue(rule, name) ?? text('sigma');
    case 'scope':
      return writtenValue(rule, name) ?? missing;
    default:
      return rule.kind === 'correlation' ? correlationAttribute(rule, name) : undefined;
  }
}

function correlationAttribute(
  rule: RuleInProcess['rule'] & { kind: 'correlation' },
  name: string,
): AttributeValue | undefined {
  if (name === 'generate') return { kind: 'number', number: Number(rule.generate) };
  if (name === 'group_by') return rule.groupBy.length === 0 ? missing : list(rule.groupBy);
  // references to rules are not texts, so no text is among them
  if (name === 'rules') return list([]);
  return name === 'type' || name === 'timespan' || name === 'condition' || name === 'aliases'
    ? object
    : undefined;
}

function customAttribute(
  { rule, attributes }: RuleInProcess,
  name: string,
): AttributeValue | undefined {
  return attributes.has(name) ? plainAttribute(attributes.get(name)) : writtenValue(rule, name);
}

/** An attribute that readers of rules keep as written. */
function writtenValue(rule: RuleInProcess['rule'], name: string): AttributeValue | undefined {
  if (name === 'correlation' && rule.kind === name) return object;
  const node = writtenAttribute(rule, name);
  if (!node) return undefined;
  // plain dates are dates in YAML 1.1, which pySigma reads
  const date = node.kind === 'scalar' && node.plain ? isoDate(node.text, 'strict') : undefined;
  return date !== undefined && node.kind === 'scalar' && node.text.includes('-')
    ? { kind: 'date', date }
    : plainAttribute(toPlain(node));
}

/** An attribute as written: a custom one, or one that only pipelines ask for. */
export const writtenAttribute = (
  { otherAttributes = [] }: RuleInProcess['rule'],
  name: string,
): YamlNode | undefined => otherAttributes.find(({ key }) => key.text === name)?.value;

function plainAttribute(value: unknown): AttributeValue {
  if (typeof value === 'string') return { kind: 'text', text: value };
  if (typeof value === 'number' || typeof value === 'boolean')
    return { kind: 'number', number: Number(value) };
  if (Array.isArray(value)) return list(value);
  return value === null ? missing : object;
}

/**
 * `YYYY-MM-DD` of a date; undefined for any other text. Strict: written like that or as `YYYYMMDD`.
 * Lenient: with hyphens or slashes, and with one digit or two.
 */
export function isoDate(written: string, forms: 'strict' | 'lenient'): string | undefined {
  const pattern =
    forms === 'strict' ? /^(\d{4})(-?)(\d\d)\2(\d\d)$/ : /^(\d{4})([-/])(\d{1,2})\2(\d{1,2})$/;
  const [, year = '', , month = '', day = ''] = pattern.exec(written) ?? [];
  if (year === '') return undefined;
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const time = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(iso) ? iso : undefined;
}
