import { bundles, noPipeline } from '../pipeline/bundle.ts';
import { pipelinesFor } from '../pipeline/for-target.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { readPipeline } from '../pipeline/read-pipeline.ts';
import type { DiagnosticBag } from '../source/diagnostic.ts';
import { failed } from '../source/result.ts';
import type { SourceFile } from '../source/span.ts';

/** Reads built-in pipelines once, however many rules ask for them. */
export interface PipelineShelf {
  /** Undefined for a name that is neither a pipeline nor a bundle. */
  readonly named: (name: string) => readonly Pipeline[] | undefined;
}

const folder = 'pipelines/';
const isBuiltIn = ({ file }: Pipeline): boolean => file.path.startsWith(folder);

export function createPipelineShelf(
  texts: Readonly<Record<string, string>>,
  bag: DiagnosticBag,
): PipelineShelf {
  const known = new Map<string, readonly Pipeline[]>();
  const one = (name: string): readonly Pipeline[] => {
    const before = known.get(name);
    if (before) return before;
    const text = Object.hasOwn(texts, name) ? (texts[name] ?? '') : '';
    const read = pipelineOf({ path: `${folder}${name}.yml`, text }, bag);
    const list = read ? [read] : [];
    known.set(name, list);
    return list;
  };
  return {
    named(name) {
      const bundle = bundles.get(name);
      if (bundle) return bundle.pipelines.flatMap(one);
      return Object.hasOwn(texts, name) ? one(name) : undefined;
    },
  };
}

/** A pipeline that reads no other files. */
export const pipelineOf = (file: SourceFile, bag: DiagnosticBag): Pipeline | undefined =>
  readPipeline(file, bag, { readText: () => failed('outside') });

/**
 * The pipelines of each target by the names that were chosen for it, and the pasted one behind
 * them. A target without any has no entry. Names that are not built in go to `unknown`.
 */
export function chosenByTarget(
  chosen: ReadonlyMap<string, readonly string[]>,
  pasted: Pipeline | undefined,
  shelf: PipelineShelf,
  unknown: (target: string, name: string) => void,
): ReadonlyMap<string, readonly Pipeline[]> {
  const byTarget = new Map<string, readonly Pipeline[]>();
  for (const [target, names] of chosen) {
    const groups = names
      .filter((name) => name !== noPipeline)
      .flatMap((name) => {
        const found = shelf.named(name);
        if (!found) unknown(target, name);
        return found ? [found] : [];
      });
    const list = pipelinesFor(target, pasted ? [...groups, [pasted]] : groups, isBuiltIn);
    if (list.length > 0) byTarget.set(target, list);
    else if (names.includes(noPipeline)) byTarget.set(target, []);
  }
  return byTarget;
}
