/**
 * bash test/judges/run.sh [JUDGE...]: builds packs of the starter rules and of the public rules and
 * puts them, and what else Sigpack makes, before the real judges; default: all. Needs
 * `npm run build`, test/judges/setup.sh and the public rules. env: SIGPACK_CACHE, SIGPACK_SHARED,
 * GRAYLOG_VERSIONS
 */
import { runSteps } from '../ci/steps.ts';
import { tableOf } from '../ci/table.ts';
import './corpus.ts';
import { existing, main } from './places.ts';
import { type Judge, judgeSteps, judges } from './steps.ts';

const named = process.argv.slice(2);
const isJudge = (name: string): name is Judge => (judges as readonly string[]).includes(name);
const unknown = named.find((name) => !isJudge(name));
if (unknown !== undefined) {
  console.error(`there is no judge ${unknown}; judges: ${judges.join(', ')}`);
  process.exit(2);
}
existing(main, 'run npm run build');
const wanted = named.length > 0 ? named.filter(isJudge) : judges;
const run = await runSteps(judgeSteps(wanted), (text) => process.stdout.write(text));
process.stdout.write(`\n${tableOf(run)}`);
if (!run.stopped) process.exitCode = run.done.every(({ result }) => result === 'passed') ? 0 : 1;
