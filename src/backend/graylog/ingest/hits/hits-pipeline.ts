import { fieldText, fieldValue, quoted } from '../../pipeline-rule/text.ts';
import { hitFields, noValue } from '../hit-fields.ts';
import type { IngestOptions, IngestRule } from '../ingest-rule.ts';
import { mostHits, stages } from '../stages.ts';
import type { HitTemporaries } from '../temporary-fields.ts';
import { type IngestPlan, type PipelineRuleText, pipelineText, ruleText } from '../texts.ts';
import { wantedRule } from './found-list.ts';
import { copiesOf, fieldCodes, noField, type RecordColumn, recordColumns } from './hit-record.ts';
import { hitTables } from './hit-tables.ts';
import { ifLevel, levelPrefix, levelRule } from './levels.ts';

/**
 * Makes hits of what was found: one pipeline for the whole pack. It looks up the records of the
 * rules, tags the message, and takes one record after the other.
 */
export function hitsPipeline(
  rules: readonly IngestRule[],
  keyOf: (rule: IngestRule) => string,
  names: HitTemporaries,
  options: IngestOptions,
): IngestPlan {
  const { pack } = options;
  const wanted = wantedRule(pack, names);
  const codes = fieldCodes(rules);
  const tables = hitTables(rules, keyOf, codes, names, options);
  const tags = tagsRule(pack, names);
  const tactics = tacticsRule(pack, names);
  const level = levelRule(pack);
  const hit = hitRule(rules, codes, names, options);
  const more = moreRule(rules, names, options);
  const pipeline = pipelineText(`${pack} hits`, [
    // a pipeline ends with a stage that does not hold
    { number: stages.found, match: 'all', rules: [wanted.name] },
    { number: stages.tables, match: 'pass', rules: tables.map(({ name }) => name) },
    { number: stages.tags, match: 'pass', rules: [tags.name] },
    { number: stages.level, match: 'pass', rules: [tactics.name, level.name] },
    ...Array.from({ length: mostHits }, (_, at) => ({
      number: stages.hits + at,
      match: 'all' as const,
      rules: [hit.name],
    })),
    { number: stages.hits + mostHits, match: 'pass', rules: [more.name] },
  ]);
  return {
    rules: [wanted, ...tables, tags, tactics, level, hit, more],
    pipelines: [pipeline],
  };
}

/** An expression for the line of a record up to a column, which is its first group. */
const upTo = (column: RecordColumn, value = '([^\\t\\n]*)'): string =>
  `(?dm)^(?:[^\\t\\n]*\\t){${recordColumns.indexOf(column)}}${value}\\t[^\\n]*`;

/** Of all rules that were found, also of those beyond the most hits. */
function tagsRule(pack: string, { hits, tactics }: HitTemporaries): PipelineRuleText {
  const each = (pattern: string, text: string): string =>
    `regex_replace(${quoted(pattern)}, ${fieldText(hits)}, ${quoted(text)})`;
  const ids = `split("\\\\n", ${each(upTo('id'), '$1')})`;
  const added = `string_array_add($message.sigma_rules, ${ids}, true)`;
  const named = each(upTo('tactics', `(?:${noValue}|([^\\t\\n]*))`), '$1');
  const noted = `key_value(value: ${each(upTo('level'), '$1=$1')})`;
  const actions =
    `  set_field("sigma_rules", ${added});\n` +
    // nothing is set where no rule has a tactic
    `  set_field(${quoted(tactics)}, ${named});\n` +
    `  set_fields(fields: ${noted}, prefix: ${quoted(levelPrefix)});\n`;
  return ruleText(`${pack} tags`, `has_field(${quoted(hits)})`, actions, []);
}

function tacticsRule(pack: string, { tactics }: HitTemporaries): PipelineRuleText {
  const names = `split("(?:\\\\n|, )+", ${fieldText(tactics)})`;
  const added = `string_array_add($message.sigma_tactics, ${names}, true)`;
  const action = `  set_field("sigma_tactics", ${added});\n`;
  return ruleText(`${pack} tactics`, `has_field(${quoted(tactics)})`, action, []);
}

const messageOf = (title: string): string =>
  `create_message(${title}, ${fieldText('source')}, to_date($message.timestamp))`;

const routed = (stream: string): string =>
  `route_to_stream(name: ${quoted(stream)}, message: m, remove_from_default: true);`;

const column = (name: RecordColumn): string => `r[${recordColumns.indexOf(name)}]`;

/** The values of a list, in variables; what stands for no field fills it up. */
function variables(
  prefix: string,
  name: RecordColumn,
  count: number,
  itemText: (item: string) => string,
): readonly string[] {
  const filled = `concat(to_string(${column(name)}), ${quoted(`,${noField}`.repeat(count))})`;
  const list = `${prefix}_list`;
  return [
    `let ${list} = split(",", ${filled});`,
    ...Array.from(
      { length: count },
      (_, at) => `let ${prefix}${at} = ${itemText(`to_string(${list}[${at}])`)};`,
    ),
  ];
}

/** The name of a field by its code; empty for none, by which nothing is read or set. */
const decoded = (code: string): string => `to_string(names[${code}])`;

/** Takes the first record and makes its hit. */
function hitRule(
  rules: readonly IngestRule[],
  codes: ReadonlyMap<string, string>,
  { hits }: HitTemporaries,
  { pack, detectionsStream }: IngestOptions,
): PipelineRuleText {
  const most = (sizeOf: (rule: IngestRule) => number): readonly number[] => [
    ...Array(rules.reduce((size, rule) => Math.max(size, sizeOf(rule)), 0)).keys(),
  ];
  const entities = most(({ entityFields }) => entityFields.length);
  const copies = most((rule) => copiesOf(rule).length);
  const entity = [...entities.map((at) => `$message.e${at}`), quoted(noValue)].join(', ');
  const fields: readonly (readonly [string, string])[] = [
    [hitFields.rule, column('id')],
    [hitFields.title, column('title')],
    [hitFields.level, column('level')],
    [hitFields.alert, column('alert')],
    [hitFields.status, column('status')],
    [hitFields.tactics, column('tactics')],
    [hitFields.techniques, column('techniques')],
    [hitFields.group, column('group')],
    ...(hasLinks(rules) ? [[hitFields.link, column('link')] as const] : []),
    [hitFields.entity, `to_string(first_non_null([${entity}]))`],
  ];
  // each field that the message has replaces the type of those after it: an empty text sets nothing
  const typed = entities.map((at) => {
    const value = `regex_replace("(?s).+", to_string($message.e${at}), t${at})`;
    return `set_field(field: ${quoted(hitFields.entityType)}, value: ${value}, message: m);`;
  });
  const actions = [
    `let records = ${fieldText(hits)};`,
    // an empty text would not replace the last record
    `remove_multiple_fields(names: [${quoted(hits)}]);`,
    `set_field(${quoted(hits)}, regex_replace("(?d)\\\\A[^\\\\n]*\\\\n?", records, ""));`,
    `let r = split("\\\\t", regex_replace("(?s)\\\\n.*", records, ""));`,
    `let names = {${[...codes].map(([name, code]) => `${code}: ${quoted(name)}`).join(', ')}};`,
    ...variables('e', 'entities', entities.length, decoded),
    ...variables('t', 'entityTypes', entities.length, (type) => type),
    ...variables('c', 'copies', copies.length, decoded),
    `let m = ${messageOf(`to_string(${column('title')})`)};`,
    `set_fields(fields: ${mapOf(fields)}, message: m);`,
    ...copies.map((at) => `set_field(field: c${at}, value: $message.c${at}, message: m);`),
    ...typed.reverse(),
    routed(detectionsStream),
  ];
  return ruleText(`${pack} hit`, `has_field(${quoted(hits)})`, lines(actions), []);
}

/** One hit for all that is left, so that nobody takes the others for all. */
function moreRule(
  rules: readonly IngestRule[],
  { hits }: HitTemporaries,
  { pack, detectionsStream }: IngestOptions,
): PipelineRuleText {
  const title = `More than ${mostHits} rules hit one message: its sigma_rules names all`;
  const values: readonly (readonly [string, string])[] = [
    [hitFields.rule, noValue],
    [hitFields.title, title],
    [hitFields.alert, 'true'],
    [hitFields.tactics, noValue],
    [hitFields.techniques, noValue],
    ...(hasLinks(rules) ? [[hitFields.link, noValue] as const] : []),
  ];
  const entity = `to_string(first_non_null([${fieldValue('source')}, ${quoted(noValue)}]))`;
  const fields = [
    ...values.map(([name, value]) => [name, quoted(value)] as const),
    // a critical hit may be one of those that are left out
    [hitFields.level, `first_non_null([${ifLevel('critical')}, "high"])`] as const,
    [hitFields.entity, entity] as const,
  ];
  const actions = [
    `let m = ${messageOf(quoted(title))};`,
    `set_fields(fields: ${mapOf(fields)}, message: m);`,
    routed(detectionsStream),
  ];
  return ruleText(`${pack} more hits`, `has_field(${quoted(hits)})`, lines(actions), []);
}

const hasLinks = (rules: readonly IngestRule[]): boolean =>
  rules.some(({ link }) => link !== undefined);

const mapOf = (fields: readonly (readonly [string, string])[]): string =>
  `{${fields.map(([name, value]) => `${name}: ${value}`).join(', ')}}`;

const lines = (actions: readonly string[]): string =>
  actions.map((action) => `  ${action}\n`).join('');
