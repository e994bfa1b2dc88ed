import type { Condition } from '../pipeline-rule/condition.ts';
import { foldedFields } from './free-tests.ts';
import { hitsPipeline } from './hits/hits-pipeline.ts';
import type { IngestOptions, IngestRule } from './ingest-rule.ts';
import { copyAction } from './prepared-fields.ts';
import { leastKey, shortNames } from './short-names.ts';
import type { SourceGroup } from './source-group.ts';
import { sourceGroups } from './source-groups.ts';
import { type RuleTexts, type StagedRule, sourceRules } from './source-rules.ts';
import { stages } from './stages.ts';
import { hitTemporaries, temporaryFields, temporaryPattern } from './temporary-fields.ts';
import { type IngestPlan, pipelineText, ruleText } from './texts.ts';

/**
 * The pipelines of rules and the pipeline rules in them. A message is asked for its log source
 * first; then its fields are copied and their literals found, once for all rules; then the rules
 * that need one of the literals are asked, many of them by one pipeline rule: a server reads all
 * texts again for each one that is saved. What holds becomes hits in a pipeline of its own. Sorted
 * by name: the same rules give the same plan, in whatever order they come.
 */
export function planIngest(rules: readonly IngestRule[], options: IngestOptions): IngestPlan {
  const { pack } = options;
  const groups = sourceGroups(rules);
  const keys = shortNames(
    rules.map(({ id }) => id),
    leastKey,
  );
  const keyOf = ({ id }: IngestRule): string => keys.get(id) ?? id;
  const hits = hitTemporaries(pack);
  const texts: RuleTexts = {
    pack,
    names: temporaryFields(groups.flatMap(fieldsOf), pack),
    hits,
    keyOf,
    gateFields: new Set(groups.flatMap(({ gate }) => foldedFields(gate))),
  };
  const staged = [...frameRules(texts), ...groups.flatMap((group) => sourceRules(group, texts))];
  const made = hitsPipeline(rules, keyOf, hits, options);
  return {
    rules: [...staged.map(({ text }) => text), ...made.rules].sort(byName),
    pipelines: [rulesPipeline(staged, pack), ...made.pipelines].sort(byName),
  };
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0;

const fieldsOf = ({ gate, rules }: SourceGroup): readonly string[] =>
  [gate, ...rules.map(({ condition }): Condition => condition)].flatMap(foldedFields);

/** What happens before and after the rules: copies for the gates of log sources, cleaning up. */
function frameRules({ pack, names, gateFields }: RuleTexts): readonly StagedRule[] {
  const remove = `  remove_multiple_fields(pattern: "${temporaryPattern(pack)}");\n`;
  const copies = [...gateFields]
    .sort()
    .map((field) => copyAction(field, names))
    .join('');
  return [
    // no sender can set what only helpers may
    { stage: stages.begin, text: ruleText(`${pack} begin`, 'true', remove + copies, []) },
    { stage: stages.cleanUp, text: ruleText(`${pack} clean up`, 'true', remove, []) },
  ];
}

function rulesPipeline(staged: readonly StagedRule[], pack: string) {
  const byStage = new Map<number, string[]>();
  for (const { stage, text } of staged)
    byStage.set(stage, [...(byStage.get(stage) ?? []), text.name]);
  return pipelineText(
    `${pack} rules`,
    [...byStage]
      .sort(([a], [b]) => a - b)
      .map(([number, names]) => ({ number, match: 'pass', rules: names.sort() })),
  );
}
