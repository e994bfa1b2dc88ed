import type { SettledBody, SettledDetection, SettledItem } from '../query/settled.ts';
import type { Test } from '../query/tree.ts';
import type { Alias, CorrelationRule } from '../sigma/correlation/correlation.ts';
import type { ConditionNode } from '../sigma/rule/condition.ts';
import { type LogSource, sourceLabel } from '../sigma/rule/rule.ts';
import { patternText } from '../sigma/value/pattern.ts';
import type { RuleInProcess } from './rule-in-process.ts';

/** A rule in process as lines to read and to compare: much like Sigma, with modifiers resolved. */
export function ruleLines({ rule, parts, state, attributes }: RuleInProcess): readonly string[] {
  const source =
    rule.kind === 'detection'
      ? [`logsource: ${logSourceText(rule.logsource)}`]
      : correlationLines(rule);
  return [
    ...source,
    ...parts.flatMap(detectionLines),
    ...(rule.fields.length > 0 ? [`fields: ${rule.fields.join(', ')}`] : []),
    ...[...state].map(([key, value]) => `state ${key}: ${plainText(value)}`),
    ...[...attributes].map(([key, value]) => `attribute ${key}: ${plainText(value)}`),
  ];
}

function correlationLines(rule: CorrelationRule): readonly string[] {
  const {
    groupBy,
    valueFields,
    aliases,
    alternatives = new Map<string, readonly string[]>(),
  } = rule;
  return [
    `group-by: ${groupBy.join(', ')}`,
    ...(valueFields.length > 0 ? [`condition field: ${valueFields.join(', ')}`] : []),
    ...aliases.map(aliasLine),
    ...[...alternatives].map(([name, fields]) => `${name}: the first of ${fields.join(', ')}`),
  ];
}

function aliasLine({ name, fields }: Alias): string {
  const named = Array.from(fields, ([reference, field]) => `${field} of ${reference}`);
  return `alias ${name}: ${named.join(', ')}`;
}

const plainText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

/** The same as `sourceLabel`, and `any` for a source that names nothing. */
export const logSourceText = (source: LogSource): string => sourceLabel(source) || 'any';

function detectionLines({ searches, conditions }: SettledDetection): readonly string[] {
  return [
    ...[...searches.values()].flatMap(({ name, body }) => [`${name}:`, ...bodyLines(body, '  ')]),
    ...conditions.map((condition) => `condition: ${conditionText(condition)}`),
  ];
}

function bodyLines(body: SettledBody, indent: string): readonly string[] {
  if (body.kind === 'item') return itemLines(body).map((line) => `${indent}${line}`);
  if (body.entries.length === 0) return [`${indent}(nothing)`];
  if (body.link === 'and') return body.entries.flatMap((entry) => bodyLines(entry, indent));
  return body.entries.flatMap((entry) => {
    const [first = '', ...rest] = bodyLines(entry, '');
    return [`${indent}- ${first}`, ...rest.map((line) => `${indent}  ${line}`)];
  });
}

function itemLines(item: SettledItem): readonly string[] {
  const { field = 'keyword', link, negated } = item;
  const key = `${field}${link === 'and' ? '|all' : ''}${negated ? '|neq' : ''}`;
  const values = item.values.flatMap(({ tests, absent }) =>
    tests.map((test) => (absent ? 'exists: false' : testText(test))),
  );
  const [only] = values;
  return values.length === 1 && only !== undefined
    ? [`${key}: ${only}`]
    : [`${key}:`, ...values.map((value) => `  - ${value}`)];
}

export function testText(test: Test): string {
  switch (test.kind) {
    case 'string':
      return `${JSON.stringify(patternText(test.pattern))}${test.cased ? ' (cased)' : ''}`;
    case 'number':
    case 'boolean':
      return String(test.value);
    case 'null':
      return 'null';
    case 'exists':
      return 'exists: true';
    case 'regex':
      return `re: ${test.source}`;
    case 'cidr':
      return `cidr: ${test.text}`;
    case 'compare':
      return `${test.operator}: ${test.value}`;
    case 'field':
      return `field ${test.relation === 'equals' ? '' : `${test.relation} `}${test.other}`;
    case 'expression':
      return `expression ${test.expression} (${test.id})`;
    case 'time':
      return `${test.part} ${test.operator}: ${test.value}`;
  }
}

export function conditionText(node: ConditionNode): string {
  switch (node.kind) {
    case 'name':
      return node.name;
    case 'quantifier':
      return `${node.quantifier === 'any' ? '1' : 'all'} of ${node.pattern}`;
    case 'not':
      return `not ${grouped(node.operand)}`;
    case 'and':
      return node.operands.map(grouped).join(' and ');
    case 'or':
      return node.operands.map(grouped).join(' or ');
  }
}

function grouped(node: ConditionNode): string {
  return node.kind === 'and' || node.kind === 'or'
    ? `(${conditionText(node)})`
    : conditionText(node);
}
