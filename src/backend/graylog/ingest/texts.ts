import { quoted } from '../pipeline-rule/text.ts';
import { digestOf } from './short-names.ts';

/** One pipeline rule of Graylog. */
export interface PipelineRuleText {
  /** As in its source, and its title; it has a digest of the source. */
  readonly name: string;
  /** `rule "<name>" when ... then ... end`. */
  readonly source: string;
  /** The ids of the rules that it is of; of a rule that only prepares, none. */
  readonly ids: readonly string[];
}

/** One pipeline of Graylog. */
export interface PipelineText {
  readonly name: string;
  /** `pipeline "<name>" stage 0 match pass rule "..." ... end`. */
  readonly source: string;
}

/** Everything that a pack brings for Graylog's pipeline processor, or a part of it. */
export interface IngestPlan {
  readonly rules: readonly PipelineRuleText[];
  readonly pipelines: readonly PipelineText[];
}

/**
 * A pipeline rule whose name ends with a digest of the rest: a server refuses another source under
 * a name that it has.
 */
export function ruleText(
  label: string,
  condition: string,
  actions: string,
  ids: readonly string[],
): PipelineRuleText {
  const body = `when\n  ${condition}\nthen\n${actions}end\n`;
  const name = `${label} ${digestOf(body, 8)}`;
  return { name, source: `rule ${quoted(name)}\n${body}`, ids };
}

export interface StageText {
  readonly number: number;
  /** `pass`: the pipeline goes on, whatever its rules say; `all`: only if all of them hold. */
  readonly match: 'all' | 'pass';
  /** Names. */
  readonly rules: readonly string[];
}

/**
 * A pipeline whose name ends with a digest of the rest: a new version is made beside the one that
 * is connected, and takes its place in one step.
 */
export function pipelineText(label: string, stages: readonly StageText[]): PipelineText {
  const lines = stages.flatMap(({ number, match, rules }) => [
    `stage ${number} match ${match}`,
    ...rules.map((rule) => `  rule ${quoted(rule)};`),
  ]);
  const body = `${lines.join('\n')}\nend\n`;
  const name = `${label} ${digestOf(body, 8)}`;
  return { name, source: `pipeline ${quoted(name)}\n${body}` };
}
