import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { main } from '../places.ts';
import { rulePaths } from '../proof-data.ts';
import { type GraylogServer, type Json, judge, sendAllGelf } from './server.ts';

interface Pack {
  readonly id: string;
  readonly entities: readonly {
    readonly type: { readonly name: string };
    readonly data: { readonly config: Record<string, unknown> };
  }[];
}

/** What the pack's stream is called. */
export const packStream = 'Judged pack';

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
export type Alert = string;

export const alertOf = (rule: unknown, entity: unknown): Alert => `${rule} of ${entity}`;

/** The alerts that the pack's definitions have raised. */
async function raised(server: GraylogServer): Promise<ReadonlySet<Alert>> {
  const { hits } = (await server.search(
    'gl-events_*/_search',
    JSON.stringify({ size: 10_000, query: { exists: { field: 'fields.sigma_rule_id' } } }),
  )) as { readonly hits: { readonly hits: readonly { readonly _source: Json }[] } };
  return new Set(
    hits.hits.map(({ _source }) => {
      const fields = _source.fields as Json;
      return alertOf(fields.sigma_rule_id, fields.sigma_entity);
    }),
  );
}

/** Waits for the alerts wanted, then for one more round of runs: nothing else may come. */
export async function alertsRaised(
  server: GraylogServer,
  wanted: ReadonlySet<Alert>,
  patienceMs: number,
): Promise<readonly string[]> {
  const missing = (found: ReadonlySet<Alert>): readonly Alert[] =>
    [...wanted].filter((alert) => !found.has(alert));
  for (const end = Date.now() + patienceMs; Date.now() < end; await sleep(2000)) {
    // a window is only looked at when later messages have come
    await sendAllGelf(server, [{ judge_later: 'x' }]);
    if (missing(await raised(server)).length === 0) break;
  }
  await sleep(11_000);
  const found = await raised(server);
  return [
    ...missing(found).map((alert) => `no alert for ${alert}`),
    ...[...found].filter((alert) => !wanted.has(alert)).map((alert) => `an alert for ${alert}`),
  ];
}
