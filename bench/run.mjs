// npm run bench: CPU time and memory of a whole build beside its floor and beside sigma-cli, in one run on one machine.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const shared = process.env.SIGPACK_SHARED ?? join(root, '..', 'shared');
const folders = ['rules', 'rules-emerging-threats', 'rules-threat-hunting'].map((name) => join(shared, 'corpus', name));
const cache = process.env.SIGPACK_CACHE ?? join(process.env.HOME ?? '', '.cache', 'sigpack');
const output = mkdtempSync(join(tmpdir(), 'sigpack-bench-'));
const node = process.execPath;
// as the first line of the command has them
const flags =
  readFileSync(join(root, 'dist', 'lib', 'cli', 'main.js'), 'utf8')
    .split('\n')[0]
    .match(/--\S+/g) ?? [];
const main = join(root, 'dist', 'lib', 'cli', 'main.js');
const budgets = JSON.parse(readFileSync(join(root, 'bench', 'budgets.json'), 'utf8'));

function measure(...command) {
  const result = spawnSync('python3', [join(root, 'bench', 'measure.py'), ...command], { encoding: 'utf8' });
  return JSON.parse(result.stdout.trim().split('\n').at(-1));
}

/** The best of three: what the machine does beside only adds. */
const best = (...command) => [1, 2, 3].map(() => measure(...command)).sort((a, b) => a.cpu - b.cpu)[0];

const rows = [];
const add = (name, { cpu, wall, mib }, note = '') =>
  rows.push({ name, cpu: `${cpu.toFixed(2)} s`, wall: `${wall.toFixed(2)} s`, memory: `${mib.toFixed(0)} MiB`, note });

const start = best(node, ...flags, main, '--help');
add('sigpack --help', start, `budget ${budgets.helpWall} s`);
const build = best(node, ...flags, main, 'build', ...folders, '-o', output);
const spl = join(output, 'sigpack-1.0.0.spl');
const text = join(output, 'text');
const content = join(output, 'sigpack-1.0.0-graylog.json');
if (existsSync(spl)) execFileSync('sh', ['-c', `{ tar -xzOf '${spl}' sigpack/default/savedsearches.conf; cat '${content}'; } > '${text}'`]);
const floor = best(node, join(root, 'bench', 'floor.mjs'), text, ...folders);
add('floor: read + parseEvents + gzip', floor);
const ratio = build.cpu / floor.cpu;
add('sigpack build, both packs', build, `${ratio.toFixed(2)} times the floor; budget ${budgets.buildOverFloor} times, ${budgets.buildMemory} MiB`);
const processed = best(node, ...flags, main, 'build', ...folders, '-p', 'splunk,graylog', '-o', output);
const processedRatio = processed.cpu / floor.cpu;
add('the same through the pipelines splunk and graylog', processed, `${processedRatio.toFixed(2)} times the floor; budget ${budgets.pipelinesOverFloor} times`);
const sigma = join(cache, 'sigma', 'bin', 'sigma');
if (existsSync(sigma)) {
  const peer = measure(sigma, 'convert', '-t', 'splunk', '--without-pipeline', '-s', '-o', join(output, 'sigma.spl'), ...folders);
  add('sigma-cli, Splunk queries alone', peer, `${(peer.cpu / build.cpu).toFixed(1)} times Sigpack's build`);
} else add('sigma-cli', { cpu: 0, wall: 0, mib: 0 }, `not installed (${sigma})`);
console.table(rows);
rmSync(output, { recursive: true, force: true });
const over = ratio > budgets.buildOverFloor || processedRatio > budgets.pipelinesOverFloor || build.mib > budgets.buildMemory || start.wall > budgets.helpWall;
console.log(over ? 'over budget' : 'within budget');
process.exitCode = over ? 1 : 0;
