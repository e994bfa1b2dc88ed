import { valueText } from '../../../source/record.ts';
import { type Json, listOf, referenceValue } from '../../render/json-value.ts';
import { checkKeys, checkValue, type PackNames } from '../event-definition-check.ts';

/** What of a pack its pipelines refer to and what refers to them, while its entities come in. */
export interface PipelineNames {
  readonly rules: Set<string>;
  readonly used: Set<string>;
  /** Titles of streams that rules put messages in. */
  readonly routes: Set<string>;
}

export const newPipelineNames = (): PipelineNames => ({
  rules: new Set(),
  used: new Set(),
  routes: new Set(),
});

/** The server's parser holds the whole source, and MongoDB one document of 16 MiB. */
const longestSource = 4 * 1024 * 1024;

const ruleKeys = { title: 0, description: 0, source: 0 };
const pipelineKeys = { ...ruleKeys, connected_streams: 0 };
const streamKeys = {
  title: 0,
  description: 0,
  disabled: 0,
  matching_type: 0,
  stream_rules: 0,
  alert_conditions: 0,
  alarm_callbacks: 0,
  outputs: 0,
  default_stream: 0,
  remove_matches: 0,
};

/**
 * Adds the reasons against the `data` of a pipeline rule. The server parses it at installation and
 * finds it by the name in its source, which must be its title.
 */
export function checkPipelineRule(
  data: Json,
  names: PackNames,
  { rules, routes }: PipelineNames,
  reasons: string[],
): void {
  const source = checkNamed(data, ruleKeys, names, 'rule', reasons);
  const title = valueText(referenceValue(data.title));
  if (rules.has(title)) reasons.push('another pipeline rule of the pack has the title');
  rules.add(title);
  if (!(/\nwhen\s/.test(source) && /\nthen\s/.test(source) && endsWell(source)))
    reasons.push('the source is not `rule "..." when ... then ... end`');
  for (const [, name = ''] of source.matchAll(/\broute_to_stream\(name: "((?:[^"\\]|\\.)*)"/g))
    routes.add(unescaped(name));
}

/** Adds the reasons against the `data` of a pipeline. */
export function checkPipeline(
  data: Json,
  names: PackNames,
  { used }: PipelineNames,
  reasons: string[],
): void {
  const source = checkNamed(data, pipelineKeys, names, 'pipeline', reasons);
  if (!(/\nstage -?\d+ match (?:all|either|pass)\n/.test(source) && endsWell(source)))
    reasons.push('the source is not `pipeline "..." stage ... match ... end`');
  for (const [, name = ''] of source.matchAll(/^ *rule "((?:[^"\\]|\\.)*)";?\s*$/gm))
    used.add(unescaped(name));
  if (!Array.isArray(data.connected_streams)) reasons.push('connected_streams is not a list');
  for (const reference of listOf(data.connected_streams))
    if (!names.streams.has(valueText(referenceValue(reference))))
      reasons.push(`connected_streams names ${referenceValue(reference)}, no stream of the pack`);
}

/** Adds the reasons against the `data` of a stream that the pack brings. */
export function checkStream(data: Json, names: PackNames, reasons: string[]): void {
  checkKeys(data, streamKeys, names.minimum, 'data', reasons);
  for (const key in streamKeys) if (!(key in data)) reasons.push(`data.${key} is missing`);
  for (const key of ['title', 'description', 'matching_type'])
    checkValue(data, key, 'string', names, reasons);
  for (const key of ['disabled', 'default_stream', 'remove_matches'])
    checkValue(data, key, 'boolean', names, reasons);
  if (referenceValue(data.title) === '') reasons.push('a stream needs a title');
}

/** What only shows when all entities are known. `streams`: titles of those that the pack has. */
export function pipelineReasons(
  { rules, used, routes }: PipelineNames,
  streams: ReadonlySet<string>,
): readonly string[] {
  const missing = [...used].find((name) => !rules.has(name));
  const idle = [...rules].find((name) => !used.has(name));
  const nowhere = [...routes].find((title) => !streams.has(title));
  return [
    ...(missing === undefined ? [] : [`a pipeline names the rule "${missing}", which is missing`]),
    ...(idle === undefined ? [] : [`no pipeline names the rule "${idle}"`]),
    ...(nowhere === undefined
      ? []
      : [`a rule puts messages in the stream "${nowhere}", which the pack lacks`]),
  ];
}

function checkNamed(
  data: Json,
  keys: Readonly<Record<string, number>>,
  names: PackNames,
  kind: 'rule' | 'pipeline',
  reasons: string[],
): string {
  checkKeys(data, keys, names.minimum, 'data', reasons);
  for (const key in keys) if (!(key in data)) reasons.push(`data.${key} is missing`);
  for (const key of ['title', 'description', 'source'])
    checkValue(data, key, 'string', names, reasons);
  const source = valueText(referenceValue(data.source) ?? '');
  if (source.length > longestSource)
    reasons.push(`the source has ${source.length} characters, more than ${longestSource}`);
  const name = new RegExp(`^${kind} "((?:[^"\\\\]|\\\\.)*)"`).exec(source)?.[1];
  if (name === undefined || unescaped(name) !== referenceValue(data.title))
    reasons.push('the title is not the name in the source');
  return source;
}

const endsWell = (source: string): boolean => source.trimEnd().endsWith('\nend');

/** A text of the rule language without its escapes. */
const unescaped = (text: string): string =>
  text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, code?: string, char = '') =>
    code === undefined ? char : String.fromCharCode(Number.parseInt(code, 16)),
  );
