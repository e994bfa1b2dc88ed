/**
 * node test/ci/run.ts [STEP...]: the steps of CI, or those named with what they need; the table of
 * their seconds comes last. See .ci/run.
 */
import { parseArgs } from 'node:util';
import { ciSteps } from './ci-steps.ts';
import { runSteps, type Step } from './steps.ts';
import { tableOf } from './table.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'npm-ci': { type: 'string' } },
});
const all = ciSteps();
const unknown = positionals.find((name) => !all.some((step) => step.name === name));
if (unknown !== undefined) {
  console.error(`there is no step ${unknown}; steps: ${all.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

/** The steps named and those that they need, without waits for others. */
function chosen(given: readonly string[]): readonly Step[] {
  const wanted = new Set(given);
  for (const name of wanted)
    for (const need of all.find((step) => step.name === name)?.needs ?? []) wanted.add(need);
  const isChosen = ({ name, ends }: Step): boolean =>
    wanted.has(name) || (ends !== undefined && wanted.has(ends));
  const kept = all.filter(isChosen);
  const names = new Set(kept.map(({ name }) => name));
  return kept.map((step) => ({
    ...step,
    after: (step.after ?? []).filter((name) => names.has(name)),
  }));
}

const run = await runSteps(positionals.length > 0 ? chosen(positionals) : all, (text) =>
  process.stdout.write(text),
);
const before =
  values['npm-ci'] === undefined ? [] : [{ name: 'npm ci', seconds: Number(values['npm-ci']) }];
process.stdout.write(`\n${tableOf(run, before)}`);
if (!run.stopped) process.exitCode = run.done.every(({ result }) => result === 'passed') ? 0 : 1;
