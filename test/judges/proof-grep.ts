/**
 * node test/judges/proof-grep.ts: the command of every rule that has events, run by the real grep
 * over the lines of all recorded events and near misses.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultTargetSettings } from '../../src/backend/registry.ts';
import { grep } from '../registered.ts';
import { compiledRules, documentsOf, recordedEvents } from './proof-data.ts';
import { type Found, judged, report } from './proof-verdict.ts';
import { runCommands } from './shell-commands.ts';

/**
 * Lines found beyond those that the rules mean, by all commands together: a line does not show
 * where a value ends.
 */
const knownExtra = 6489;

const rules = compiledRules([]);
const documents = documentsOf(recordedEvents, rules, (event) => event);
const folder = mkdtempSync(join(tmpdir(), 'sigpack-proof-'));
const file = join(folder, 'events.jsonl');
writeFileSync(file, documents.list.map((event) => `${JSON.stringify(event)}\n`).join(''));
const numbers = new Map<string, number[]>();
for (const [number, event] of documents.list.entries()) {
  const line = JSON.stringify(event);
  const same = numbers.get(line);
  if (same) same.push(number);
  else numbers.set(line, [number]);
}

const conversions = new Map(
  rules.map((rule) => [rule, grep.convert(rule, defaultTargetSettings)] as const),
);
const commands = [...conversions.values()].flatMap((one) => (one.ok ? one.value.queries : []));
const answers = await runCommands(commands, file);
const byCommand = new Map(commands.map((command, index) => [command, answers[index]]));

function found(queries: readonly string[]): Found {
  const results = queries.map((query) => {
    const answer = byCommand.get(query);
    if (!answer) throw new Error(`not run: ${query}`);
    return answer;
  });
  const hits = new Set(
    results.flatMap(({ stdout }) => stdout.split('\n').flatMap((line) => numbers.get(line) ?? [])),
  );
  const faults = results.flatMap(({ status, stderr }) =>
    (status === 0 || status === 1) && stderr === '' ? [] : [`grep ends with ${status}: ${stderr}`],
  );
  // a line shows a text, not in which field it stands: every command may find more
  return { kind: 'hits', hits, widened: true, faults };
}

const verdict = judged({
  engine: 'GNU grep -P, a line of JSON an event',
  converter: 'Sigpack, grep',
  strict: true,
  rules,
  documents,
  foundBy(rule) {
    const conversion = conversions.get(rule);
    return conversion?.ok
      ? found(conversion.value.queries)
      : { kind: 'refused', reason: conversion?.error[0]?.message ?? '' };
  },
});
rmSync(folder, { recursive: true });
report('grep', [verdict]);
if (verdict.extra > knownExtra) {
  console.log(
    `${verdict.extra} lines are found beyond those meant, not ${knownExtra}: an escape may be broken`,
  );
  process.exitCode = 1;
}
