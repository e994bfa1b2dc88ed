import { bundles } from '../../../pipeline/bundle.ts';
import { unprovedNames } from '../../../pipeline/unproved.ts';
import { createBag } from '../../../source/diagnostic.ts';
import { builtInNames, loadPipelines } from '../../project/pipeline-files.ts';
import type { Listed } from './listed.ts';

/** The built-in pipelines: bundles first. */
export function listedPipelines(): readonly Listed[] {
  const bag = createBag();
  const single = builtInNames().map((name): Listed => {
    const [pipeline] = loadPipelines([name], '.', bag);
    return {
      name,
      description: pipeline?.name ?? '',
      unproved: unprovedNames(pipeline?.items ?? []),
    };
  });
  const unprovedOf = new Map(single.map(({ name, unproved = [] }) => [name, unproved]));
  const bundled = Array.from(bundles, ([name, { description, pipelines }]): Listed => {
    const unproved = [...new Set(pipelines.flatMap((one) => unprovedOf.get(one) ?? []))].sort();
    return { name, description, pipelines, unproved };
  });
  return [...bundled, ...single];
}
