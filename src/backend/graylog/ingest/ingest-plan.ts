import { levels } from '../../../sigma/rule/rule.ts';
import type { Condition } from '../pipeline-rule/condition.ts';
import { fieldValue } from '../pipeline-rule/text.ts';
import { levelField } from './actions.ts';
import { foldedFields } from './free-tests.ts';
import type { IngestOptions, IngestRule } from './ingest-rule.ts';
import { type SourceGroup, sourceGroups } from './source-groups.ts';
import { copyAction, sourcePipelines, stages } from './source-pipelines.ts';
import { type TemporaryFields, temporaryFields, temporaryPattern } from './temporary-fields.ts';
import { type IngestPlan, pipelineText, ruleText } from './texts.ts';

/**
 * The pipelines of rules and the pipeline rules in them. A message is asked for its log source
 * first; then its fields are copied and their literals found, once for all rules; then the rules
 * that need one of the literals are asked. Sorted by name: the same rules give the same plan, in
 * whatever order they come.
 */
export function planIngest(rules: readonly IngestRule[], options: IngestOptions): IngestPlan {
  const groups = sourceGroups(rules);
  const names = temporaryFields(groups.flatMap(fieldsOf), options.pack);
  const frame = framePipeline(groups, names, options);
  const parts = [frame, ...groups.map((group) => sourcePipelines(group, names, options))];
  return {
    rules: parts.flatMap((part) => part.rules).sort(byName),
    pipelines: parts.flatMap((part) => part.pipelines).sort(byName),
  };
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0;

const fieldsOf = ({ gate, rules }: SourceGroup): readonly string[] =>
  [gate, ...rules.map(({ condition }): Condition => condition)].flatMap(foldedFields);

/**
 * What happens before and after the log sources: copies for their gates, the level, cleaning up.
 */
function framePipeline(
  groups: readonly SourceGroup[],
  names: TemporaryFields,
  { pack }: IngestOptions,
): IngestPlan {
  const gateFields = [...new Set(groups.flatMap(({ gate }) => foldedFields(gate)))].sort();
  const remove = `  remove_multiple_fields(pattern: "${temporaryPattern(pack)}");\n`;
  const copies = gateFields.map((field) => copyAction(field, names)).join('');
  // no sender can set what only helpers may
  const begin = ruleText(`${pack} begin`, 'true', remove + copies, []);
  const known = [...levels].reverse().map((level) => fieldValue(levelField(level)));
  const highest = `  set_field("sigma_level", first_non_null([${known.join(', ')}]));\n`;
  const level = ruleText(`${pack} level`, hasLevel, highest, []);
  const cleanUp = ruleText(`${pack} clean up`, 'true', remove, []);
  const pipeline = pipelineText(`${pack} frame`, [
    { number: stages.gateCopies, match: 'pass', rules: [begin.name] },
    { number: stages.level, match: 'pass', rules: [level.name] },
    { number: stages.cleanUp, match: 'pass', rules: [cleanUp.name] },
  ]);
  return { rules: [begin, level, cleanUp], pipelines: [pipeline] };
}

const hasLevel = levels
  .map((level) => `"${level}" == ${fieldValue(levelField(level))}`)
  .join(' || ');
