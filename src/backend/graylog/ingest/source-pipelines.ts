import { type LiteralLeaf, leavesOf } from '../pipeline-rule/condition.ts';
import { constantOf } from '../pipeline-rule/constant.ts';
import { foldedText, type LeafPrinter, printCondition } from '../pipeline-rule/print.ts';
import { balanced, fieldText, fieldValue, quoted } from '../pipeline-rule/text.ts';
import { hitActions } from './actions.ts';
import { bucketed } from './buckets.ts';
import {
  foldedFields,
  freeTest,
  isLastPart,
  type Prepared,
  preparedPrinter,
} from './free-tests.ts';
import { clauseOf, literalsOf } from './gate-clause.ts';
import type { IngestOptions } from './ingest-rule.ts';
import { flaggedTexts, isFlaggable, literalMap, marked } from './literal-flags.ts';
import type { GroupedRule, SourceGroup } from './source-groups.ts';
import { isSet, type TemporaryFields } from './temporary-fields.ts';
import {
  type IngestPlan,
  type PipelineRuleText,
  type PipelineText,
  pipelineText,
  ruleText,
} from './texts.ts';

/** Stages of all pipelines run together, in the order of their numbers. */
export const stages = {
  /** Copies that the gates of log sources need. */
  gateCopies: 0,
  sourceGate: 1,
  copies: 2,
  flags: 3,
  bucketGate: 4,
  rules: 5,
  /** Expressions that may use up the stack, which ends the stage. */
  deepRules: 6,
  level: 8,
  cleanUp: 9,
} as const;

/** A field with fewer literals is asked for each of them. */
const fewLiterals = 4;
/** A log source with fewer rules has no buckets: each costs every message, whatever its source. */
const fewRules = 60;

/** What the rules of one log source become. */
export function sourcePipelines(
  group: SourceGroup,
  names: TemporaryFields,
  options: IngestOptions,
): IngestPlan {
  const prepared = preparedFor(group, names);
  const name = `${options.pack} ${group.label}`;
  const printer = preparedPrinter(prepared);
  const gateCondition = gateText(group, printer);
  const gate = gateCondition ? ruleText(`${name} gate`, gateCondition, '', []) : undefined;
  const copies = copyRule(`${name} copies`, prepared);
  const mark = gate ? names.mark(group.label) : undefined;
  const textOf = new Map(
    group.rules.map((grouped) => [grouped, hitRule(grouped, printer, options)]),
  );
  const { buckets, rest } = inBuckets(group, prepared);
  const flags = flagRule(`${name} flags`, prepared, buckets.length > 0 ? mark : undefined);
  const texts = (list: readonly GroupedRule[]): readonly PipelineRuleText[] =>
    list.flatMap((grouped) => textOf.get(grouped) ?? []);
  const pipelines: PipelineText[] = [
    pipelineText(name, [
      ...(gate ? [{ number: stages.sourceGate, match: 'all' as const, rules: [gate.name] }] : []),
      ...helperStage(stages.copies, copies),
      ...helperStage(stages.flags, flags),
      ...ruleStages(rest, texts),
    ]),
  ];
  const gates = buckets.map((bucket) => {
    const tests = balanced(bucket.tests, '||');
    const condition = mark === undefined ? tests : `${isSet(mark)} && (${tests})`;
    const text = ruleText(`${name} ${bucket.label} gate`, condition, '', []);
    pipelines.push(
      pipelineText(`${name} ${bucket.label}`, [
        { number: stages.bucketGate, match: 'all', rules: [text.name] },
        ...ruleStages(bucket.rules, texts),
      ]),
    );
    return text;
  });
  const helpers = [
    ...(gate ? [gate] : []),
    ...gates,
    ...(copies ? [copies] : []),
    ...(flags ? [flags] : []),
  ];
  return { rules: [...helpers, ...textOf.values()], pipelines };
}

/** No text of a message is a space: they are trimmed, and empty ones are not stored. */
const noText = '" "';

/** When to ask the rules of a log source; undefined: always. */
function gateText({ gate, fields }: SourceGroup, printer: LeafPrinter): string | undefined {
  if (constantOf(gate) !== true) return printCondition(gate, printer);
  if (fields.length === 0) return undefined;
  return `!(${noText} == first_non_null([${[...fields.map(fieldValue), noText].join(', ')}]))`;
}

const helperStage = (number: number, rule: PipelineRuleText | undefined) =>
  rule ? [{ number, match: 'pass' as const, rules: [rule.name] }] : [];

function ruleStages(
  list: readonly GroupedRule[],
  texts: (list: readonly GroupedRule[]) => readonly PipelineRuleText[],
) {
  const isDeep = ({ condition }: GroupedRule): boolean =>
    leavesOf(condition).some((leaf) => leaf.kind === 'regex' && leaf.deep);
  return [
    { number: stages.rules, list: list.filter((rule) => !isDeep(rule)) },
    { number: stages.deepRules, list: list.filter(isDeep) },
  ].flatMap(({ number, list: some }) =>
    some.length === 0
      ? []
      : [{ number, match: 'pass' as const, rules: texts(some).map((rule) => rule.name) }],
  );
}

function hitRule(
  { rule, condition }: GroupedRule,
  printer: LeafPrinter,
  options: IngestOptions,
): PipelineRuleText {
  const text = printCondition(condition, printer);
  return ruleText(`${options.pack} ${rule.id.slice(0, 8)}`, text, hitActions(rule, options), [
    rule.id,
  ]);
}

function inBuckets({ rules }: SourceGroup, prepared: Prepared) {
  if (rules.length < fewRules) return { buckets: [], rest: rules };
  const testOf = (leaf: LiteralLeaf) => freeTest(leaf, prepared);
  const uses = new Map<string, number>();
  for (const { condition } of rules) {
    const tests = new Set(literalsOf(condition).flatMap((leaf) => testOf(leaf) ?? []));
    for (const test of tests) uses.set(test, (uses.get(test) ?? 0) + 1);
  }
  return bucketed(
    rules.map((rule) => ({ rule, clause: clauseOf(rule.condition, { testOf, uses }) })),
  );
}

/**
 * What to prepare: a copy of each field that is asked in folded spelling, flags of many literals.
 */
function preparedFor({ gate, rules }: SourceGroup, names: TemporaryFields): Prepared {
  const copied = new Set<string>();
  const last = new Set<string>();
  const literals = new Map<string, Set<string>>();
  for (const { condition } of [{ condition: gate }, ...rules]) {
    for (const field of foldedFields(condition)) copied.add(field);
    for (const leaf of literalsOf(condition)) {
      if (isLastPart(leaf)) last.add(leaf.field);
      else if (isFlaggable(leaf)) {
        const known = literals.get(leaf.field) ?? new Set();
        literals.set(leaf.field, known);
        known.add(marked(leaf));
      }
    }
  }
  const flagged = new Map(
    [...literals]
      .filter(([, texts]) => texts.size >= fewLiterals)
      .map(([field, texts]) => [field, flaggedTexts(texts)] as const),
  );
  return { names, copied, last, flagged };
}

export const copyAction = (field: string, names: TemporaryFields): string =>
  `  set_field(${quoted(names.folded(field))}, ${foldedText(field)});\n`;

function copyRule(label: string, { names, copied, last }: Prepared): PipelineRuleText | undefined {
  if (copied.size === 0) return undefined;
  const copies = [...copied].sort().map((field) => copyAction(field, names));
  const lasts = [...last].sort().map((field) => {
    const text = fieldText(names.folded(field));
    const part = `regex_replace(${quoted(beforeLast)}, ${text}, "")`;
    return `  set_field(${quoted(names.last(field))}, ${part});\n`;
  });
  return ruleText(label, 'true', [...copies, ...lasts].join(''), []);
}

/** What is before the last backslash; a text without one is left as it is. */
const beforeLast = '(?s)\\A.*(?=\\\\)';

function flagRule(
  label: string,
  { names, flagged }: Prepared,
  mark: string | undefined,
): PipelineRuleText | undefined {
  const actions = [...flagged]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([field, texts]) => {
      const map = literalMap(texts, fieldText(names.folded(field)));
      return `  set_fields(fields: ${map}, prefix: ${quoted(names.flags(field))});\n`;
    });
  if (mark !== undefined) actions.push(`  set_field(${quoted(mark)}, "1");\n`);
  return actions.length === 0 ? undefined : ruleText(label, 'true', actions.join(''), []);
}
