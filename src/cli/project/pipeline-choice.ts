import { noPipeline } from '../../pipeline/bundle.ts';
import { pipelinesFor } from '../../pipeline/for-target.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { DiagnosticBag } from '../../source/diagnostic.ts';
import { CommandError } from '../error/command-error.ts';
import type { LoadedConfig } from '../files/config-file.ts';

/**
 * The pipelines of each of the targets: those named on the command line (relative to the working
 * directory), else those of the configuration (relative to its folder). A pipeline for other
 * targets is left out if it is for at least one of these. A target has no entry if nobody has named
 * pipelines for it, or `none`. Undefined after a diagnostic.
 */
export async function pipelinesByTarget(
  targets: readonly string[],
  named: readonly string[] | undefined,
  { config, file, folder }: LoadedConfig,
  bag: DiagnosticBag,
): Promise<ReadonlyMap<string, readonly Pipeline[]> | undefined> {
  if (named !== undefined && named.length > 1 && named.includes(noPipeline))
    throw new CommandError(`the pipeline ${noPipeline} goes with no other`);
  const wanted = targets.map(
    (target) => [target, named ?? config.pipelines.get(target) ?? []] as const,
  );
  const none = new Map(
    wanted.flatMap(([target, names]): [string, readonly Pipeline[]][] =>
      isNone(names) ? [[target, []]] : [],
    ),
  );
  const some = wanted.filter(([, names]) => names.length > 0 && !isNone(names));
  if (some.length === 0) return none;
  // the reader and its regular expressions are loaded where they are needed
  const { filesOfFolder, isBuiltIn, loadPipelines } = await import('./pipeline-files.ts');
  // targets share pipelines: each is read, and reported, once
  const known = new Map<string, Pipeline | undefined>();
  const from = named ? process.cwd() : folder;
  // the files of a folder count one by one: those for other targets are left out
  const loaded = some.map(([target, names]) => {
    const read = () =>
      names.map((name) => {
        const files = filesOfFolder(name, from);
        return {
          name,
          parts: (files ?? [name]).map((path) => loadPipelines([path], from, bag, known)),
          isFolder: files !== undefined,
        };
      });
    return [target, named ? read() : blaming(`${file.path}: pipelines.${target}`, read)] as const;
  });
  const found = new Map(
    loaded.map(([target, groups]) => [
      target,
      pipelinesFor(
        target,
        groups.flatMap(({ parts }) => parts),
        isBuiltIn,
      ),
    ]),
  );
  const used = new Set([...found.values()].flat().map(({ file }) => file.path));
  for (const { name, parts, isFolder } of loaded.flatMap(([, groups]) => groups)) {
    const all = parts.flat();
    const unused = all.filter(({ file }) => !used.has(file.path)).length;
    if (isFolder ? unused > 0 && unused === all.length : unused > 0)
      throw new CommandError(foreignText(name, all, targets));
  }
  if ([...known.values()].includes(undefined)) return undefined;
  return new Map([...none, ...[...found].filter(([, pipelines]) => pipelines.length > 0)]);
}

/** Says where the names are that lead nowhere. */
function blaming<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof CommandError) throw new CommandError(`${place}: ${error.message}`);
    throw error;
  }
}

/** By the given name: it may be a bundle, some of whose pipelines are for any product. */
function foreignText(name: string, group: readonly Pipeline[], targets: readonly string[]): string {
  const products = [...new Set(group.flatMap(({ allowedBackends }) => [...allowedBackends]))];
  return `the pipeline ${name} is for ${products.join(', ')}, not for ${targets.join(', ')}`;
}

const isNone = (names: readonly string[]): boolean => names.length === 1 && names[0] === noPipeline;
