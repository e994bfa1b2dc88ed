import type { Diff } from '../../release/diff/diff.ts';
import type { SideChange } from '../../release/diff/side-change.ts';
import type { Collection } from '../../sigma/collection/collection.ts';
import { createBag } from '../../source/diagnostic.ts';
import type { Project } from '../project/project.ts';

/** The rules of one side of a diff. */
export interface BuiltSide {
  readonly project: Project;
  readonly collection: Collection;
}

/**
 * Runs the tests of the new side with the rules of both, and returns the events that only one of
 * the sides finds.
 */
export async function sideChanges(
  before: BuiltSide,
  after: BuiltSide,
  { changes }: Diff,
): Promise<readonly SideChange[]> {
  const changed = new Map(
    changes
      .filter(({ kinds }) => kinds.includes('meaning'))
      .map(({ id, after: now }) => [id, now?.title ?? '']),
  );
  if (changed.size === 0) return [];
  const { terminal, loaded } = after.project;
  terminal.progress(0, 0, 'running tests');
  const [{ defaultPaths }, { findTestFiles, readCases }, { runTests }, { writtenSettler }] =
    await Promise.all([
      import('./session.ts'),
      import('./files.ts'),
      import('./run.ts'),
      import('../project/rule-settler.ts'),
    ]);
  const bag = createBag();
  const tests = findTestFiles(defaultPaths(loaded), bag).map((path) => ({
    path,
    cases: readCases(path, bag),
  }));
  const run = async ({ project, collection }: BuiltSide) => {
    const settle = await writtenSettler(project, collection, bag);
    return (
      settle && (await runTests({ tests, collection, settle, coverage: false, bag, now: () => 0 }))
    );
  };
  const [old, now] = [await run(before), await run(after)];
  terminal.clear();
  if (!old || !now) return [];
  return now.results.flatMap((result, index): readonly SideChange[] => {
    const was = old.results[index];
    const id = result.rule?.id;
    if (
      !was ||
      id === undefined ||
      !changed.has(id) ||
      was.rule?.id !== id ||
      was.outcome === 'error' ||
      result.outcome === 'error'
    )
      return [];
    if (was.matches === result.matches) return [];
    return [
      {
        id,
        title: changed.get(id) ?? '',
        test: result.test.name,
        before: was.matches,
        after: result.matches,
        events: result.events,
      },
    ];
  });
}
