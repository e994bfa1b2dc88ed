import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { grep } from '../../src/backend/grep/grep.ts';
import { defaultTargetSettings } from '../../src/backend/target.ts';
import { compileFolders, corpusFolders, shared } from '../corpus.ts';
import { matches } from '../matcher.ts';
import { loadEvents } from './events.ts';

/** Runs every command of the corpus with the real shell and the real grep over one file of all events, one compact JSON object a line. */
const loaded = loadEvents(shared);
const lines = loaded.map(({ event }) => JSON.stringify(event));
const folder = mkdtempSync(join(tmpdir(), 'sigpack-grep-'));
const file = join(folder, 'events.jsonl');
writeFileSync(file, `${lines.join('\n')}\n`);

const refused = new Map<string, number>();
const faults: string[] = [];
const count = { rules: 0, converted: 0, commands: 0, withEvents: 0, found: 0, meant: 0, more: 0 };
let slowest = { milliseconds: 0, title: '' };
const started = performance.now();

for (const compiled of compileFolders(corpusFolders)) {
  count.rules++;
  const { rule } = compiled;
  const conversion = grep.convert(compiled, defaultTargetSettings);
  if (!conversion.ok) {
    for (const { message } of conversion.problems) refused.set(message, (refused.get(message) ?? 0) + 1);
    continue;
  }
  count.converted++;
  if (compiled.kind !== 'detection') continue;
  const found = new Set(conversion.value.queries.flatMap((command) => run(rule.title, command)));
  const own = loaded.flatMap(({ ruleId }, index) => (ruleId === rule.id ? [lines[index] ?? ''] : []));
  if (own.length > 0) {
    count.withEvents++;
    if (own.some((line) => found.has(line))) count.found++;
    else faults.push(`${rule.title}: its own event is not found`);
  }
  for (const [index, { event }] of loaded.entries()) {
    const line = lines[index] ?? '';
    const meant = matches(compiled.query, event);
    if (meant) count.meant++;
    if (meant && !found.has(line)) faults.push(`${rule.title}: misses an event of ${loaded[index]?.ruleTitle}`);
    if (!meant && found.has(line)) count.more++;
  }
}

function run(title: string, command: string): readonly string[] {
  count.commands++;
  const syntax = spawnSync('bash', ['-n', '-c', command], { encoding: 'utf8' });
  if (syntax.status !== 0) faults.push(`${title}: bash -n: ${syntax.stderr}`);
  const before = performance.now();
  const result = spawnSync('sh', ['-c', `${command} "$0"`, file], { encoding: 'utf8' });
  const milliseconds = performance.now() - before;
  if (milliseconds > slowest.milliseconds) slowest = { milliseconds, title };
  if ((result.status !== 0 && result.status !== 1) || result.stderr !== '') faults.push(`${title}: grep ends with ${result.status}: ${result.stderr}`);
  return result.stdout.split('\n');
}

rmSync(folder, { recursive: true });
for (const fault of faults) console.log(fault);
for (const [message, times] of refused) console.log(`refused ${times}: ${message}`);
console.log(
  `${count.rules} rules, ${count.converted} converted to ${count.commands} commands; own event found for ${count.found} of ${count.withEvents} rules`,
);
console.log(`${count.meant} pairs of rule and event are meant; ${count.more} more lines were found`);
console.log(`${((performance.now() - started) / 1000).toFixed(1)} s, slowest ${slowest.milliseconds.toFixed(0)} ms: ${slowest.title}`);
console.log(`${count.converted - new Set(faults.map((fault) => fault.split(':')[0])).size} passed, ${faults.length} failed`);
process.exitCode = faults.length > 0 ? 1 : 0;
