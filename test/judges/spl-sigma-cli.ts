/**
 * Reads sigma-cli's Splunk queries of the rules that have events, and runs each on its rule's own
 * events: says how many parse and how many find them. Usage: node test/judges/spl-sigma-cli.ts
 * [--all]   (--all: parse the queries of the whole corpus too, with timings) A check of the reader
 * of SPL; not part of .ci/run. env: SIGPACK_CACHE, SIGPACK_SHARED
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { corpusFolders, shared } from './corpus.ts';
import { type LoadedEvent, loadEvents } from './events.ts';
import { installed } from './places.ts';
import { compileSpl, type Event } from './spl/spl.ts';

const CONVERT = `
import json, sys
from sigma.collection import SigmaCollection
from sigma.backends.splunk import SplunkBackend
backend = SplunkBackend()
for path in sys.stdin.read().split("\\n"):
    try:
        rules = SigmaCollection.from_yaml(open(path, encoding="utf-8").read())
        for rule in rules.rules:
            print(json.dumps({"id": str(rule.id), "path": path, "queries": backend.convert_rule(rule)}))
    except Exception as error:
        print(json.dumps({"id": "", "path": path, "error": str(error)}))
`;

interface Converted {
  readonly id: string;
  readonly path: string;
  readonly queries?: readonly string[];
  readonly error?: string;
}

const all = process.argv.includes('--all');
const python = installed('sigma-cli', 'sigma', 'bin', 'python3');

function rulePaths(): readonly string[] {
  return corpusFolders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.yml'))
      .sort()
      .map((path) => join(folder, path)),
  );
}

function convert(paths: readonly string[]): readonly Converted[] {
  const output = execFileSync(python, ['-c', CONVERT], {
    input: paths.join('\n'),
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Converted);
}

function ruleId(path: string): string {
  return /^id:\s*(\S+)/m.exec(readFileSync(path, 'utf8'))?.[1] ?? '';
}

function judge(
  converted: readonly Converted[],
  eventsOf: ReadonlyMap<string, readonly LoadedEvent[]>,
): void {
  const counts = { queries: 0, parsed: 0, rules: 0, found: 0 };
  for (const { id, path, queries = [], error } of converted) {
    if (error !== undefined) console.log(`not converted: ${path}: ${error}`);
    const loaded = eventsOf.get(id) ?? [];
    let found = false;
    for (const query of queries) {
      counts.queries += 1;
      try {
        const compiled = compileSpl(query);
        counts.parsed += 1;
        found ||= loaded.some((one) => compiled.run([one.event]).length > 0);
      } catch (refusal) {
        console.log(`refused: ${path}: ${String(refusal)}\n  ${query.slice(0, 300)}`);
      }
    }
    if (loaded.length === 0) continue;
    counts.rules += 1;
    if (found) counts.found += 1;
    else
      console.log(
        `finds none of its ${loaded.length} events: ${path}\n  ${queries.join('\n  ').slice(0, 400)}`,
      );
  }
  console.log(
    `${counts.parsed} of ${counts.queries} queries parse; ${counts.found} of ${counts.rules} rules with events find one of theirs`,
  );
}

function measure(converted: readonly Converted[], events: readonly Event[]): void {
  const queries = converted.flatMap((one) => one.queries ?? []);
  const start = performance.now();
  const compiled = queries.flatMap((query) => {
    try {
      return [compileSpl(query)];
    } catch {
      return [];
    }
  });
  const parsed = performance.now();
  let hits = 0;
  for (const { run } of compiled) hits += run(events).length;
  const ran = performance.now();
  console.log(
    `parse ${compiled.length} queries: ${Math.round(parsed - start)} ms; run them on ${events.length} events: ${Math.round(ran - parsed)} ms, ${hits} hits`,
  );
}

const events = loadEvents(shared);
const eventsOf = new Map<string, LoadedEvent[]>();
for (const one of events) eventsOf.set(one.ruleId, [...(eventsOf.get(one.ruleId) ?? []), one]);
const paths = rulePaths().filter((path) => all || eventsOf.has(ruleId(path)));
const converted = convert(paths);
judge(converted, eventsOf);
measure(
  converted,
  events.map((one) => one.event),
);
