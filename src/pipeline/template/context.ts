import { JinjaError } from '../../jinja/error.ts';
import {
  charactersPerValue,
  type Members,
  mapOf,
  members,
  plainMap,
  plainValue,
  type Roots,
  type Value,
} from '../../jinja/value.ts';
import { idKey } from '../../sigma/rule/rule-id.ts';
import { toPlain } from '../../source/yaml/tree.ts';
import type { Work } from '../../work/work.ts';
import { isoDate, isTextAttribute, writtenAttribute } from '../conditions/attribute-value.ts';
import type { RuleInProcess } from '../rule-in-process.ts';

const ruleAttributes = new Set([
  ...['title', 'id', 'name', 'taxonomy', 'status', 'description', 'license', 'references'],
  ...['tags', 'author', 'date', 'modified', 'fields', 'falsepositives', 'level', 'scope'],
  ...['custom_attributes', 'logsource', 'type', 'group_by'],
]);

export const queryRoots: Roots = new Map([
  ['query', { whole: true }],
  ['rule', { members: ruleAttributes, whole: false }],
  ['pipeline', { members: new Set(['state', 'vars']), whole: false }],
]);

export const queriesRoots: Roots = new Map([
  ['queries', { whole: true }],
  ['pipeline', { members: new Set(['state', 'vars']), whole: false }],
]);

/** `query`, `rule` and `pipeline` as templates of postprocessing see them. */
export function queryContext(query: string, process: RuleInProcess): ReadonlyMap<string, Value> {
  return new Map<string, Value>([
    ['query', query],
    ['rule', members((name) => ruleAttribute(process, name))],
    [
      'pipeline',
      pipelineValue(
        plainMap(process.state, process.work),
        [process.vars, process.conversion],
        process.work,
      ),
    ],
  ]);
}

/** What a finalizer knows besides the queries. */
export interface FinalizerContext {
  readonly vars: ReadonlyMap<string, unknown>;
  readonly conversion: ReadonlyMap<string, unknown>;
  /** State of each rule. */
  readonly states: readonly ReadonlyMap<string, unknown>[];
}

/** `queries` and `pipeline` as templates of finalizers see them. */
export function queriesContext(
  queries: readonly string[] | string,
  { vars, conversion, states }: FinalizerContext,
  work: Work,
): ReadonlyMap<string, Value> {
  const stateOfAll = (name: string): Value => {
    work.entries(states.length);
    const [first, ...others] = [
      ...new Map(
        states.map((state) => [JSON.stringify(state.get(name)), state.get(name)]),
      ).values(),
    ];
    if (others.length > 0)
      throw new JinjaError(`the rules have different values of \`pipeline.state.${name}\``);
    return plainValue(first, work);
  };
  const allStates = (): ReadonlyMap<string, Value> =>
    new Map(
      Array.from(new Set(states.flatMap((state) => [...state.keys()])), (name) => [
        name,
        stateOfAll(name),
      ]),
    );
  return new Map<string, Value>([
    ['queries', queries],
    [
      'pipeline',
      pipelineValue({ ...members(stateOfAll), entries: allStates }, [vars, conversion], work),
    ],
  ]);
}

/** `vars`: the first map that has a name wins. */
function pipelineValue(
  state: Members,
  vars: readonly ReadonlyMap<string, unknown>[],
  work: Work,
): Members {
  const all = new Map([...vars].reverse().flatMap((one) => [...one]));
  return mapOf(
    new Map([
      ['state', state],
      ['vars', plainMap(all, work)],
    ]),
  );
}

function ruleAttribute(process: RuleInProcess, name: string): Value {
  const { rule } = process;
  if (isTextAttribute(name)) return rule[name] ?? null;
  switch (name) {
    case 'id':
      return rule.id === undefined ? null : printed(idKey(rule.id));
    case 'status':
    case 'level': {
      const text = rule[name];
      return text === undefined
        ? null
        : { ...printed(text), member: (key) => (key === 'name' ? text.toUpperCase() : undefined) };
    }
    case 'date':
    case 'modified':
      return rule[name] === undefined ? null : dateValue(rule[name]);
    case 'references':
    case 'fields':
    case 'falsepositives':
      return rule[name];
    case 'tags':
      process.work.characters(charactersPerValue * rule.tags.length);
      return rule.tags.map(tagValue);
    case 'custom_attributes':
      return {
        ...members((key) => customAttribute(process, key)),
        entries: () => customAttributes(process),
      };
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

function dateValue(text: string): Members {
  const date = isoDate(text, 'lenient');
  return date === undefined ? printed(text) : { ...printed(date), isDate: true };
}

function tagValue(tag: string): Members {
  const dot = tag.indexOf('.');
  const parts = new Map([
    ['namespace', tag.slice(0, dot)],
    ['name', tag.slice(dot + 1)],
  ]);
  return { kind: 'members', text: tag, isText: true, member: (key) => parts.get(key) };
}

function logSource(
  { logsource }: RuleInProcess['rule'] & { kind: 'detection' },
  name: string,
): Value {
  if (name !== 'logsource') return undefined;
  const { category = null, product = null, service = null, definition = null } = logsource;
  const parts = new Map(Object.entries({ category, product, service, definition }));
  return members((key) => parts.get(key));
}

function correlationAttribute(
  rule: RuleInProcess['rule'] & { kind: 'correlation' },
  name: string,
): Value {
  if (name === 'type')
    return {
      ...printed(rule.type),
      member: (key) => (key === 'name' ? rule.type.toUpperCase() : undefined),
    };
  return name === 'group_by' ? (rule.groupBy.length === 0 ? null : rule.groupBy) : undefined;
}

/** Sigma's own attributes of a rule, and keys of Sigma that are not attributes. */
const notCustom = new Set([...ruleAttributes, 'related', 'detection', 'correlation', 'generate']);

function customAttribute({ rule, attributes, work }: RuleInProcess, name: string): Value {
  if (attributes.has(name)) return plainValue(attributes.get(name), work);
  const node = notCustom.has(name) ? undefined : writtenAttribute(rule, name);
  return node && plainValue(toPlain(node), work);
}

/** Those of the rule first, in its order, then those that pipelines set. */
function customAttributes({ rule, attributes, work }: RuleInProcess): ReadonlyMap<string, Value> {
  const written = (rule.otherAttributes ?? []).filter(({ key }) => !notCustom.has(key.text));
  return new Map([
    ...written.map(({ key, value }) => [key.text, plainValue(toPlain(value), work)] as const),
    ...Array.from(attributes, ([name, value]) => [name, plainValue(value, work)] as const),
  ]);
}
