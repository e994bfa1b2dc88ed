import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSlow } from '../ci/slow-tests.ts';
import type { Step } from '../ci/steps.ts';
import { vitest } from '../ci/vitest.ts';
import { root } from './places.ts';

/** Seconds of CPU of the dearest files; the others take a few. */
const dearest: Readonly<Record<string, number>> = {
  'install-faults.test.ts': 56,
  'two-at-once.test.ts': 29,
  'install-shapes.test.ts': 27,
  'npm-sigpack.test.ts': 24,
  'install-echo.test.ts': 22,
  'release.test.ts': 20,
  'tutorials.test.ts': 14,
  'fuzz.test.ts': 14,
  'terminal-lines.test.ts': 14,
  'init-ci.test.ts': 13,
  'killed-runs.test.ts': 12,
  'github-action.test.ts': 12,
  'pipeline-bounds.test.ts': 12,
  'install-adopt.test.ts': 12,
  'install-links.test.ts': 12,
  'rule-set-pipelines.test.ts': 12,
  'graylog-pipeline-property.test.ts': 12,
  'install-disk.test.ts': 10,
  'unheard-settings.test.ts': 10,
  'splunk-grouped.test.ts': 10,
  'install-ingest.test.ts': 9,
  'graylog-pipeline-rules.test.ts': 9,
  'plugin.test.ts': 8,
  'starter-pack.test.ts': 8,
  'match-correlation.test.ts': 7,
  'correlation-day.test.ts': 7,
  'rule-set-lucene.test.ts': 7,
  'blank-events.test.ts': 7,
  'match-index.test.ts': 6,
  'test-command.test.ts': 6,
  'install-graylog.test.ts': 5,
  'same-bytes.test.ts': 5,
  'choice.test.ts': 5,
};
const others = 3;

/**
 * The slow tests, and those of which `npm test` tries a spread: a kill at every call, every fault
 * at every request. In halves, which take the same CPU.
 */
export const everyFault = (): readonly Step[] =>
  halves(thoroughTests()).map((files, index) => ({
    name: `every fault, ${index + 1}/2`,
    command: vitest(['quick', 'slow'], '--maxWorkers=1', ...files.map((name) => `test/${name}`)),
    env: { SIGPACK_FAULTS: 'all' },
    limit: 2400,
  }));

/** Each file, dearest first, to the half that has less. */
function halves(files: readonly string[]): readonly (readonly string[])[] {
  const costOf = (name: string): number => dearest[name] ?? others;
  const made = [0, 1].map(() => ({ cost: 0, names: [] as string[] }));
  for (const name of [...files].sort((a, b) => costOf(b) - costOf(a))) {
    const least = made.reduce((one, other) => (other.cost < one.cost ? other : one));
    least.cost += costOf(name);
    least.names.push(name);
  }
  return made.map(({ names }) => names);
}

/** `package by npm` runs it. */
const ranAlone = 'package.test.ts';

function thoroughTests(): readonly string[] {
  const files = readdirSync(join(root, 'test')).filter((name) => name.endsWith('.ts'));
  const imported = new Map(files.map((name) => [name, importsOf(name)]));
  const thorough = files.filter(
    (name) =>
      name.endsWith('.test.ts') &&
      name !== ranAlone &&
      (isSlow(name) || isThorough(name, imported)),
  );
  const gone = Object.keys(dearest).find((name) => !thorough.includes(name));
  if (gone !== undefined) throw new Error(`${gone} is not a test of every fault`);
  return thorough.sort();
}

const importsOf = (name: string): readonly string[] =>
  [...readFileSync(join(root, 'test', name), 'utf8').matchAll(/from '\.\/([\w-]+\.ts)'/g)].flatMap(
    ([, file]) => file ?? [],
  );

/** Whether a file in `test/` asks how much it has to try, itself or by a helper of a helper. */
function isThorough(name: string, imported: ReadonlyMap<string, readonly string[]>): boolean {
  const reached = new Set([name]);
  for (const file of reached) for (const next of imported.get(file) ?? []) reached.add(next);
  return reached.has('thoroughness.ts');
}
