import type { Pipeline } from '../pipeline/pipeline.ts';
import type { DiagnosticBag } from '../source/diagnostic.ts';
import type { LoadedConfig } from './config-file.ts';
import { UsageError } from './exit-code.ts';

/** Names that pySigma's backends have for what our targets are. */
const backendNames: ReadonlyMap<string, readonly string[]> = new Map([
  ['graylog', ['lucene', 'opensearch_lucene']],
  ['es-qs', ['lucene', 'opensearch_lucene', 'elasticsearch', 'opensearch']],
  ['xpack-watcher', ['lucene', 'opensearch_lucene', 'elasticsearch', 'opensearch']],
]);

/**
 * The pipelines of each of some targets: those named on the command line (relative to the working directory), else those of the configuration
 * (relative to its folder). A pipeline that is for other targets is left out where it is for at least one of these. Undefined after a complaint.
 */
export async function pipelinesByTarget(
  targets: readonly string[],
  named: readonly string[] | undefined,
  { config, folder }: LoadedConfig,
  bag: DiagnosticBag,
): Promise<ReadonlyMap<string, readonly Pipeline[]> | undefined> {
  const wanted = targets.map((target) => [target, named ?? config.pipelines.get(target) ?? []] as const);
  if (wanted.every(([, names]) => names.length === 0)) return new Map();
  // the reader and its regular expressions are loaded where they are needed
  const { loadPipelines } = await import('./pipeline-files.ts');
  const before = bag.list.length;
  // targets share pipelines: each is read, and complained about, once
  const known = new Map<string, Pipeline | undefined>();
  const loaded = new Map(wanted.map(([target, names]) => [target, loadPipelines(names, named ? process.cwd() : folder, bag, known)]));
  const found = new Map([...loaded].map(([target, pipelines]) => [target, pipelines.filter((pipeline) => isAllowed(target, pipeline))]));
  const used = new Set([...found.values()].flat().map(({ file }) => file.path));
  const foreign = [...loaded.values()].flat().find(({ file }) => !used.has(file.path));
  if (foreign)
    throw new UsageError(
      `the pipeline ${foreign.name} (${foreign.file.path}) is for ${[...foreign.allowedBackends].join(', ')}, not for ${targets.join(', ')}`,
    );
  return bag.list.slice(before).some(({ code }) => code === 'PIP001' || code === 'SIG001') ? undefined : found;
}

function isAllowed(target: string, { allowedBackends }: Pipeline): boolean {
  return allowedBackends.size === 0 || [target, ...(backendNames.get(target) ?? [])].some((name) => allowedBackends.has(name));
}
