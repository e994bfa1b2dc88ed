/**
 * node test/judges/proof-splunk.ts: the Splunk search of every rule that has events, run by the
 * reader of SPL over all recorded events and near misses of them, with and without the pipelines;
 * those of sigma-cli and sigmac beside.
 */
import { pipelineScope } from '../../src/backend/splunk/scope.ts';
import { splunkSearch } from '../../src/backend/splunk/splunk.ts';
import type { CompiledDetection } from '../../src/query/compile.ts';
import type { TestEvent } from '../matcher.ts';
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
      converter: 'sigma-cli, splunk, the same pipelines',
      strict: false,
      foundBy: (rule) => theirs(answers, rule, events),
    }),
  ];
}

report('splunk', [...(await plain()), ...(await processed())]);
