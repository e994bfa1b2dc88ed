import { setTimeout as sleep } from 'node:timers/promises';
import type { IngestPlan } from '../../../src/backend/graylog/ingest/texts.ts';
import { installContentPack } from './objects.ts';
import { patienceMs } from './patience.ts';
import { type GraylogServer, hitsIn, type Json, removePack, sendAllGelf } from './server.ts';

const packId = 'b3a5f0de-61a4-4c44-9a8e-6d2f6f0f5a10';

/** What shows that the server has loaded its pipelines. */
const probe = {
  rules: [
    {
      name: 'judge probe',
      source:
        'rule "judge probe" when has_field("judge_probe") then set_field("judge_seen", "1"); end',
    },
  ],
  pipelines: [
    {
      name: 'judge probe',
      source: 'pipeline "judge probe" stage 0 match pass rule "judge probe"; end',
    },
  ],
};
export const defaultStreamId = '000000000000000000000001';

export const seconds = (start: number): string => ((performance.now() - start) / 1000).toFixed(1);

const text = (value: string): Json => ({ '@type': 'string', '@value': value });

/** All plans and the probe in one content pack, connected to the default stream. */
function contentPack(plans: readonly Pick<IngestPlan, 'rules' | 'pipelines'>[]) {
  const constraints = [{ type: 'server-version', version: '>=6.0.0' }];
  const stream = 'default-stream';
  const entity = (name: string, id: string, data: Json): Json => ({
    v: '1',
    type: { name, version: '1' },
    id,
    data,
    constraints,
  });
  const sourced = ({ name, source }: { name: string; source: string }): Json => ({
    title: text(name),
    description: text(''),
    source: text(source),
  });
  return {
    v: '1',
    id: packId,
    rev: 1,
    name: 'Judged pipeline rules',
    summary: 'judge',
    description: '',
    vendor: 'judge',
    url: '',
    parameters: [],
    entities: [
      entity('stream_title', stream, { title: text('Default Stream') }),
      ...[...plans, probe].flatMap(({ rules, pipelines }, set) => [
        ...rules.map((rule, at) => entity('pipeline_rule', `rule-${set}-${at}`, sourced(rule))),
        ...pipelines.map((pipeline, at) =>
          entity('pipeline', `pipeline-${set}-${at}`, {
            ...sourced(pipeline),
            connected_streams: [text(stream)],
          }),
        ),
      ]),
    ],
  };
}

/**
 * Installs the plans and reads every text back as the server's parser takes it; throws where it
 * refuses one.
 */
export async function installPlans(
  server: GraylogServer,
  plans: readonly IngestPlan[],
): Promise<void> {
  const start = performance.now();
  await installContentPack(server, contentPack(plans));
  const installed = seconds(start);
  const rules = (await server.call('GET', '/system/pipelines/rule')) as unknown as readonly {
    readonly title: string;
    readonly errors: readonly unknown[] | null;
  }[];
  const texts = plans.reduce((sum, plan) => sum + plan.rules.length, 0);
  const refused = rules.filter(({ errors }) => (errors ?? []).length > 0);
  console.log(
    `graylog ${server.version}: ${texts} texts installed in ${installed} s, ${refused.length} refused`,
  );
  if (refused.length > 0 || rules.length < texts)
    throw new Error(
      `${rules.length} of ${texts} are there; refused: ${JSON.stringify(refused.slice(0, 5)).slice(0, 5000)}`,
    );
}

export const removePlans = (server: GraylogServer): Promise<void> => removePack(server, packId);

/**
 * Waits until a server that was started again has loaded the pipelines: it reads all of them at once,
 * and would read them once more after each change.
 */
export async function pipelinesLoaded(server: GraylogServer): Promise<void> {
  for (const end = Date.now() + patienceMs; ; ) {
    await sendAllGelf(server, [{ judge_probe: 'x' }]);
    await sleep(1000);
    if ((await storedWith(server, 'judge_seen')).length > 0) return;
    if (Date.now() > end) throw new Error('the pipelines are not loaded');
  }
}

/** What the index has of messages with a field. */
export async function storedWith(server: GraylogServer, field: string): Promise<readonly Json[]> {
  await server.search('graylog_*/_refresh', '');
  const found: Json[] = [];
  for (let after: unknown; ; ) {
    const hits = await hitsIn(server, 'graylog_*', {
      size: 5000,
      query: { exists: { field } },
      sort: [{ _doc: 'asc' }],
      ...(after === undefined ? {} : { search_after: after }),
    });
    found.push(...hits.map(({ _source }) => _source));
    const last = hits.at(-1);
    if (!last || hits.length < 5000) return found;
    after = last.sort;
  }
}
