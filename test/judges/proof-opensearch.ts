/**
 * node test/judges/proof-opensearch.ts: the Graylog and Elasticsearch queries of every rule that
 * has events on a real OpenSearch node, over all recorded events and near misses of them: mapped as
 * Graylog maps them, as the Elastic Common Schema does, and as keywords without case. Those of
 * sigma-cli and sigmac beside. The node is started and stopped elsewhere.
 */
import { esQsQueries } from '../../src/backend/es-qs/es-qs.ts';
import { graylogQueries } from '../../src/backend/graylog/graylog.ts';
import { graylogDefaults } from '../../src/backend/graylog/settings.ts';
import { defaultTargetSettings } from '../../src/backend/registry.ts';
import { loadPipelines } from '../../src/cli/project/pipeline-files.ts';
import { targetSettings } from '../../src/convert/target-settings.ts';
import { defaultConfig } from '../../src/pack/config/config.ts';
import type { CompiledDetection } from '../../src/query/compile.ts';
import { createBag } from '../../src/source/diagnostic.ts';
import { type Answered, fillIndex, limitQueries, searchIndex } from './opensearch-index.ts';
import { ecsIndex, graylogIndex, type IndexKind, lowercaseIndex } from './opensearch-mappings.ts';
import {
  compiledRules,
  type Documents,
  documentsOf,
  type OwnEvent,
  recordedAs,
  recordedEvents,
} from './proof-data.ts';
import { type Answers, sigmaCliAnswers, sigmacAnswers } from './proof-peers.ts';
import { type Found, judged, report, type Verdict } from './proof-verdict.ts';

/** What a rule became. */
type Made =
  | { readonly ok: true; readonly queries: readonly string[]; readonly widened: boolean }
  | { readonly ok: false; readonly reason: string };

interface Setting {
  readonly engine: string;
  readonly index: IndexKind;
  readonly rules: readonly CompiledDetection[];
  readonly documents: Documents;
}

async function setting(
  engine: string,
  index: IndexKind,
  recorded: readonly OwnEvent[],
  rules: readonly CompiledDetection[],
): Promise<Setting> {
  const documents = documentsOf(recorded, rules, index.stored);
  await fillIndex(index.name, index, documents.list);
  return { engine, index, rules, documents };
}

async function verdict(
  { engine, index, rules, documents }: Setting,
  converter: string,
  strict: boolean,
  leadingWildcards: boolean,
  make: (rule: CompiledDetection) => Made,
): Promise<Verdict> {
  const made = new Map(rules.map((rule) => [rule, make(rule)]));
  const queries = [...new Set([...made.values()].flatMap((one) => (one.ok ? one.queries : [])))];
  const answers = await searchIndex(index.name, queries, leadingWildcards);
  const answerOf = new Map(
    queries.map((query, at): [string, Answered | undefined] => [query, answers[at]]),
  );
  const foundBy = (rule: CompiledDetection): Found => {
    const one = made.get(rule);
    if (!one?.ok) return { kind: 'refused', reason: one?.reason ?? 'no answer' };
    const parts = one.queries.flatMap((query) => answerOf.get(query) ?? []);
    const faults = parts.flatMap(({ fault }) => fault ?? []);
    return {
      kind: 'hits',
      hits: new Set(parts.flatMap(({ hits }) => hits)),
      widened: one.widened,
      faults,
    };
  };
  return judged({ engine, converter, strict, rules, documents, foundBy });
}

const placeOf = ({ rule }: CompiledDetection) => ({ file: rule.file, span: rule.detection.span });

function made(conversion: ReturnType<typeof graylogQueries>): Made {
  if (!conversion.ok) return { ok: false, reason: conversion.error[0]?.message ?? '' };
  return {
    ok: true,
    queries: conversion.value,
    widened: conversion.diagnostics.some(({ code }) => code === 'TGT002'),
  };
}

const graylog = (rule: CompiledDetection): Made =>
  made(graylogQueries(rule.query, placeOf(rule), graylogDefaults));
const esQs =
  (matching: 'native' | 'case-insensitive') =>
  (rule: CompiledDetection): Made =>
    made(
      esQsQueries(rule.query, rule, placeOf(rule), {
        ...defaultTargetSettings.elasticsearch,
        matching,
      }),
    );

/** With the settings that `sigpack convert -p` has by default. */
const esQsThrough = (names: readonly string[]) => {
  const { elasticsearch } = targetSettings(defaultConfig(), loadPipelines(names, '.', createBag()));
  return (rule: CompiledDetection): Made =>
    made(esQsQueries(rule.query, rule, placeOf(rule), elasticsearch));
};

const theirs =
  (answers: Answers) =>
  ({ rule }: CompiledDetection): Made => {
    const answer = answers.get(rule.file.path);
    return answer && answer.error === undefined
      ? { ok: true, queries: answer.queries, widened: false }
      : { ok: false, reason: answer?.error ?? 'no answer' };
  };

const pipelines = ['windows-sysmon', 'ecs-windows'];
const plainRules = compiledRules([]);
const likeGraylog = await setting(
  'OpenSearch, mapped as Graylog maps',
  graylogIndex,
  recordedEvents,
  plainRules,
);
const likeEcs = await setting(
  'OpenSearch, mapped as ECS maps',
  ecsIndex,
  recordedAs('ecs-windows'),
  compiledRules(pipelines),
);
const withoutCase = await setting(
  'OpenSearch, keywords without case',
  lowercaseIndex,
  recordedEvents,
  plainRules,
);

const ours = [
  await verdict(likeGraylog, 'Sigpack, graylog', true, false, graylog),
  await verdict(
    likeGraylog,
    'Sigpack, es-qs, `matching: case-insensitive`',
    true,
    true,
    esQs('case-insensitive'),
  ),
  await verdict(
    likeEcs,
    `Sigpack, es-qs, \`-p ${pipelines.join(',')}\``,
    true,
    true,
    esQsThrough(pipelines),
  ),
  await verdict(withoutCase, 'Sigpack, es-qs', true, true, esQs('native')),
];

// other converters make some that are longer than a node takes
await limitQueries(1_000_000);
const lucene = theirs(await sigmaCliAnswers('lucene'));
const luceneEcs = theirs(await sigmaCliAnswers('lucene', pipelines));
const peers = [
  await verdict(likeGraylog, 'sigma-cli, lucene', false, true, lucene),
  await verdict(likeEcs, 'sigma-cli, lucene, the same pipelines', false, true, luceneEcs),
  await verdict(withoutCase, 'sigma-cli, lucene', false, true, lucene),
];
peers.push(
  await verdict(likeGraylog, 'sigmac, graylog', false, true, theirs(sigmacAnswers('graylog'))),
);
peers.push(
  await verdict(withoutCase, 'sigmac, es-qs', false, true, theirs(sigmacAnswers('es-qs'))),
);
await limitQueries(null);
report('opensearch', [...ours, ...peers]);
