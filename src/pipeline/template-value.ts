import { toPlain } from '../source/yaml.ts';
import { isoDate, writtenAttribute } from './conditions/attribute-value.ts';
import type { RuleInProcess } from './rule-in-process.ts';
import { numberText } from './transformations/value-number.ts';
import type { Work } from './work.ts';

/** What a template can hold. Undefined stands for what is not there. */
export type Value = string | number | boolean | null | undefined | readonly Value[] | Members;

/** A thing with names: `text` where it can be printed. */
export interface Members {
  readonly kind: 'members';
  readonly text?: string;
  /** Equals its text; others equal no text, though they print as one. */
  readonly isText?: boolean;
  readonly member: (name: string) => Value;
}

/** Names that a template may have at its root, with those below that it may use; undefined: any. */
export type Roots = ReadonlyMap<string, { readonly members?: ReadonlySet<string>; readonly whole: boolean }>;

const ruleAttributes = new Set(
  (
    'title id name taxonomy status description license references tags author date modified fields falsepositives level scope ' +
    'custom_attributes logsource type group_by'
  ).split(' '),
);

export const queryRoots: Roots = new Map([
  ['query', { whole: true }],
  ['rule', { members: ruleAttributes, whole: false }],
  ['pipeline', { members: new Set(['state', 'vars']), whole: false }],
]);

export const queriesRoots: Roots = new Map([
  ['queries', { whole: true }],
  ['pipeline', { members: new Set(['state', 'vars']), whole: false }],
]);

const members = (member: (name: string) => Value): Members => ({ kind: 'members', member });

/** `query`, `rule` and `pipeline` as templates of postprocessing see them. */
export function queryContext(query: string, process: RuleInProcess): ReadonlyMap<string, Value> {
  return new Map<string, Value>([
    ['query', query],
    ['rule', members((name) => ruleAttribute(process, name))],
    ['pipeline', pipelineValue((name) => process.state.get(name), [process.vars, process.conversion], process.work)],
  ]);
}

/** What a finalizer knows beside the queries. */
export interface FinalizerContext {
  readonly vars: ReadonlyMap<string, unknown>;
  readonly conversion: ReadonlyMap<string, unknown>;
  /** State of each rule. */
  readonly states: readonly ReadonlyMap<string, unknown>[];
}

/** `queries` and `pipeline` as templates of finalizers see them. */
export function queriesContext(queries: readonly string[] | string, { vars, conversion, states }: FinalizerContext, work: Work): ReadonlyMap<string, Value> {
  const stateOfAll = (name: string): unknown => {
    work.entries(states.length);
    const [first, ...others] = [...new Map(states.map((state) => [JSON.stringify(state.get(name)), state.get(name)])).values()];
    if (others.length > 0) throw new Error(`the rules have different values of \`pipeline.state.${name}\``);
    return first;
  };
  return new Map<string, Value>([
    ['queries', queries],
    ['pipeline', pipelineValue(stateOfAll, [vars, conversion], work)],
  ]);
}

/** The first of `vars` that has a name gives its value. */
function pipelineValue(state: (name: string) => unknown, vars: readonly ReadonlyMap<string, unknown>[], work: Work): Members {
  const pipeline = new Map<string, Value>([
    ['state', members((name) => plainValue(state(name), work))],
    ['vars', members((name) => plainValue(vars.find((one) => one.has(name))?.get(name), work))],
  ]);
  return members((name) => pipeline.get(name));
}

function ruleAttribute(process: RuleInProcess, name: string): Value {
  const { rule } = process;
  switch (name) {
    case 'title':
    case 'name':
    case 'description':
    case 'author':
    case 'license':
      return rule[name] ?? null;
    case 'id':
      return rule.id === undefined ? null : printed(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(rule.id) ? rule.id.toLowerCase() : rule.id);
    case 'status':
    case 'level': {
      const text = rule[name];
      return text === undefined ? null : { ...printed(text), member: (key) => (key === 'name' ? text.toUpperCase() : undefined) };
    }
    case 'date':
    case 'modified':
      return rule[name] === undefined ? null : printed(isoDate(rule[name], 'lenient') ?? rule[name]);
    case 'references':
    case 'fields':
    case 'falsepositives':
      return rule[name];
    case 'tags':
      return rule.tags.map(tagValue);
    case 'custom_attributes':
      return members((key) => customAttribute(process, key));
    case 'taxonomy':
    case 'scope': {
      const node = writtenAttribute(rule, name);
      return node ? plainValue(toPlain(node), process.work) : name === 'taxonomy' ? 'sigma' : null;
    }
    default:
      return rule.kind === 'detection' ? logSource(rule, name) : correlationAttribute(rule, name);
  }
}

const printed = (text: string): Members => ({ kind: 'members', text, member: () => undefined });

function tagValue(tag: string): Members {
  const dot = tag.indexOf('.');
  const parts = new Map([
    ['namespace', tag.slice(0, dot)],
    ['name', tag.slice(dot + 1)],
  ]);
  return { kind: 'members', text: tag, isText: true, member: (key) => parts.get(key) };
}

function logSource({ logsource }: RuleInProcess['rule'] & { kind: 'detection' }, name: string): Value {
  if (name !== 'logsource') return undefined;
  const { category = null, product = null, service = null, definition = null } = logsource;
  const parts = new Map(Object.entries({ category, product, service, definition }));
  return members((key) => parts.get(key));
}

function correlationAttribute(rule: RuleInProcess['rule'] & { kind: 'correlation' }, name: string): Value {
  if (name === 'type') return { ...printed(rule.type), member: (key) => (key === 'name' ? rule.type.toUpperCase() : undefined) };
  return name === 'group_by' ? (rule.groupBy.length === 0 ? null : rule.groupBy) : undefined;
}

/** Sigma's own attributes of a rule are none of its custom ones. */
const notCustom = new Set([...ruleAttributes, 'related', 'detection', 'correlation', 'generate']);

function customAttribute({ rule, attributes, work }: RuleInProcess, name: string): Value {
  if (attributes.has(name)) return plainValue(attributes.get(name), work);
  const node = notCustom.has(name) ? undefined : writtenAttribute(rule, name);
  return node && plainValue(toPlain(node), work);
}

/** Plain YAML data; maps have no prototype. */
function plainValue(plain: unknown, work: Work): Value {
  work.characters(1);
  if (plain === null || typeof plain === 'string' || typeof plain === 'number' || typeof plain === 'boolean') return plain;
  if (Array.isArray(plain)) return plain.map((one) => plainValue(one, work));
  if (typeof plain !== 'object') return undefined;
  const entries = new Map<string, unknown>(Object.entries(plain));
  return members((key) => plainValue(entries.get(key), work));
}

export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

/** The text that Python prints for a value; an error for what only Python would print: lists and maps. */
export function printedText(value: Value): string {
  if (value === undefined) return '';
  if (value === null) return 'None';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (isList(value)) throw new Error('a list is no text; join it');
  if (value.text === undefined) throw new Error('a map is no text; name one of its entries');
  return value.text;
}

/** `value[name]` or `value.name`; undefined where there is no such thing. */
export function memberOf(value: Value, name: string): Value {
  if (typeof value === 'string' || isList(value)) {
    if (!/^(?:0|[1-9][0-9]{0,8})$/.test(name)) return undefined;
    return (isList(value) ? value : Array.from(value))[Number(name)];
  }
  return typeof value === 'object' && value !== null ? value.member(name) : undefined;
}
