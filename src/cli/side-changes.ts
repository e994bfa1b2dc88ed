import type { Diff } from '../release/diff.ts';
import type { SideChange } from '../release/side-change.ts';
import type { Collection } from '../sigma/collection.ts';
import { createBag } from '../source/diagnostic.ts';
import type { LoadedConfig } from './config-file.ts';
import type { Terminal } from './terminal.ts';

/** Runs the tests of the new side with the rules of both, and tells which of their events are found by one alone. */
export async function sideChanges(
  before: Collection,
  { loaded, collection: after }: { readonly loaded: LoadedConfig; readonly collection: Collection },
  { changes }: Diff,
  terminal: Terminal,
): Promise<readonly SideChange[]> {
  const changed = new Map(changes.filter(({ kinds }) => kinds.includes('meaning')).map(({ id, after: now }) => [id, now?.title ?? '']));
  if (changed.size === 0) return [];
  terminal.progress(0, 0, 'running tests');
  const [{ defaultPaths }, { findTestFiles, readCases }, { runTests }] = await Promise.all([
    import('./test-session.ts'),
    import('./test-files.ts'),
    import('./test-run.ts'),
  ]);
  const bag = createBag();
  const tests = findTestFiles(defaultPaths(loaded), bag).map((path) => ({ path, cases: readCases(path, bag) }));
  const run = (collection: Collection) => runTests({ tests, collection, config: loaded.config, coverage: false, bag, now: () => 0 });
  const [old, now] = [await run(before), await run(after)];
  terminal.clear();
  return now.results.flatMap((result, index): readonly SideChange[] => {
    const was = old.results[index];
    const id = result.rule?.id;
    if (!was || id === undefined || !changed.has(id) || was.rule?.id !== id || was.outcome === 'error' || result.outcome === 'error') return [];
    if (was.matches === result.matches) return [];
    return [{ id, title: changed.get(id) ?? '', test: result.test.name, before: was.matches, after: result.matches, events: result.events }];
  });
}
