/**
 * node test/judges/proof-splunk.ts: the Splunk search of every rule that has events, run by the
 * reader of SPL over all recorded events and near misses of them, with and without the pipelines,
 * one search per rule and one per log source; those of sigma-cli and sigmac beside.
 */
import { pipelineScope } from '../../src/backend/splunk/scope.ts';
import { splunkSearch } from '../../src/backend/splunk/splunk.ts';
import type { CompiledDetection } from '../../src/query/compile.ts';
import type { TestEvent } from '../matcher.ts';
import { type AskedRule, groupedOf, pairsFound } from '../splunk-grouped.ts';
import {
  compiledRules,
  type Documents,
  documentsOf,
  recordedAs,
  recordedEvents,
} from './proof-data.ts';
import { type Answers, sigmaCliAnswers, sigmacAnswers } from './proof-peers.ts';
import { type Found, judged, report, type Verdict } from './proof-verdict.ts';
import { compileSpl } from './spl/spl.ts';
import type { Event } from './spl/value.ts';

const pipelines = ['windows-sysmon', 'splunk-windows-xml'];
const withRaw = (event: TestEvent): TestEvent => ({
  ...event,
  _raw: Object.values(event).join(' '),
});

function searched(
  queries: readonly string[],
  events: readonly Event[],
  nulls: 'unknown' | 'false',
): ReadonlySet<number> {
  return new Set(
    queries.flatMap((query) =>
      compileSpl(query, { nulls })
        .run(events)
        .map((row) => Number(row.proof_n)),
    ),
  );
}

/**
 * Splunk's documents leave open what a comparison with a missing field is in `where`: a query must
 * find the same either way.
 */
function found(queries: readonly string[], events: readonly Event[]): Found {
  try {
    const hits = searched(queries, events, 'unknown');
    const other = queries.some((query) => query.includes('| where '))
      ? searched(queries, events, 'false')
      : hits;
    const same = hits.size === other.size && [...hits].every((number) => other.has(number));
    return {
      kind: 'hits',
      hits,
      widened: false,
      faults: same ? [] : ['the two readings of a missing field differ'],
    };
  } catch (error) {
    return {
      kind: 'hits',
      hits: new Set(),
      widened: false,
      faults: [error instanceof Error ? error.message : String(error)],
    };
  }
}

const ours = (compiled: CompiledDetection, events: readonly Event[], cloudSafe: boolean): Found => {
  const conversion = splunkSearch(compiled.query, pipelineScope(compiled) ?? '', { cloudSafe });
  return conversion.ok
    ? found([conversion.value], events)
    : { kind: 'refused', reason: conversion.error[0]?.message ?? '' };
};

/** What the searches of the log sources find of each rule that is in one, by its id. */
function groupedHits(
  rules: readonly CompiledDetection[],
  events: readonly Event[],
): ReadonlyMap<string, Found> {
  const found = new Map<string, Found>();
  const sources = Map.groupBy(rules, (rule) => {
    const { product, category, service } = rule.rule.logsource;
    return JSON.stringify([product, category, service, pipelineScope(rule)]);
  });
  for (const group of sources.values()) {
    const asked = group.map(({ rule, query }): AskedRule => ({ id: rule.id ?? '', query }));
    const scope = (group[0] && pipelineScope(group[0])) ?? '';
    for (const search of groupedOf(asked, { scope, field: 'proof_n' }).searches) {
      const [hits, others] = (['unknown', 'false'] as const).map((nulls) =>
        Map.groupBy(pairsFound(search, events, nulls, 'proof_n'), (pair) => pair.split(' ')[0]),
      );
      for (const { id } of search.rules) {
        const pairs = hits?.get(id) ?? [];
        const same = String(pairs) === String(others?.get(id) ?? []);
        found.set(id, {
          kind: 'hits',
          hits: new Set(pairs.map((pair) => Number(pair.split(' ')[1]))),
          widened: false,
          faults: same ? [] : ['the two readings of a missing field differ'],
        });
      }
    }
  }
  return found;
}

/** As in the app: a rule that no grouped search can hold keeps a search of its own. */
function inGroups(rules: readonly CompiledDetection[], events: readonly Event[]) {
  const found = groupedHits(rules, events);
  return (rule: CompiledDetection): Found =>
    found.get(rule.rule.id ?? '') ?? ours(rule, events, true);
}

const theirs = (answers: Answers, { rule }: CompiledDetection, events: readonly Event[]): Found => {
  const answer = answers.get(rule.file.path);
  return answer?.error === undefined && answer
    ? found(answer.queries, events)
    : { kind: 'refused', reason: answer?.error ?? 'no answer' };
};

const numbered = (documents: Documents): readonly Event[] =>
  documents.list.map((event, index) => ({ ...event, proof_n: index }) as Event);

async function plain(): Promise<readonly Verdict[]> {
  const rules = compiledRules([]);
  const documents = documentsOf(recordedEvents, rules, withRaw);
  const events = numbered(documents);
  const all = { engine: 'reader of SPL', rules, documents };
  const verdicts = [
    judged({
      ...all,
      converter: 'Sigpack, splunk',
      strict: true,
      foundBy: (rule) => ours(rule, events, false),
    }),
    judged({
      ...all,
      converter: 'Sigpack, splunk, as in the app',
      strict: true,
      foundBy: (rule) => ours(rule, events, true),
    }),
    judged({
      ...all,
      converter: 'Sigpack, splunk, `grouping: log-source`',
      strict: true,
      foundBy: inGroups(rules, events),
    }),
  ];
  const answers = await sigmaCliAnswers('splunk');
  verdicts.push(
    judged({
      ...all,
      converter: 'sigma-cli, splunk',
      strict: false,
      foundBy: (rule) => theirs(answers, rule, events),
    }),
  );
  const old = sigmacAnswers('splunk');
  verdicts.push(
    judged({
      ...all,
      converter: 'sigmac, splunk',
      strict: false,
      foundBy: (rule) => theirs(old, rule, events),
    }),
  );
  return verdicts;
}

async function processed(): Promise<readonly Verdict[]> {
  const rules = compiledRules(pipelines);
  const recorded = recordedAs('splunk-windows-xml').map(({ ruleId, event }) => ({
    ruleId,
    event: { ...event, source: `XmlWinEventLog:${event.Channel}` },
  }));
  const documents = documentsOf(recorded, rules, withRaw);
  const events = numbered(documents);
  const all = {
    engine: 'reader of SPL, fields as the Windows add-on names them',
    rules,
    documents,
  };
  const within = (rule: CompiledDetection): ReadonlySet<number> =>
    searched([pipelineScope(rule) ?? '*'], events, 'unknown');
  const answers = await sigmaCliAnswers('splunk', pipelines);
  return [
    judged({
      ...all,
      within,
      converter: `Sigpack, splunk, \`-p ${pipelines.join(',')}\``,
      strict: true,
      foundBy: (rule) => ours(rule, events, false),
    }),
    judged({
      ...all,
      within,
      converter: 'Sigpack, splunk, `grouping: log-source`, the same pipelines',
      strict: true,
      foundBy: inGroups(rules, events),
    }),
    judged({
      ...all,
      converter: 'sigma-cli, splunk, the same pipelines',
      strict: false,
      foundBy: (rule) => theirs(answers, rule, events),
    }),
  ];
}

report('splunk', [...(await plain()), ...(await processed())]);
