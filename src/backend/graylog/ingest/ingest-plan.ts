import { printCondition } from '../pipeline-rule/print.ts';
import { hitActions } from './actions.ts';
import type { IngestOptions, IngestRule } from './ingest-rule.ts';
import { type PipelineRuleText, type PipelineText, pipelineText, ruleText } from './texts.ts';

/** Everything that a pack brings for Graylog's pipeline processor; sorted by name. */
export interface IngestPlan {
  readonly rules: readonly PipelineRuleText[];
  readonly pipelines: readonly PipelineText[];
}

/**
 * The pipelines of rules and the pipeline rules in them. The same rules give the same plan, in
 * whatever order they come.
 */
export function planIngest(rules: readonly IngestRule[], options: IngestOptions): IngestPlan {
  const texts = rules
    .map((rule) =>
      ruleText(
        `${options.pack} ${rule.id.slice(0, 8)}`,
        printCondition(rule.condition, () => undefined),
        hitActions(rule, options),
        [rule.id],
      ),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const cleanUp = ruleText(
    `${options.pack} clean up`,
    'true',
    '  remove_multiple_fields(pattern: "sigpack_.*");\n',
    [],
  );
  const pipeline = pipelineText(`${options.pack} rules`, [
    { number: 1, match: 'pass', rules: texts.map(({ name }) => name) },
    { number: 9, match: 'pass', rules: [cleanUp.name] },
  ]);
  return { rules: [cleanUp, ...texts], pipelines: [pipeline] };
}
