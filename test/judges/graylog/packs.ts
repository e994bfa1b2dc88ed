/**
 * node test/judges/graylog/packs.ts VERSION... PACK.json...: a real Graylog server takes each pack,
 * reads its event definitions back, validates them and their queries, runs each query once, and
 * uninstalls the pack. Default packs: those that test/judges/packs.ts builds. env:
 * GRAYLOG_JUDGE_ARGS, more arguments of judge.sh, such as --messages FILE --expect FILE
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packs as built, existing } from '../places.ts';
import { type GraylogServer, type Json, judge, onEachGraylog } from './server.ts';

interface Problem {
  readonly stage: string;
  readonly where: string;
  readonly what: unknown;
}

interface Report {
  readonly server?: { readonly version?: unknown };
  readonly problems: readonly Problem[];
  readonly event_definitions?: number;
  readonly hits?: Json;
  readonly query_warnings?: Readonly<Record<string, readonly string[]>>;
  readonly upload?: { readonly seconds: number };
  readonly install?: { readonly seconds: number };
}

const longest = 600;

function reportOn(pack: string): Report {
  const more = (process.env.GRAYLOG_JUDGE_ARGS ?? '')
    .split(' ')
    .filter((argument) => argument !== '');
  const run = spawnSync(join(judge, 'judge.sh'), [pack, '--queries', ...more], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  try {
    return JSON.parse(run.stdout) as Report;
  } catch {
    return { problems: [{ stage: 'judge', where: pack, what: `no report: ${run.stderr}` }] };
  }
}

function problemsOf(report: Report, version: string): readonly Problem[] {
  const problems = [...report.problems];
  const server = String(report.server?.version ?? '?');
  if (!server.startsWith(version))
    problems.push({ stage: 'start', where: 'server', what: `it says it is ${server}` });
  if (!report.event_definitions)
    problems.push({ stage: 'install', where: 'pack', what: 'no event definition was read back' });
  // the judge keeps no field types, so it warns of each field that it does not know
  for (const [title, warnings] of Object.entries(report.query_warnings ?? {})) {
    const other = warnings.filter((warning) => warning !== 'Unknown field');
    if (other.length > 0) problems.push({ stage: 'warning', where: title, what: other });
  }
  return problems;
}

const count = { passed: 0, failed: 0 };

async function judged({ version }: GraylogServer): Promise<void> {
  for (const pack of packs) {
    const report = reportOn(pack);
    const problems = problemsOf(report, version);
    for (const { stage, where, what } of problems.slice(0, 40))
      console.log(`  ${stage}: ${where}: ${JSON.stringify(what).slice(0, longest)}`);
    const queries = Object.keys(report.hits ?? {}).length;
    const seconds = `uploaded in ${report.upload?.seconds} s, installed in ${report.install?.seconds} s`;
    console.log(
      `graylog ${version}: ${pack}: ${report.event_definitions ?? 0} event definitions, ${queries} queries run, ${problems.length} problems, ${seconds}`,
    );
    count[problems.length === 0 ? 'passed' : 'failed']++;
  }
}

function builtPacks(): readonly string[] {
  return ['starter', 'some', 'some-processed'].flatMap((name) => {
    const folder = existing(join(built, name), 'run node test/judges/packs.ts');
    return readdirSync(folder)
      .filter((file) => file.endsWith('-graylog.json'))
      .map((file) => join(folder, file));
  });
}

const named = process.argv.slice(2).filter((argument) => argument.endsWith('.json'));
const packs =
  named.length > 0 ? named.map((pack) => existing(pack, 'build it first')) : builtPacks();
await onEachGraylog(judged);
console.log(`${count.passed} passed, ${count.failed} failed`);
process.exitCode = count.failed > 0 ? 1 : 0;
