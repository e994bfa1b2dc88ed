import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultTargetSettings, targets } from '../src/backend/registry.ts';
import { createProcessor } from '../src/pipeline/run/process.ts';
import { createCombiner, createSettler, type SettledRule } from '../src/query/compile.ts';
import type { Collection } from '../src/sigma/collection/collection.ts';
import type { Pattern } from '../src/sigma/value/pattern.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { builtInPipeline, pipelineFolder } from './built-in-pipelines.ts';

type Target = 'splunk' | 'graylog' | 'ecs';

/** Names of the built-in pipelines that are not for Windows. */
export const otherPipelines = readdirSync(pipelineFolder).flatMap((name) =>
  /^(?:splunk|graylog|ecs)-.*\.yml$/.test(name) && !/windows|cim/.test(name)
    ? [name.replace(/\.yml$/, '')]
    : [],
);

/** The page about them; the formatter pads the cells of tables. */
export const otherPipelinesPage = readFileSync(
  join(pipelineFolder, '..', 'docs', 'pipelines-other.md'),
  'utf8',
).replace(/ +/g, ' ');

/** The detections of a collection that are not for Windows. */
export function otherRules(
  collection: Collection,
  placeholders: ReadonlyMap<string, readonly Pattern[]>,
): readonly SettledRule[] {
  const settle = createSettler(collection, {
    placeholders,
    bag: createBag(),
    keepPlaceholders: true,
  });
  return collection.rules.flatMap((rule) =>
    rule.kind === 'detection' && rule.logsource.product !== 'windows' ? (settle(rule) ?? []) : [],
  );
}

const processorOf = (target: Target) =>
  createProcessor(
    otherPipelines.filter((name) => name.startsWith(`${target}-`)).map(builtInPipeline),
    { bag: createBag() },
  );

function sourceOf(rule: SettledRule): string {
  if (rule.kind !== 'detection') return '';
  const { product, category, service } = rule.rule.logsource;
  return [product, category, service].filter((part) => part !== undefined).join(' ');
}

/**
 * Fields that the pipelines of a target have no name for, by log source, and log sources that they
 * know no place for.
 */
export function unmappedFields(rules: readonly SettledRule[], target: Target) {
  const process = processorOf(target);
  const fields = new Map<string, Set<string>>();
  const withoutScope = new Set<string>();
  for (const rule of rules) {
    const processed = process(rule);
    if (!processed?.processing) continue;
    const source = sourceOf(rule);
    if (!processed.processing.state.has('splunk_scope')) withoutScope.add(source);
    for (const field of processed.processing.unmapped)
      fields.set(source, (fields.get(source) ?? new Set()).add(field));
  }
  return { fields, withoutScope: [...withoutScope].sort() };
}

/** The same as the page's table under a heading has it. */
export function documentedFields(heading: string): ReadonlyMap<string, ReadonlySet<string>> {
  const section = otherPipelinesPage.split(`### ${heading}\n`)[1]?.split(/\n##/)[0] ?? '';
  const found = new Map<string, Set<string>>();
  for (const [, source = '', fields = ''] of section.matchAll(
    /^\| ([a-z][^|]*) \| ([^|]+) \| [^|]+ \|$/gm,
  )) {
    found.set(source, new Set([...(found.get(source) ?? []), ...fields.split(' ')]));
  }
  return found;
}

/** Which of the fields of a rule the pipelines of a target say that no event has. */
export function lackedFields(rule: SettledRule | undefined, target: Target): readonly string[] {
  return (rule && processorOf(target)(rule)?.processing?.absent) ?? [];
}

/** Of which only Splunk knows no place. */
export const withoutPlace = [
  'bitbucket audit',
  'database',
  ...[
    'django',
    'jvm',
    'nodejs',
    'opencanary',
    'python',
    'ruby_on_rails',
    'spring',
    'sql',
    'velocity',
  ].map((name) => `${name} application`),
];

/** The query of a rule after the pipelines of a target. */
export function queryAfterPipelines(target: Target, rule: SettledRule | undefined): string {
  const processed = rule && processorOf(target)(rule);
  const compiled = processed && createCombiner(createBag())(processed);
  const conversion =
    compiled &&
    targets
      .find(({ name }) => name === (target === 'ecs' ? 'es-qs' : target))
      ?.convert(compiled, defaultTargetSettings);
  return conversion?.ok ? conversion.value.queries.join('\n') : '';
}
