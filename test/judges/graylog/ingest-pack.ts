import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPack } from './built-pack.ts';
import { storedWith } from './ingest-server.ts';
import { raisedEvents, streamsOn } from './objects.ts';
import { PackJudge } from './pack-judge.ts';
import { awaited } from './patience.ts';
import { stillToRun } from './schedule.ts';
import { type GraylogServer, type Json, sendAllGelf } from './server.ts';

/** What the pack's stream is called. */
const packStream = 'Judged pack';
const config = `id: judged\nversion: 1.0.0\nruleUrl: 'https://git.example.org/{path}'\npipelines: { graylog: none }\ndefaults: { enabled: true }\ngraylog: { mode: ingest, detectionsStream: '${packStream}' }\n`;

/** Installs the content pack of the rules that have events, without runs, and starts its stream. */
export async function installPack(server: GraylogServer): Promise<PackJudge> {
  const folder = mkdtempSync(join(tmpdir(), 'sigpack-ingest-'));
  try {
    const judge = new PackJudge(server, readFileSync(buildPack(folder, config).path, 'utf8'));
    if (await judge.install()) {
      await judge.unschedule();
      await startStream(server);
    }
    judge.throwProblems();
    return judge;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Servers from 7.0 on make the streams of content packs paused. */
async function startStream(server: GraylogServer): Promise<void> {
  const stream = (await streamsOn(server)).find(({ title }) => title === packStream);
  if (!stream) throw new Error(`there is no stream ${packStream}`);
  if (stream.disabled) await server.call('POST', `/streams/${stream.id}/resume`);
}

/** The rule and the entity that a hit, or an alert, is about, and what it says of the rule. */
type Alert = string;

const ofRule = ['sigma_entity', 'sigma_techniques', 'sigma_tactics', 'sigma_link'];

const alertOf = (rule: unknown, fields: Json): Alert =>
  `${rule} of ${ofRule.map((name) => fields[name]).join(', ')}`;

/** The alerts that the pack's definitions have raised. */
async function raised(server: GraylogServer): Promise<ReadonlySet<Alert>> {
  const shown = ['sigma_rule_id', ...ofRule].map((name) => `fields.${name}`);
  const events = await raisedEvents(server, shown);
  return new Set(
    events.flatMap((event) => {
      const fields = (event.fields ?? {}) as Json;
      return fields.sigma_rule_id === undefined ? [] : [alertOf(fields.sigma_rule_id, fields)];
    }),
  );
}

/** What the hits of the pack say that alerts are to be raised for. */
async function wanted(server: GraylogServer): Promise<ReadonlySet<Alert>> {
  // tags of the other sets have a prefix
  const hits = (await storedWith(server, 'sigma_rule')).filter(
    ({ sigma_rule: rule }) => !String(rule).includes(':'),
  );
  return new Set(hits.map((hit) => alertOf(hit.sigma_rule, hit)));
}

export interface Alerts {
  readonly wanted: number;
  readonly wrong: readonly string[];
}

/** Has each definition run once, when all hits are there: an alert for each, and no others. */
export async function alertsRaised(server: GraylogServer, judge: PackJudge): Promise<Alerts> {
  await judge.schedule();
  const left = await awaited({
    async read() {
      // a window is only looked at when later messages have come
      await sendAllGelf(server, [{ judge_later: 'x' }]);
      return stillToRun(server);
    },
    progress: (count) => count,
    isDone: (count) => count === 0,
    pauseMs: 2000,
  });
  const { found, hits } = await awaited({
    read: async () => ({ found: await raised(server), hits: await wanted(server) }),
    progress: ({ found }) => found.size,
    isDone: ({ found, hits }, settled) => settled && [...hits].every((alert) => found.has(alert)),
    pauseMs: 2000,
  });
  return {
    wanted: hits.size,
    wrong: [
      ...(left > 0 ? [`${left} definitions did not run`] : []),
      ...[...hits].filter((alert) => !found.has(alert)).map((alert) => `no alert for ${alert}`),
      ...[...found].filter((alert) => !hits.has(alert)).map((alert) => `an alert for ${alert}`),
    ],
  };
}
