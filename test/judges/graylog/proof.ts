/**
 * node test/judges/graylog/proof.ts VERSION...: the content pack of the rules that have events,
 * installed in a real Graylog server. The recorded events and near misses of them are sent as GELF;
 * the alerts must be for the very messages that the rules mean.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { graylogQueries } from '../../../src/backend/graylog/graylog.ts';
import { graylogDefaults } from '../../../src/backend/graylog/settings.ts';
import { asGraylogKeeps } from '../opensearch-mappings.ts';
import { compiledRules, documentsOf, recordedEvents } from '../proof-data.ts';
import { type Found, judged, report, type Verdict } from '../proof-verdict.ts';
import { buildPack } from './built-pack.ts';
import { PackJudge } from './pack-judge.ts';
import { awaited } from './patience.ts';
import { stillToRun } from './schedule.ts';
import { messages } from './sent.ts';
import { definitionsOn, type GraylogServer, hitsIn, onEachGraylog, sendAllGelf } from './server.ts';

const text = (value: unknown): string => JSON.stringify(value);

const config =
  'id: proof\nversion: 1.0.0\npipelines: { graylog: none }\ndefaults: { enabled: true }\n';

/** Number of the message by index and id. */
async function numbersOfMessages(server: GraylogServer): Promise<ReadonlyMap<string, number>> {
  const search = { size: 10_000, query: { exists: { field: 'proof_n' } } };
  return new Map(
    (await hitsIn(server, 'graylog_*', search)).map(({ _index, _id, _source }) => [
      `${_index}:${_id}`,
      Number(_source.proof_n),
    ]),
  );
}

/** Numbers of the messages that each definition has alerted on. */
async function alerts(
  server: GraylogServer,
  titles: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, ReadonlySet<number>>> {
  const numbers = await numbersOfMessages(server);
  const found = new Map<string, Set<number>>();
  const origins = { terms: { field: 'origin_context', size: 1000 } };
  const aggs = {
    definition: { terms: { field: 'event_definition_id', size: 1000 }, aggs: { origin: origins } },
  };
  type Buckets = {
    readonly buckets: readonly { readonly key: string; readonly origin: Buckets }[];
  };
  const { aggregations } = (await server.search(
    'gl-events_*/_search',
    text({ size: 0, aggs }),
  )) as {
    readonly aggregations?: { readonly definition: Buckets };
  };
  for (const { key, origin } of aggregations?.definition.buckets ?? []) {
    const title = titles.get(key);
    if (title === undefined) continue;
    const set = found.get(title) ?? new Set();
    found.set(title, set);
    for (const { key: urn } of origin.buckets)
      set.add(numbers.get(urn.replace('urn:graylog:message:es:', '')) ?? -1);
  }
  return found;
}

const sizeOf = (found: ReadonlyMap<string, ReadonlySet<number>>): number =>
  [...found.values()].reduce((sum, { size }) => sum + size, 0);

/** Sends all messages, and waits until all are stored: definitions are to see them when they run. */
async function sendAll(server: GraylogServer): Promise<void> {
  const { list } = documents;
  await sendAllGelf(
    server,
    list.map((event, number) => ({ ...event, short_message: '-', proof_n: number })),
  );
  const search = text({ query: { exists: { field: 'proof_n' } } });
  const stored = await awaited({
    read: async () => Number((await server.search('graylog_*/_count', search)).count),
    progress: (count) => count,
    isDone: (count) => count >= list.length,
    pauseMs: 1000,
  });
  if (stored !== list.length)
    throw new Error(`Graylog ${server.version}: ${stored} of ${list.length} messages are stored`);
}

/** Waits until each definition has run once, over all messages. */
async function settledAlerts(
  server: GraylogServer,
  wanted: number,
): Promise<ReadonlyMap<string, ReadonlySet<number>>> {
  const left = await awaited({
    read: () => stillToRun(server),
    progress: (count) => count,
    isDone: (count) => count === 0,
    pauseMs: 1000,
  });
  if (left > 0) throw new Error(`Graylog ${server.version}: ${left} definitions did not run`);
  const titles = new Map((await definitionsOn(server)).map(({ id, title }) => [id, title]));
  return awaited({
    read: () => alerts(server, titles),
    progress: sizeOf,
    isDone: (found, settled) => settled && sizeOf(found) >= wanted,
    pauseMs: 1000,
  });
}

const rules = compiledRules([]);
const documents = messages(documentsOf(recordedEvents, rules, asGraylogKeeps));

async function verdictOf(server: GraylogServer): Promise<Verdict> {
  const { version } = server;
  const folder = mkdtempSync(join(tmpdir(), 'sigpack-proof-'));
  try {
    const pack = buildPack(folder, config);
    await sendAll(server);
    const judge = new PackJudge(server, readFileSync(pack.path, 'utf8'));
    await judge.install();
    const refused = new Map(
      rules.flatMap((rule) => {
        const conversion = graylogQueries(
          rule.query,
          { file: rule.rule.file, span: rule.rule.detection.span },
          graylogDefaults,
        );
        return conversion.ok ? [] : [[rule, conversion.error[0]?.message ?? '']];
      }),
    );
    const judging = {
      engine: `Graylog ${version}, alerts on GELF messages`,
      converter: 'Sigpack, content pack',
      strict: true,
      rules,
      documents,
    };
    const { meant } = judged({
      ...judging,
      foundBy: (rule) => ({ kind: 'refused', reason: refused.get(rule) ?? '' }),
      within: (rule) => (refused.has(rule) ? new Set() : all),
    });
    const found = await settledAlerts(server, meant);
    await judge.validate();
    await judge.uninstall();
    judge.throwProblems();
    const foundBy = (rule: (typeof rules)[number]): Found => {
      const reason = refused.get(rule);
      if (reason !== undefined) return { kind: 'refused', reason };
      // a rule whose query was split has several definitions
      const parts = [...found].filter(
        ([title]) => title === rule.rule.title || title.startsWith(`${rule.rule.title} (`),
      );
      return {
        kind: 'hits',
        hits: new Set(parts.flatMap(([, numbers]) => [...numbers])),
        widened: false,
        faults: [],
      };
    };
    return judged({ ...judging, foundBy });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const all = new Set(documents.list.keys());
await onEachGraylog(async (server) => {
  report(`graylog-${server.version}`, [await verdictOf(server)]);
});
