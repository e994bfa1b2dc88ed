import { isRecord, valueText } from '../../../source/record.ts';
import { InstallError } from '../../install-error.ts';
import type { Client } from '../../server/client.ts';
import { pathOf, type ServerText } from './server-pipelines.ts';

export interface Waiting {
  readonly client: Client;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

const metric = (kind: 'Pipeline' | 'Rule', rest: string): string =>
  `org.graylog.plugins.pipelineprocessor.ast.${kind}.${rest}.executed`;

/**
 * Waits until each node has read these pipelines and pipeline rules. A node reads all rules, then
 * all pipelines, then all connections, one reading after another, and has a meter for each rule of
 * a pipeline that it has read: with all of them, no reading is under way that lacks one.
 */
export const untilLoaded = (
  waiting: Waiting,
  pipelineIds: readonly string[],
  ruleIds: readonly string[],
): Promise<void> =>
  untilMetered(waiting, [
    ...pipelineIds.map((id) => metric('Pipeline', id)),
    ...ruleIds.map((id) => metric('Rule', id)),
  ]);

/** Of a pipeline that is to be removed: no stage has this number otherwise. */
const markedStage = 4711;

/**
 * Waits until each node has read what was written before: a pipeline that is no longer connected
 * gets a stage, and the node a meter for it.
 */
export async function untilRead(waiting: Waiting, { id, title }: ServerText): Promise<void> {
  const source = `pipeline ${JSON.stringify(title)}\nstage ${markedStage} match pass\nend\n`;
  await waiting.client.send('PUT', pathOf('pipeline', id), {
    body: { id, title, description: '', source },
    expect: [404],
  });
  await untilMetered(waiting, [metric('Pipeline', `${id}.stage.${markedStage}`)]);
}

const namesPerRequest = 500;
const pause = 500;
/** A server with thousands of rules is at it for minutes. */
const longestWait = 15 * 60_000;
/** Where the user may not read metrics. */
const blindWait = 20_000;

async function untilMetered({ client, sleep }: Waiting, names: readonly string[]): Promise<void> {
  let missing = names;
  for (let waited = 0; waited <= longestWait; waited += pause) {
    const left: string[] = [];
    for (let at = 0; at < missing.length; at += namesPerRequest) {
      const chunk = missing.slice(at, at + namesPerRequest);
      const known = await meteredOn(client, chunk);
      if (!known) return sleep(blindWait);
      left.push(...chunk.filter((name) => !known.has(name)));
    }
    if (left.length === 0) return;
    missing = left;
    await sleep(pause);
  }
  throw new InstallError(
    'place',
    'the server has not loaded the new pipelines within 15 minutes; they are not connected, and ' +
      'the command can be run again',
  );
}

/** Those of the names that every node has; undefined: the user may not see them. */
async function meteredOn(
  client: Client,
  names: readonly string[],
): Promise<ReadonlySet<string> | undefined> {
  const sending = { body: { metrics: names }, repeatable: true, expect: [403, 404] };
  const cluster = await client.send('POST', '/cluster/metrics/multiple', sending);
  const nodes = isRecord(cluster.json) ? Object.values(cluster.json).filter(hasMetrics) : [];
  if (cluster.status === 200 && nodes.length > 0) {
    const [first = new Set<string>(), ...others] = nodes.map(namesIn);
    return new Set([...first].filter((name) => others.every((node) => node.has(name))));
  }
  const { status, json } = await client.send('POST', '/system/metrics/multiple', sending);
  if (status === 403 || status === 404) return undefined;
  if (!hasMetrics(json))
    throw new InstallError('place', 'the server answers with something else than its metrics');
  return namesIn(json);
}

interface Metrics {
  readonly metrics: readonly unknown[];
}

const hasMetrics = (value: unknown): value is Metrics =>
  isRecord(value) && Array.isArray(value.metrics);

const namesIn = ({ metrics }: Metrics): ReadonlySet<string> =>
  new Set(metrics.flatMap((one) => (isRecord(one) ? [valueText(one.full_name)] : [])));
