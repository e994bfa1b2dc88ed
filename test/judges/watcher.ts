/**
 * node test/judges/watcher.ts: the watch of every public rule. tsc checks its body by the types of
 * Elastic's clients for Elasticsearch 8 and 9; its search runs on a real OpenSearch node over the
 * real events and near misses, and counts those that the matcher does. A few correlations of each
 * type must fire, or not. The node is started and stopped elsewhere.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { defaultTargetSettings } from '../../src/backend/registry.ts';
import { watchId } from '../../src/backend/xpack-watcher/formats.ts';
import type { Watch } from '../../src/backend/xpack-watcher/watch.ts';
import type { CompiledRule } from '../../src/query/compile.ts';
import { itemsOf, type Query } from '../../src/query/tree.ts';
import { compileFolders, compileText } from '../compile.ts';
import { generatedRules } from '../hostile-rules.ts';
import type { TestEvent } from '../matcher.ts';
import { meantAmong } from '../meant-among.ts';
import { mutations } from '../mutations.ts';
import { xpackWatcher } from '../registered.ts';
import { shared } from './corpus.ts';
import { loadEvents as loadSharedEvents } from './events.ts';
import { searchesAllFields } from './gathered-fields.ts';
import { type NamedWatch, typeFaults } from './watcher-check.ts';
import { correlationBases, correlationEvents, correlationSamples } from './watcher-correlations.ts';
import { isMet, type Json, loadEvents, searchAll } from './watcher-search.ts';

interface Judged extends NamedWatch {
  readonly rule: CompiledRule;
  /** It may find more than the rule means. */
  readonly widened: boolean;
  /** Of a sample: whether it has to fire. */
  readonly fires?: boolean;
}

/**
 * What the rule means where texts ignore letter case by themselves: the node lowers regular
 * expressions, too.
 */
function inEitherCase(query: Query): Query {
  switch (query.kind) {
    case 'and':
    case 'or':
      return { kind: query.kind, operands: query.operands.map(inEitherCase) };
    case 'not':
      return { kind: 'not', operand: inEitherCase(query.operand) };
    case 'item': {
      const { test } = query;
      if (test.kind === 'string' && test.cased)
        return { ...query, test: { ...test, cased: false } };
      return test.kind === 'regex' && !test.ignoreCase
        ? { ...query, test: { ...test, ignoreCase: true } }
        : query;
    }
  }
}

let refused = 0;

function watchOf(rule: CompiledRule): readonly Judged[] {
  const conversion = xpackWatcher.convert(rule, defaultTargetSettings);
  if (!conversion.ok) {
    refused++;
    return [];
  }
  const widened = conversion.diagnostics.some(({ code }) => code === 'TGT002');
  return [
    {
      rule,
      widened,
      name: `${rule.rule.file.path}: ${rule.rule.title}`,
      id: watchId(rule.rule),
      body: conversion.value.document as Watch,
    },
  ];
}

const folders = readdirSync(join(shared, 'corpus')).filter((name) => name.startsWith('rules'));
const watches = compileFolders(folders.sort().map((name) => join(shared, 'corpus', name))).flatMap(
  watchOf,
);
const hostile = [
  ...compileFolders([join(import.meta.dirname, '..', 'hostile')]),
  ...[...generatedRules().values()].flatMap((text) => compileText(text)),
].flatMap(watchOf);
const hostileWatches = new Set(hostile);
const samples = correlationSamples.flatMap(({ lines, fires }, index) => {
  const title = `Sample ${index + 1}`;
  const text = `${correlationBases}title: ${title}\ncorrelation:\n${lines.replace(/^/gm, '  ')}\n`;
  const found = compileText(text).filter((rule) => rule.kind === 'correlation');
  if (found.length !== 1) throw new Error(`the sample does not compile: ${lines}`);
  return found
    .flatMap(watchOf)
    .map(
      (watch): Judged => ({ ...watch, name: `${title}: ${lines.replaceAll('\n', ', ')}`, fires }),
    );
});

const faults = new Map<string, string>();
let started = performance.now();
const seconds = (): string => ((performance.now() - started) / 1000).toFixed(1);

const all = [...watches, ...hostile, ...samples];
for (const fault of typeFaults(all)) {
  faults.set(fault.slice(0, 100), fault);
  console.log(fault.slice(0, 600));
}
console.log(
  `${watches.length} watches of public rules, ${hostile.length} of hostile ones, ${samples.length} samples; ${refused} rules refused`,
);
console.log(`tsc, types of the clients 8 and 9: ${faults.size} faults, ${seconds()} s`);

/** The real events, and near misses of each rule's own. */
const real = loadSharedEvents(shared);
const own = new Map<string, TestEvent[]>();
for (const { ruleId, event } of real) own.set(ruleId, [...(own.get(ruleId) ?? []), event]);
const events: TestEvent[] = [...correlationEvents, ...real.map(({ event }) => event)];
// a search of all fields costs the node a regular expression for each field: those alone that the
// rules with events test
const fields = new Set(correlationEvents.flatMap((event) => Object.keys(event)));
for (const { rule } of watches) {
  const event = own.get(rule.rule.id ?? '')?.[0];
  if (rule.kind !== 'detection' || !event) continue;
  for (const { field } of itemsOf(rule.query)) if (field !== undefined) fields.add(field);
  events.push(...mutations(event as never, rule.query));
}
const times = events.map(({ _time }) => (typeof _time === 'number' && _time < 1000 ? _time : 0));
const documents: readonly TestEvent[] = events.map((event) =>
  Object.fromEntries(
    Object.entries(event).filter(
      ([name, value]) =>
        name !== '_time' && fields.has(name) && value !== undefined && value !== null,
    ),
  ),
);

started = performance.now();
const searched = all.filter(({ rule }) => rule.rule.file.text.length < 300_000);
const toSearch = searched.map(({ body, rule }) => ({
  body,
  ofAllFields: rule.kind === 'detection' && searchesAllFields(rule.query) ? rule.query : undefined,
}));
const queriesOfAllFields = toSearch.flatMap(({ ofAllFields }) => ofAllFields ?? []);
await loadEvents(documents, times, queriesOfAllFields);
console.log(`${documents.length} events of ${fields.size - 1} fields loaded, ${seconds()} s`);
started = performance.now();
const answers = await searchAll(toSearch);
console.log(
  `${answers.length} searches, ${queriesOfAllFields.length} of all fields, ${seconds()} s`,
);

const meant = meantAmong(documents);
const count = { fired: 0, withEvents: 0, meant: 0, unequal: 0 };

function judge(watch: Judged, answer: Json): void {
  const fault = (text: string): void => {
    faults.set(watch.name, text);
    console.log(`${watch.name}: ${text}`);
  };
  if (answer.error) {
    fault(JSON.stringify(answer.error).slice(0, 600));
    return;
  }
  const met = isMet(watch.body.condition, answer);
  if (watch.fires !== undefined && met !== watch.fires)
    fault(met ? 'fires' : `does not fire: ${JSON.stringify(answer.aggregations).slice(0, 400)}`);
  const { rule } = watch;
  if (rule.kind !== 'detection') return;
  if (own.has(rule.rule.id ?? '')) {
    count.withEvents++;
    if (met) count.fired++;
    else fault('does not fire on its own event');
  }
  // the plain matcher reads not every expression that the hostile rules have
  if (hostileWatches.has(watch)) return;
  const wanted = meant(inEitherCase(rule.query)).size;
  const { total } = answer.hits as { readonly total: number };
  count.meant += wanted;
  if (total < wanted || (total > wanted && !watch.widened)) {
    count.unequal++;
    fault(
      `finds ${total} events, ${wanted} are meant\n  ${JSON.stringify(watch.body.input.search.request.body).slice(0, 500)}`,
    );
  }
}

for (const [index, watch] of searched.entries())
  judge(watch, answers[index] ?? { error: 'no answer' });
console.log(
  `${count.fired} of ${count.withEvents} rules with events of their own fire; ${count.meant} pairs of rule and event are meant, ${count.unequal} rules count others`,
);
console.log(`${all.length - faults.size} passed, ${faults.size} failed`);
process.exitCode = faults.size > 0 ? 1 : 0;
