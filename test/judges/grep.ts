import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultTargetSettings } from '../../src/backend/registry.ts';
import { compileFolders } from '../compile.ts';
import { matches } from '../matcher.ts';
import { grep } from '../registered.ts';
import { corpusFolders, shared } from './corpus.ts';
import { loadEvents } from './events.ts';

/**
 * Runs every command of the corpus with the real shell and the real grep over one file of all
 * events, one compact JSON object a line.
 */
const loaded = loadEvents(shared);
const lines = loaded.map(({ event }) => JSON.stringify(event));
const folder = mkdtempSync(join(tmpdir(), 'sigpack-grep-'));
const file = join(folder, 'events.jsonl');
writeFileSync(file, `${lines.join('\n')}\n`);

const refused = new Map<string, number>();
const faults: string[] = [];
/** Events of a rule that its command can't find. */
const unmatched: string[] = [];
const timings: {
  readonly title: string;
  readonly command: string;
  readonly milliseconds: number;
}[] = [];
const count = {
  rules: 0,
  converted: 0,
  commands: 0,
  withEvents: 0,
  found: 0,
  ownEvents: 0,
  meant: 0,
  more: 0,
};
const started = performance.now();

for (const compiled of compileFolders(corpusFolders)) {
  count.rules++;
  const { rule } = compiled;
  const conversion = grep.convert(compiled, defaultTargetSettings);
  if (!conversion.ok) {
    for (const { message } of conversion.error)
      refused.set(message, (refused.get(message) ?? 0) + 1);
    continue;
  }
  count.converted++;
  if (compiled.kind !== 'detection') continue;
  const found = new Set(conversion.value.queries.flatMap((command) => run(rule.title, command)));
  const own = loaded.flatMap(({ ruleId, event, file: path }, index) =>
    ruleId === rule.id ? [{ line: lines[index] ?? '', event, path }] : [],
  );
  if (own.length > 0) {
    count.withEvents++;
    count.ownEvents += own.length;
    if (own.some(({ line }) => found.has(line))) count.found++;
    else faults.push(`${rule.title}: its own event is not found`);
    for (const { line, event, path } of own) {
      if (found.has(line)) continue;
      const why = matches(compiled.query, event)
        ? 'its line does not show what the rule tests'
        : 'the rule does not mean it, on a line or elsewhere';
      unmatched.push(`${rule.title}: ${path}: ${why}`);
    }
  }
  for (const [index, { event }] of loaded.entries()) {
    const line = lines[index] ?? '';
    const meant = matches(compiled.query, event);
    if (meant) count.meant++;
    if (meant && !found.has(line))
      faults.push(`${rule.title}: misses an event of ${loaded[index]?.ruleTitle}`);
    if (!meant && found.has(line)) count.more++;
  }
}

function run(title: string, command: string): readonly string[] {
  count.commands++;
  const syntax = spawnSync('bash', ['-n', '-c', command], { encoding: 'utf8' });
  if (syntax.status !== 0) faults.push(`${title}: bash -n: ${syntax.stderr}`);
  const { result, milliseconds } = timed(command, file);
  timings.push({ title, command, milliseconds });
  if ((result.status !== 0 && result.status !== 1) || result.stderr !== '')
    faults.push(`${title}: grep ends with ${result.status}: ${result.stderr}`);
  return result.stdout.split('\n');
}

function timed(command: string, path: string) {
  const before = performance.now();
  const result = spawnSync('sh', ['-c', `${command} "$0"`, path], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return { result, milliseconds: performance.now() - before };
}

/**
 * Time of the slowest commands and of every hundredth over more and more lines, without what they
 * take for none.
 */
function growth(): void {
  const bySpeed = [...timings].sort((a, b) => b.milliseconds - a.milliseconds);
  const sample = [
    ...bySpeed.slice(0, 10),
    ...bySpeed.slice(10).filter((_, index) => index % 100 === 0),
  ];
  const total = (path: string): number =>
    sample.reduce((sum, { command }) => sum + timed(command, path).milliseconds, 0);
  const path = join(folder, 'more.jsonl');
  writeFileSync(path, '');
  const none = total(path);
  const net = [1, 2, 4].map((factor) => {
    // enough lines that starting grep does not hide them
    const copies = factor * 2;
    writeFileSync(path, `${lines.join('\n')}\n`.repeat(copies));
    const milliseconds = total(path) - none;
    console.log(
      `${sample.length} commands, ${lines.length * copies} lines: ${milliseconds.toFixed(0)} ms beyond the start of grep`,
    );
    return milliseconds;
  });
  // four times as long is linear, sixteen times quadratic
  if ((net[2] ?? 0) > 8 * Math.max(net[0] ?? 0, 100))
    faults.push('growth: four times the lines take more than eight times as long');
}

const seconds = ((performance.now() - started) / 1000).toFixed(1);
growth();
rmSync(folder, { recursive: true });
for (const fault of faults) console.log(fault);
for (const [message, times] of refused) console.log(`refused ${times}: ${message}`);
console.log(
  `${count.rules} rules, ${count.converted} converted to ${count.commands} commands; own event found for ${count.found} of ${count.withEvents} rules`,
);
console.log(
  `${count.meant} pairs of rule and event are meant; ${count.more} more lines were found`,
);
const slowest = timings.reduce((slow, one) => (one.milliseconds > slow.milliseconds ? one : slow));
console.log(`${seconds} s, slowest ${slowest.milliseconds.toFixed(0)} ms: ${slowest.title}`);
console.log(
  `events of a rule that its command, which sees lines, can't find: ${unmatched.length === 0 ? 'none' : unmatched.length} of ${count.ownEvents}`,
);
for (const text of unmatched) console.log(`  ${text}`);
console.log(
  `${count.converted - new Set(faults.map((fault) => fault.split(':')[0])).size} passed, ${faults.length} failed`,
);
process.exitCode = faults.length > 0 ? 1 : 0;
