import { type LiteralLeaf, leavesOf } from '../pipeline-rule/condition.ts';
import { constantOf } from '../pipeline-rule/constant.ts';
import { type LeafPrinter, printCondition } from '../pipeline-rule/print.ts';
import { balanced, fieldValue, quoted } from '../pipeline-rule/text.ts';
import { type Bucket, bucketed } from './buckets.ts';
import { freeTest, type Prepared, preparedPrinter } from './free-tests.ts';
import { clauseOf, literalsOf } from './gate-clause.ts';
import { type Asked, foundAction, holdsAction } from './hits/found-list.ts';
import type { IngestRule } from './ingest-rule.ts';
import { prepareActions, preparedFor } from './prepared-fields.ts';
import { shareOf } from './short-names.ts';
import type { GroupedRule, SourceGroup } from './source-group.ts';
import { deepStages, stages } from './stages.ts';
import { type HitTemporaries, isSet, type TemporaryFields } from './temporary-fields.ts';
import { type PipelineRuleText, ruleText } from './texts.ts';

/** A pipeline rule and the stage that asks it. */
export interface StagedRule {
  readonly stage: number;
  readonly text: PipelineRuleText;
}

/** What the texts of a pack's rules are made with. */
export interface RuleTexts {
  readonly pack: string;
  readonly names: TemporaryFields;
  readonly hits: HitTemporaries;
  readonly keyOf: (rule: IngestRule) => string;
  /** Fields of gates, which are copied before all rules. */
  readonly gateFields: ReadonlySet<string>;
}

/** A log source with fewer rules has no buckets: each costs every message, whatever its source. */
const fewRules = 60;
/** About the most characters of a pipeline rule: editors of servers show them. */
const mostCharacters = 100_000;

/**
 * What the rules of one log source become. A colon, which no label has, is before what sets its
 * texts apart: an install knows a text from version to version by its title without the digest.
 */
export function sourceRules(group: SourceGroup, texts: RuleTexts): readonly StagedRule[] {
  const { names, hits } = texts;
  const prepared = preparedFor(group, names);
  const name = `${texts.pack} ${group.label}`;
  const printer = preparedPrinter(prepared);
  const rules = group.rules.map(
    (rule): PrintedRule => ({
      ...rule,
      asked: askedOf(rule, printer, texts),
    }),
  );
  const deep = rules.filter(isDeep);
  const { buckets, rest } = inBuckets(
    rules.filter((rule) => !isDeep(rule)),
    prepared,
  );
  const gate = gateText(group, printer);
  const parts = buckets.flatMap(bucketParts);
  const open = partsOf(rest);
  const isWhole = parts.length === 0 && open.length <= 1;
  const mark =
    gate === undefined || (isWhole && deep.length === 0) ? undefined : names.mark(group.label);
  const isMarked = mark === undefined ? [] : [isSet(mark)];
  const actions =
    prepareActions(prepared, texts.gateFields) +
    (isWhole ? open.map((list) => foundAction(list.asked, hits)).join('') : '') +
    (mark === undefined ? '' : `  set_field(${quoted(mark)}, "1");\n`);
  const ids = isWhole ? rest.map(({ rule }) => rule.id) : [];
  return [
    ...(actions === ''
      ? []
      : [{ stage: stages.prepare, text: ruleText(name, gate ?? 'true', actions, ids) }]),
    ...(isWhole
      ? parts
      : [...open.map((part) => ({ ...part, label: `rest${part.label}` })), ...parts]
    ).map(
      ({ label, tests, asked: list, ids: own }): StagedRule => ({
        stage: stages.rules,
        text: ruleText(
          `${name}: ${label}`,
          [...isMarked, ...tests].join(' && ') || 'true',
          foundAction(list, hits),
          own,
        ),
      }),
    ),
    ...deep.map(
      ({ rule, asked: { key, condition } }): StagedRule => ({
        stage: stages.deepRules + (Number.parseInt(key.slice(0, 4), 16) % deepStages),
        text: ruleText(
          `${name}: ${key}`,
          [...isMarked, `(${condition})`].join(' && '),
          holdsAction(key, hits),
          [rule.id],
        ),
      }),
    ),
  ];
}

/** A rule with what its text asks. */
interface PrintedRule extends GroupedRule {
  readonly asked: Asked;
}

/** Its expressions may use up the stack, which ends a stage. */
const isDeep = ({ condition }: GroupedRule): boolean =>
  leavesOf(condition).some((leaf) => leaf.kind === 'regex' && leaf.deep);

const askedOf = (
  { rule, condition }: GroupedRule,
  printer: LeafPrinter,
  { keyOf }: RuleTexts,
): Asked => ({
  key: keyOf(rule),
  condition: printCondition(condition, printer),
});

/** Rules that one text asks. */
interface Part {
  readonly label: string;
  /** All of which must hold. */
  readonly tests: readonly string[];
  readonly asked: readonly Asked[];
  readonly ids: readonly string[];
}

const bucketParts = ({ label, tests, rules }: Bucket<PrintedRule>): readonly Part[] =>
  partsOf(rules).map((part) => ({
    ...part,
    label: `${label}${part.label}`,
    tests: [`(${balanced(tests, '||')})`],
  }));

/** In several parts where one would be too long; by digests, so that a rule stays where it is. */
function partsOf(rules: readonly PrintedRule[]): readonly Part[] {
  const size = rules.reduce((sum, { asked }) => sum + asked.condition.length, 0);
  const count = 2 ** Math.max(0, Math.round(Math.log2(size / mostCharacters)));
  const parts = Map.groupBy(rules, ({ rule }) => shareOf(rule.id, count));
  return [...parts]
    .sort(([a], [b]) => a - b)
    .map(([at, list]) => ({
      label: count === 1 ? '' : ` ${at}`,
      tests: [],
      asked: list.map(({ asked }) => asked),
      ids: list.map(({ rule }) => rule.id),
    }));
}

/** No text of a message is a space: they are trimmed, and empty ones are not stored. */
const noText = '" "';

/** When to ask the rules of a log source; undefined: always. */
function gateText({ gate, fields }: SourceGroup, printer: LeafPrinter): string | undefined {
  if (constantOf(gate) !== true) return printCondition(gate, printer);
  if (fields.length === 0) return undefined;
  return `!(${noText} == first_non_null([${[...fields.map(fieldValue), noText].join(', ')}]))`;
}

function inBuckets(rules: readonly PrintedRule[], prepared: Prepared) {
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
