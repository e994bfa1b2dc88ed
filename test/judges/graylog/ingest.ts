/**
 * node test/judges/graylog/ingest.ts VERSION...: all rules of the corpus as pipeline rules in a real
 * Graylog server, and those that have events once more for the names of each product. Recorded
 * events and near misses of them are sent as GELF; the tags of every message must be what the rules
 * mean, for all rules, and hits must be in the stream of detections. The content pack of ingest mode
 * is there, too, and must raise an alert for each hit. env: SIGPACK_INGEST_EVERY=10 takes every
 * tenth of the rules without events.
 */
import { type Found, judged, report, type Verdict } from '../proof-verdict.ts';
import { alertsRaised, installPack } from './ingest-pack.ts';
import {
  installPlans,
  pipelinesLoaded,
  removePlans,
  seconds,
  storedWith,
} from './ingest-server.ts';
import {
  type AllRules,
  allRules,
  detectionsStream,
  type IngestSet,
  ingestSets,
  numberField,
  textOf,
} from './ingest-sets.ts';
import { createStream, removeStream } from './objects.ts';
import type { PackJudge } from './pack-judge.ts';
import { awaited } from './patience.ts';
import {
  type GraylogServer,
  type Json,
  numericFields,
  onEachGraylog,
  sendAllGelf,
} from './server.ts';
import { restartServer } from './server-process.ts';

interface Tagged {
  /** Ids by the numbers of messages. */
  readonly tags: ReadonlyMap<string, ReadonlySet<string>>;
  /** What is not as it should be, apart from the tags. */
  readonly odd: readonly string[];
}

/** Sends all messages and reads what became of them. */
async function tagged(
  server: GraylogServer,
  sets: readonly IngestSet[],
  stream: string,
): Promise<Tagged> {
  const start = performance.now();
  const events = sets.flatMap(({ name, documents: { list } }) =>
    list.map((event, number) => ({
      ...event,
      short_message: textOf(event) || 'event',
      [numberField]: `${name}:${number}`,
    })),
  );
  await sendAllGelf(server, events);
  await awaited({
    read: () => countStored(server),
    progress: ({ messages, hits }) => messages + hits,
    async isDone({ messages }, settled) {
      // hits are written with their messages or soon after
      if (settled && messages >= events.length) return true;
      // the server may keep the last ones until others come
      if (settled) await sendAllGelf(server, [{ judge_later: 'x' }]);
      return false;
    },
    pauseMs: 1000,
  });
  const stored = await storedWith(server, numberField);
  console.log(`graylog ${server.version}: ${events.length} messages in ${seconds(start)} s`);
  return readTags(stored, events.length, stream);
}

/** How many of the messages and of their hits are stored. */
async function countStored(
  server: GraylogServer,
): Promise<{ readonly messages: number; readonly hits: number }> {
  const exists = (field: string): Json => ({ exists: { field } });
  const search = {
    size: 0,
    track_total_hits: true,
    query: exists(numberField),
    aggs: { hits: { filter: exists('sigma_rule') } },
  };
  const answer = (await server.search('graylog_*/_search', JSON.stringify(search))) as {
    readonly hits: { readonly total: { readonly value: number } };
    readonly aggregations?: { readonly hits: { readonly doc_count: number } };
  };
  const hits = answer.aggregations?.hits.doc_count ?? 0;
  return { messages: answer.hits.total.value - hits, hits };
}

function readTags(stored: readonly Json[], sent: number, stream: string): Tagged {
  const tags = new Map<string, Set<string>>();
  const hits = new Map<string, string[]>();
  const odd: string[] = [];
  for (const one of stored) {
    const number = String(one[numberField]);
    const left = Object.keys(one).filter((name) => name.startsWith('sigpack'));
    if (left.length > 0) odd.push(`${number}: left: ${left.join()}`);
    if (one.gl2_processing_error !== undefined) odd.push(`${number}: ${one.gl2_processing_error}`);
    if (one.sigma_rule === undefined) {
      tags.set(number, new Set([one.sigma_rules ?? []].flat().map(String)));
      continue;
    }
    hits.set(number, [...(hits.get(number) ?? []), String(one.sigma_rule)]);
    const streams = [one.streams ?? []].flat().map(String);
    if (streams.join() !== stream) odd.push(`${number}: a hit in ${streams.join()}`);
  }
  if (tags.size !== sent) odd.push(`${tags.size} of ${sent} messages are stored`);
  for (const [number, ids] of tags) {
    const prefixed = [...ids].filter((id) => id.includes(':'));
    if (prefixed.sort().join() !== [...(hits.get(number) ?? [])].sort().join())
      odd.push(`${number}: tags ${prefixed.join()}, hits ${(hits.get(number) ?? []).join()}`);
  }
  return { tags, odd };
}

/** The tags of the pack have no prefix. */
const packOf = (set: IngestSet): IngestSet => ({
  ...set,
  converter: 'Sigpack, content pack with `mode: ingest`',
  planned: set.planned.map((one) => ({ ...one, id: one.id.slice(set.name.length + 1) })),
});

function verdictOf(
  { version }: GraylogServer,
  set: IngestSet,
  tagsOf: (number: number) => ReadonlySet<string>,
): Verdict {
  const numbers = [...set.documents.list.keys()];
  const ids = new Map(set.planned.map((one) => [one.compiled.rule.id, one]));
  return judged({
    engine: `Graylog ${version}, tags of GELF messages`,
    converter: set.converter,
    strict: true,
    rules: set.rules,
    documents: set.documents,
    foundBy({ rule }): Found {
      const found = ids.get(rule.id);
      const reason = [...set.refused].find(([one]) => one.rule.id === rule.id)?.[1] ?? '';
      if (!found) return { kind: 'refused', reason };
      const hits = new Set(numbers.filter((number) => tagsOf(number).has(found.id)));
      return { kind: 'hits', hits, widened: found.widened, faults: [] };
    },
  });
}

function verdicts(server: GraylogServer, sets: readonly IngestSet[], { tags, odd }: Tagged): void {
  const tagsOf =
    (set: IngestSet) =>
    (number: number): ReadonlySet<string> =>
      tags.get(`${set.name}:${number}`) ?? new Set();
  const [first] = sets;
  const shown = [...(first ? [packOf(first)] : []), ...sets];
  report(
    `graylog-ingest-${server.version}`,
    shown.map((set) => verdictOf(server, set, tagsOf(set))),
  );
  const whole = sets.map((set): AllRules => allRules(set, tagsOf(set)));
  for (const [at, { rules, pairs, wrong }] of whole.entries())
    console.log(
      `graylog ${server.version}: ${sets[at]?.name}: ${rules} rules, ${pairs} pairs meant, ${wrong.length} wrong`,
    );
  fail([...odd, ...whole.flatMap(({ wrong }) => wrong)]);
}

async function alerts(server: GraylogServer, pack: PackJudge): Promise<void> {
  const { wanted, wrong } = await alertsRaised(server, pack);
  console.log(
    `graylog ${server.version}: ${wanted} alerts wanted, of a rule and an entity each, ${wrong.length} wrong`,
  );
  fail(wanted === 0 ? ['no alert is wanted: the hits of the pack are lost'] : wrong);
}

function fail(wrong: readonly string[]): void {
  for (const line of wrong.slice(0, 20)) console.log(`  ${line.slice(0, 1500)}`);
  if (wrong.length > 0) process.exitCode = 1;
}

await onEachGraylog(async (server) => {
  const sets = ingestSets(await numericFields(server));
  const stream = await createStream(server, detectionsStream);
  const pack = await installPack(server);
  await installPlans(
    server,
    sets.map(({ plan }) => plan),
  );
  // else it reads all rules once for each of them, and stores no message in time
  await restartServer();
  await pipelinesLoaded(server);
  verdicts(server, sets, await tagged(server, sets, stream));
  await alerts(server, pack);
  const start = performance.now();
  await pack.validate();
  await pack.uninstall();
  pack.throwProblems();
  await removePlans(server);
  await removeStream(server, stream);
  // it would parse what was left after each text for minutes, and the next judge finds it busy
  await restartServer();
  console.log(`graylog ${server.version}: removed in ${seconds(start)} s`);
});
