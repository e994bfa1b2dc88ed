import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { main } from '../places.ts';
import { rulePaths } from '../proof-data.ts';
import { patienceMs, storedWith } from './ingest-server.ts';
import { type GraylogServer, type Json, judge, sendAllGelf } from './server.ts';

interface Pack {
  readonly id: string;
  readonly entities: readonly {
    readonly type: { readonly name: string };
    readonly data: { readonly config: Record<string, unknown> };
  }[];
}

/** What the pack's stream is called. */
const packStream = 'Judged pack';

/**
 * Installs the content pack of the rules that have events, as `sigpack build` makes it; but its
 * definitions run every ten seconds and look ten minutes back. The id of the pack.
 */
export function installPack(server: GraylogServer): string {
  const folder = mkdtempSync(join(tmpdir(), 'sigpack-ingest-'));
  try {
    const config = join(folder, 'sigpack.yml');
    writeFileSync(
      config,
      `id: judged\nversion: 1.0.0\npipelines: { graylog: none }\ndefaults: { enabled: true }\ngraylog: { mode: ingest, detectionsStream: '${packStream}' }\n`,
    );
    const out = join(folder, 'pack');
    const built = spawnSync(
      process.execPath,
      [main, 'build', ...rulePaths, '-c', config, '-t', 'graylog', '-o', out],
      { encoding: 'utf8' },
    );
    const name = readdirSync(out).find((file) => file.endsWith('-graylog.json'));
    if (built.status === null || built.status > 1 || name === undefined)
      throw new Error(`the pack is not built: ${built.stderr}`);
    const path = join(out, name);
    const pack = JSON.parse(readFileSync(path, 'utf8')) as Pack;
    for (const { type, data } of pack.entities) {
      if (type.name !== 'event_definition') continue;
      Object.assign(data.config, { execute_every_ms: 10_000, search_within_ms: 600_000 });
    }
    writeFileSync(path, JSON.stringify(pack));
    const run = spawnSync(join(judge, 'judge.sh'), [path, '--keep'], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    const { problems } = JSON.parse(run.stdout) as { readonly problems: readonly Json[] };
    if (problems.length > 0)
      throw new Error(`Graylog ${server.version}: ${JSON.stringify(problems).slice(0, 2000)}`);
    return pack.id;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A rule and the entity that a hit, or an alert, is about. */
type Alert = string;

const alertOf = (rule: unknown, entity: unknown): Alert => `${rule} of ${entity}`;

/** The alerts that the pack's definitions have raised. */
async function raised(server: GraylogServer): Promise<ReadonlySet<Alert>> {
  const { hits } = (await server.search(
    'gl-events_*/_search',
    JSON.stringify({ size: 10_000 }),
  )) as { readonly hits: { readonly hits: readonly { readonly _source: Json }[] } };
  return new Set(
    hits.hits.flatMap(({ _source }) => {
      const { sigma_rule_id: rule, sigma_entity: entity } = (_source.fields ?? {}) as Json;
      return rule === undefined ? [] : [alertOf(rule, entity)];
    }),
  );
}

/** What the hits of the pack say that alerts are to be raised for. */
async function wanted(server: GraylogServer): Promise<ReadonlySet<Alert>> {
  // tags of the other sets have a prefix
  const hits = (await storedWith(server, 'sigma_rule')).filter(
    ({ sigma_rule: rule }) => !String(rule).includes(':'),
  );
  return new Set(hits.map(({ sigma_rule: rule, sigma_entity: entity }) => alertOf(rule, entity)));
}

export interface Alerts {
  readonly wanted: number;
  readonly wrong: readonly string[];
}

/** Waits for an alert for each hit, then for one more round of runs: nothing else may come. */
export async function alertsRaised(server: GraylogServer): Promise<Alerts> {
  for (const end = Date.now() + patienceMs; Date.now() < end; await sleep(2000)) {
    // a window is only looked at when later messages have come
    await sendAllGelf(server, [{ judge_later: 'x' }]);
    const found = await raised(server);
    if ([...(await wanted(server))].every((alert) => found.has(alert))) break;
  }
  await sleep(11_000);
  const [found, hits] = [await raised(server), await wanted(server)];
  return {
    wanted: hits.size,
    wrong: [
      ...[...hits].filter((alert) => !found.has(alert)).map((alert) => `no alert for ${alert}`),
      ...[...found].filter((alert) => !hits.has(alert)).map((alert) => `an alert for ${alert}`),
    ],
  };
}
