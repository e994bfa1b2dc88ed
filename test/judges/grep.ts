import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultTargetSettings } from '../../src/backend/registry.ts';
import type { CompiledDetection } from '../../src/query/compile.ts';
import { compileFolders } from '../compile.ts';
import { matches } from '../matcher.ts';
import { grep } from '../registered.ts';
import { corpusFolders, shared } from './corpus.ts';
import { loadEvents } from './events.ts';
import { type CommandResult, runCommands, syntaxErrors } from './shell-commands.ts';

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

interface Asked {
  readonly compiled: CompiledDetection;
  readonly commands: readonly string[];
}

const asked = compileFolders(corpusFolders).flatMap((compiled): readonly Asked[] => {
  count.rules++;
  const conversion = grep.convert(compiled, defaultTargetSettings);
  if (!conversion.ok) {
    for (const { message } of conversion.error)
      refused.set(message, (refused.get(message) ?? 0) + 1);
    return [];
  }
  count.converted++;
  return compiled.kind === 'detection' ? [{ compiled, commands: conversion.value.queries }] : [];
});
// not all at once: each command may find all lines
for (let at = 0; at < asked.length; at += 200) await judge(asked.slice(at, at + 200));

async function judge(some: readonly Asked[]): Promise<void> {
  const commands = some.flatMap((one) => one.commands);
  const errors = await syntaxErrors(commands);
  const results = await runCommands(commands, file);
  let place = 0;
  for (const { compiled, commands: own } of some) {
    const { title } = compiled.rule;
    const found = new Set<string>();
    for (const command of own) {
      const result = results[place];
      if (!result) throw new Error(`${title}: its command was not run`);
      if (errors[place] !== undefined) faults.push(`${title}: bash -n: ${errors[place]}`);
      checkResult(title, command, result);
      for (const line of result.stdout.split('\n')) found.add(line);
      place++;
    }
    compareLines(compiled, found);
  }
}

function checkResult(title: string, command: string, result: CommandResult): void {
  const { status, stderr, milliseconds } = result;
  count.commands++;
  timings.push({ title, command, milliseconds });
  if ((status !== 0 && status !== 1) || stderr !== '')
    faults.push(`${title}: grep ends with ${status}: ${stderr}`);
}

function compareLines({ rule, query }: CompiledDetection, found: ReadonlySet<string>): void {
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
      const why = matches(query, event)
        ? 'its line does not show what the rule tests'
        : 'the rule does not mean it, on a line or elsewhere';
      unmatched.push(`${rule.title}: ${path}: ${why}`);
    }
  }
  for (const [index, { event }] of loaded.entries()) {
    const line = lines[index] ?? '';
    const meant = matches(query, event);
    if (meant) count.meant++;
    if (meant && !found.has(line))
      faults.push(`${rule.title}: misses an event of ${loaded[index]?.ruleTitle}`);
    if (!meant && found.has(line)) count.more++;
  }
}

/**
 * Time of the slowest commands and of every hundredth over all lines, as above, and over four times
 * as many, without what they take for none.
 */
async function growth(): Promise<void> {
  const bySpeed = [...timings].sort((a, b) => b.milliseconds - a.milliseconds);
  const sample = [
    ...bySpeed.slice(0, 10),
    ...bySpeed.slice(10).filter((_, index) => index % 100 === 0),
  ];
  const path = join(folder, 'more.jsonl');
  const again = (text: string): Promise<readonly CommandResult[]> => {
    writeFileSync(path, text);
    return runCommands(
      sample.map(({ command }) => command),
      path,
    );
  };
  const none = total(await again(''));
  const [once, fourTimes] = [
    total(sample) - none,
    total(await again(`${lines.join('\n')}\n`.repeat(4))) - none,
  ];
  for (const [copies, milliseconds] of [
    [1, once],
    [4, fourTimes],
  ] as const)
    console.log(
      `${sample.length} commands, ${lines.length * copies} lines: ${milliseconds.toFixed(0)} ms beyond the start of grep`,
    );
  // four times as long is linear, sixteen times quadratic
  if (fourTimes > 8 * Math.max(once, 100))
    faults.push('growth: four times the lines take more than eight times as long');
}

const total = (times: readonly Pick<CommandResult, 'milliseconds'>[]): number =>
  times.reduce((sum, { milliseconds }) => sum + milliseconds, 0);

const seconds = ((performance.now() - started) / 1000).toFixed(1);
await growth();
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
