import type { Pipeline } from './pipeline.ts';

/** Names that pySigma's backends have for Sigpack's targets. */
const backendNames: ReadonlyMap<string, readonly string[]> = new Map([
  ['graylog', ['lucene', 'opensearch_lucene']],
  ['es-qs', ['lucene', 'opensearch_lucene', 'elasticsearch', 'opensearch']],
  ['xpack-watcher', ['lucene', 'opensearch_lucene', 'elasticsearch', 'opensearch']],
]);

/**
 * The pipelines of each name that are for the target. Of a bundle for another product, those for
 * any product are left out too: alone they give no field a name.
 */
export function pipelinesFor(
  target: string,
  groups: readonly (readonly Pipeline[])[],
  isBuiltIn: (pipeline: Pipeline) => boolean,
): readonly Pipeline[] {
  const left = groups
    .filter((group) => !isForeign(target, group))
    .flatMap((group) => group.filter((pipeline) => isAllowed(target, pipeline)));
  const distinct = [...new Set(left)];
  const helpers = distinct.every(
    (pipeline) => pipeline.allowedBackends.size === 0 && isBuiltIn(pipeline),
  );
  return helpers && isForeign(target, groups.flat()) ? [] : distinct;
}

/** True where some are for products, but none for that of the target. */
function isForeign(target: string, pipelines: readonly Pipeline[]): boolean {
  const ofProducts = pipelines.filter(({ allowedBackends }) => allowedBackends.size > 0);
  return ofProducts.length > 0 && !ofProducts.some((pipeline) => isAllowed(target, pipeline));
}

function isAllowed(target: string, { allowedBackends }: Pipeline): boolean {
  return (
    allowedBackends.size === 0 ||
    [target, ...(backendNames.get(target) ?? [])].some((name) => allowedBackends.has(name))
  );
}
