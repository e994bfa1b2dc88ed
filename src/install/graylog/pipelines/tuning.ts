import { tuningTitle } from '../../../pack/graylog/ingest/detections-stream.ts';
import type { Client } from '../../server/client.ts';
import { createText } from './create-text.ts';
import {
  connect,
  connectionsOn,
  disconnect,
  existing,
  namesIn,
  type PipelinesThere,
  pathOf,
  pipelinesOn,
  type ServerText,
} from './server-pipelines.ts';
import type { WantedText } from './wanted-texts.ts';

/**
 * What of a pack is the admin's alone: a pipeline that every hit passes before it is stored. It is
 * made once, and never written again.
 */
export interface Tuning {
  /** Title of the pipeline. */
  readonly title: string;
  readonly source: string;
  readonly rules: readonly { readonly title: string; readonly source: string }[];
}

/** Of the pack whose pipelines are called so: the first word of each title is the pack's id. */
export function tuningOf(texts: readonly WantedText[]): Tuning | undefined {
  const id = texts[0]?.title.split(' ')[0];
  if (id === undefined) return undefined;
  const title = tuningTitle(id);
  const [off, levels] = [`${title}: exclusions`, `${title}: levels`];
  return {
    title,
    source: [
      `pipeline ${JSON.stringify(title)}`,
      'stage 0 match pass',
      ...[off, levels].map((name) => `  rule ${JSON.stringify(name)};`),
      'end\n',
    ].join('\n'),
    rules: [
      { title: off, source: exclusions(off) },
      { title: levels, source: otherLevels(levels) },
    ],
  };
}

const exclusions = (name: string): string => `rule ${JSON.stringify(name)}
// Yours: sigpack never changes it. A hit that fulfils the condition is dropped: no alert.
// Add what is to be dropped, each in parentheses, with || between them:
//   ("<id of a rule>" == $message.sigma_rule)
//   ("<id of a rule>" == $message.sigma_rule && "srv-1" == $message.sigma_entity)
when
  false
then
  drop_message();
end
`;

const otherLevels = (name: string): string => `rule ${JSON.stringify(name)}
// Yours: sigpack never changes it. A hit that fulfils the condition gets another level.
// For another level add a rule of your own to the pipeline. To count a hit without an alert:
//   set_field("sigma_alert", "false");
when
  false
then
  set_field("sigma_level", "low");
end
`;

/** Makes the pipeline where the server lacks it, and connects it to the stream of hits. */
export async function ensureTuning(
  client: Client,
  tuning: Tuning,
  there: PipelinesThere,
  streamId: string,
): Promise<void> {
  let id = there.pipelines.get(tuning.title)?.id;
  if (id === undefined) {
    for (const { title, source } of tuning.rules)
      if (!there.rules.has(title)) await createText(client, 'pipeline_rule', { title, source });
    id = await createText(client, 'pipeline', tuning);
  }
  const connected = there.connections.get(streamId) ?? [];
  if (connected.includes(id)) return;
  await connect(client, streamId, [...existing(connected, there), id]);
}

/** What the server has of it, for `status`. */
export function tuningLine(tuning: Tuning, there: PipelinesThere): string {
  const pipeline = there.pipelines.get(tuning.title);
  const named = JSON.stringify(tuning.title);
  if (!pipeline) return `tuning: the pipeline ${named} is not there`;
  const edited = editedRules(tuning, pipeline, there);
  const isConnected = [...there.connections.values()].some((ids) => ids.includes(pipeline.id));
  const state = edited.length === 0 ? 'as it was made' : `yours: ${edited.join(', ')}`;
  const loose = isConnected ? '' : '; it is connected to no stream';
  return `tuning: the pipeline ${named} is ${state}${loose}`;
}

/** Whether anyone wrote something there. */
const isTuned = (tuning: Tuning, there: PipelinesThere): boolean => {
  const pipeline = there.pipelines.get(tuning.title);
  return pipeline !== undefined && editedRules(tuning, pipeline, there).length > 0;
};

function editedRules(
  { source, rules }: Tuning,
  pipeline: ServerText,
  there: PipelinesThere,
): readonly string[] {
  const made = new Map(rules.map((one) => [one.title, one.source]));
  const edited = namesIn(pipeline.source)
    .filter(
      (title) =>
        made.get(title) === undefined || there.rules.get(title)?.source !== made.get(title),
    )
    .map((title) => JSON.stringify(title));
  return edited.length === 0 && pipeline.source !== source ? ['its stages'] : edited;
}

/** Removes it, unless someone wrote something there: returns what to know then. */
export async function removeTuning(
  client: Client,
  tuning: Tuning,
  there: PipelinesThere,
): Promise<readonly string[]> {
  const pipeline = there.pipelines.get(tuning.title);
  if (pipeline) await disconnectFromAll(client, pipeline);
  if (isTuned(tuning, there))
    return [
      `The pipeline ${JSON.stringify(tuning.title)} stays, with its rules: they are yours. An ` +
        'install connects it again; delete it under System > Pipelines.',
    ];
  if (pipeline) await client.send('DELETE', pathOf('pipeline', pipeline.id), { expect: [404] });
  for (const { title } of tuning.rules) {
    const rule = there.rules.get(title);
    if (rule) await client.send('DELETE', pathOf('pipeline_rule', rule.id), { expect: [404] });
  }
  return [];
}

/** Pipelines beside it may have been removed since the server was read. */
async function disconnectFromAll(client: Client, { id: own }: ServerText): Promise<void> {
  const pipelines = await pipelinesOn(client);
  for (const [stream, ids] of await connectionsOn(client))
    if (ids.includes(own))
      await disconnect(
        client,
        stream,
        existing(ids, { pipelines }).filter((id) => id !== own),
      );
}
