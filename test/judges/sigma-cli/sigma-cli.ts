/**
 * Compares what Sigpack and sigma-cli (pySigma) make of every rule of the corpus, for Splunk and
 * for Lucene, under the same pipelines, by the meaning of the queries. Writes docs/differences.md;
 * fails for a difference that no class explains, and for a class that nothing falls in. Usage: node
 * test/judges/sigma-cli/sigma-cli.ts [--only RUN]   needs setup.sh sigma-cli. A failure lists rules
 * and what is different.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shared } from '../corpus.ts';
import { compare, type Finding, wouldNotice } from './compare.ts';
import { type Answer, ourConverter, type Run } from './our-queries.ts';
import { differencesPage, type RuleResult, type RunResult } from './page.ts';
import { cliOutput, theirAnswers, versions } from './their-queries.ts';
import { verdicts } from './verdicts.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const own = (name: string): string => join(import.meta.dirname, 'pipelines', `${name}.yml`);
const builtIn = (name: string): string => join(root, 'pipelines', `${name}.yml`);

const allRuns: readonly Run[] = [
  { name: 'splunk', backend: 'splunk', pipelines: [] },
  { name: 'splunk, fields', backend: 'splunk', pipelines: [own('fields')] },
  { name: 'splunk, values', backend: 'splunk', pipelines: [own('values')] },
  {
    name: 'splunk, windows-sysmon and splunk-windows-xml',
    backend: 'splunk',
    pipelines: [builtIn('windows-sysmon'), builtIn('splunk-windows-xml')],
  },
  {
    name: 'splunk, windows-security and splunk-windows-classic',
    backend: 'splunk',
    pipelines: [builtIn('windows-security'), builtIn('splunk-windows-classic')],
  },
  { name: 'lucene', backend: 'lucene', pipelines: [] },
  { name: 'lucene, fields', backend: 'lucene', pipelines: [own('fields')] },
  { name: 'lucene, values', backend: 'lucene', pipelines: [own('values')] },
  { name: 'lucene, ecs', backend: 'lucene', pipelines: [own('ecs')] },
  {
    name: 'lucene, windows-sysmon and ecs-windows',
    backend: 'lucene',
    pipelines: [builtIn('windows-sysmon'), builtIn('ecs-windows')],
  },
  {
    name: 'lucene, graylog-windows-nxlog',
    backend: 'lucene',
    pipelines: [builtIn('graylog-windows-nxlog')],
  },
];

const shown = 20;

function rulePaths(): readonly string[] {
  const corpus = join(shared, 'corpus');
  const folders = readdirSync(corpus).filter((name) => name.startsWith('rules'));
  return folders.sort().flatMap((folder) => {
    const names = readdirSync(join(corpus, folder), { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.yml'),
    );
    return names.sort().map((name) => join(corpus, folder, name));
  });
}

/** What runs make of a rule, one after the other: where they make the same, the judge looks once. */
function judgeRule(
  path: string,
  answersOf: (run: Run) => Readonly<Record<'ours' | 'theirs', ReadonlyMap<string, Answer>>>,
): readonly RuleResult[] {
  const none: Answer = { queries: [], error: 'no answer' };
  const found = new Map<string, Finding>();
  return runs.map((run) => {
    const answers = answersOf(run);
    const [ours, theirs] = [answers.ours.get(path) ?? none, answers.theirs.get(path) ?? none];
    const same = JSON.stringify([run.backend, ours, theirs]);
    const finding = found.get(same) ?? compare(run.backend, ours, theirs);
    found.set(same, finding);
    return { path, ours, theirs, finding };
  });
}

/** Whether the command line prints what the library made of the same rules. */
function cliAgrees({ run, rules }: RunResult): boolean {
  const sample = rules
    .filter(({ theirs }) => theirs.error === undefined)
    .filter((_, index) => index % 97 === 0);
  const printed = cliOutput(
    run,
    sample.map(({ path }) => path),
  );
  const made = sample.flatMap(({ theirs }) => theirs.queries);
  const words = (text: string): string => text.replace(/\s+/g, ' ').trim();
  const agrees = words(printed) === words(made.join(' '));
  console.log(
    `${run.name}: the command line ${agrees ? 'agrees' : 'DOES NOT AGREE'} with the library on ${sample.length} rules`,
  );
  return agrees;
}

function tell({ run, rules }: RunResult): boolean {
  const count = (kind: Finding['kind']): number =>
    rules.filter(({ finding }) => finding.kind === kind).length;
  const unexplained = rules.filter(({ finding }) => finding.kind === 'unexplained');
  console.log(
    `${run.name}: ${count('same')} same, ${count('explained')} explained, ${count('both refuse')} refused by both, ${unexplained.length} UNEXPLAINED`,
  );
  for (const { path, finding, ours, theirs } of unexplained.slice(0, shown)) {
    if (finding.kind !== 'unexplained') continue;
    console.log(
      `  ${path}\n    ${finding.reason}\n    ours: ${ours.queries.join(' ;; ').slice(0, 1600)}\n    theirs: ${theirs.queries.join(' ;; ').slice(0, 1600)}`,
    );
  }
  return unexplained.length === 0;
}

/**
 * Whether the judge can fail: one test of each of their queries is damaged, and must not go
 * unnoticed.
 */
function canFail({ run, rules }: RunResult): boolean {
  const unnoticed = rules.filter(
    ({ ours, theirs }, index) => !wouldNotice(run.backend, ours, theirs, index),
  );
  for (const { path } of unnoticed)
    console.log(`${run.name}: a damaged query goes unnoticed: ${path}`);
  return unnoticed.length === 0;
}

const only = process.argv.indexOf('--only');
const runs = only < 0 ? allRuns : allRuns.filter(({ name }) => name === process.argv[only + 1]);
const paths = rulePaths();
const waiting = theirAnswers(paths, runs);
const convert = ourConverter(paths);
const ourAnswers = new Map(runs.map((run) => [run.name, convert(run)]));
const theirs = await waiting;
const judged = paths.map((path) =>
  judgeRule(path, ({ name }) => ({
    ours: ourAnswers.get(name) ?? new Map(),
    theirs: theirs.get(name) ?? new Map(),
  })),
);
const results = runs.map(
  (run, at): RunResult => ({ run, rules: judged.flatMap((rule) => rule[at] ?? []) }),
);
const told = results.map(tell);
const agreed = results.filter((_, index) => index % 4 === 0).map(cliAgrees);
const able = results.filter(({ run }) => run.pipelines.length === 0).map(canFail);
const found = new Set(
  results.flatMap(({ rules }) =>
    rules.flatMap(({ finding }) => (finding.kind === 'explained' ? finding.ids : [])),
  ),
);
const idle = only < 0 ? [...verdicts.keys()].filter((id) => !found.has(id)) : [];
if (idle.length > 0) console.log(`no rule has the differences ${idle.join(', ')}: take them out`);
const passed = [...told, ...agreed, ...able].every(Boolean) && idle.length === 0;
if (passed && only < 0) {
  writeFileSync(join(root, 'docs', 'differences.md'), differencesPage(results, versions(), root));
}
process.exitCode = passed ? 0 : 1;
