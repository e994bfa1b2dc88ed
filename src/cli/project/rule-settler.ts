import { createProcessor } from '../../pipeline/run/process.ts';
import { unlessConstant } from '../../pipeline/run/target-compiler.ts';
import { createWrittenSettler, hasPlaceholders } from '../../pipeline/run/written-rules.ts';
import { createCombiner, createSettler, type SettledRule } from '../../query/compile.ts';
import type { Collection, Rule } from '../../sigma/collection/collection.ts';
import { createBag, type DiagnosticBag } from '../../source/diagnostic.ts';
import { pipelinesByTarget } from './pipeline-choice.ts';
import type { Project } from './project.ts';

/** Undefined where the rule has been reported. */
export type Settle = (rule: Rule) => SettledRule | undefined;

/**
 * Rules as written, with the values that the project's pipelines give to placeholders, those of
 * `targets` first. Undefined where a pipeline is wrong, which `bag` then reports.
 */
export async function writtenSettler(
  project: Project,
  collection: Collection,
  bag: DiagnosticBag,
  targets?: readonly string[],
): Promise<Settle | undefined> {
  const { config } = project.loaded;
  const { placeholders } = config;
  // pipelines that change nothing are not even read
  if (!hasPlaceholders(collection)) return createSettler(collection, { placeholders, bag });
  const { pipeline: named } = project.request;
  const asked = [...new Set([...config.targets, ...(named ? [] : config.pipelines.keys())])].filter(
    (target) => !project.pipelines.has(target),
  );
  const more = await pipelinesByTarget(asked, named, project.loaded, bag);
  if (!more) return undefined;
  return createWrittenSettler({
    collection,
    placeholders,
    bag,
    pipelines: new Map([...project.pipelines, ...more]),
    targets: targets ?? config.targets,
  });
}

/**
 * Rules as the pipelines of a target make them, for which the project was opened. Those whose truth
 * no event changes are reported, and left out as in its pack, unless `keepsConstant`.
 */
export function targetSettler(
  { loaded, pipelines }: Project,
  collection: Collection,
  bag: DiagnosticBag,
  target: string,
  { keepsConstant = false } = {},
): Settle {
  const { placeholders, unmatchable } = loaded.config;
  const list = pipelines.get(target) ?? [];
  const settle = createSettler(collection, {
    placeholders,
    bag,
    keepPlaceholders: list.length > 0,
  });
  const process = list.length > 0 ? createProcessor(list, { bag }) : undefined;
  // what it reports, the one who asks for the rule reports as well
  const combine = createCombiner(createBag());
  return (rule) => {
    const settled = settle(rule);
    const processed = process && settled ? process(settled) : settled;
    const compiled = processed && collection.standsAlone(rule) ? combine(processed) : undefined;
    if (!compiled) return processed;
    const targeted = unlessConstant(compiled, target, { bag, unmatchable });
    return keepsConstant || (targeted.ok && !targeted.value.off) ? processed : undefined;
  };
}
