import { InstallError } from '../../install-error.ts';
import type { InstallPlan } from '../../plan.ts';
import type { Client } from '../../server/client.ts';
import { inParallel } from '../../server/in-parallel.ts';
import type { ContentPack } from '../content-pack-model.ts';
import { createText } from './create-text.ts';
import type { CurrentText } from './current-texts.ts';
import { untilLoaded, untilRead, type Waiting } from './reload.ts';
import {
  connect,
  connectionsOn,
  disconnect,
  existing,
  type PipelinesThere,
  pathOf,
  pipelinesOn,
  rulesOn,
  type ServerText,
} from './server-pipelines.ts';
import { ensureTuning, type Tuning } from './tuning.ts';
import { goneTexts, renamed, type WantedText, wantedTexts } from './wanted-texts.ts';

export interface PipelineChange extends Waiting {
  readonly concurrency: number;
  /** Versions of the pack: what they have and the wanted one lacks is removed. */
  readonly known: readonly ContentPack[];
  readonly wanted: readonly WantedText[];
  readonly current: ReadonlyMap<string, CurrentText>;
  readonly there: PipelinesThere;
  /** Ids of the server's streams by title. */
  readonly streams: ReadonlyMap<string, string>;
  readonly plan: InstallPlan;
  readonly step: (label: string) => void;
}

/**
 * Makes what is new, waits until the server has loaded all of it, and then connects it in one step
 * for each stream: no message is tested by a part of a version. What is not connected any more
 * stays, see {@link removeOthers}.
 */
export async function makeAndConnect(
  change: PipelineChange,
  tuning: Tuning | undefined,
  hits: string | undefined,
): Promise<void> {
  const { client, wanted, there } = change;
  const rules = wanted.filter(({ kind }) => kind === 'pipeline_rule');
  const pipelines = wanted.filter(({ kind }) => kind === 'pipeline');
  const ruleIds = await makeAll(change, keptSources(change, rules), there.rules);
  const pipelineIds = await makeAll(change, pipelines, there.pipelines);
  if (tuning && hits !== undefined) await ensureTuning(client, tuning, there, hits);
  const isActive = activeOf(change);
  const waiting = pipelineIds.filter((id) => !isActive(id));
  if (waiting.length > 0) await untilLoaded(change, waiting, ruleIds);
  await connectAll(change, pipelines);
}

const activeOf = ({ there }: PipelineChange): ((id: string) => boolean) => {
  const active = new Set([...there.connections.values()].flat());
  return (id) => active.has(id);
};

/** A rule that someone changed in place keeps that under its new name, where the plan says so. */
function keptSources(
  { plan, current }: PipelineChange,
  rules: readonly WantedText[],
): readonly WantedText[] {
  const kept = new Set(plan.drift.flatMap((one) => (one.outcome === 'kept' ? [one.key] : [])));
  return rules.map((rule) => {
    const source = kept.has(rule.key) ? current.get(rule.key)?.there.source : undefined;
    return source === undefined ? rule : { ...rule, source: renamed(source, rule.title) };
  });
}

/** The server parses all rules after each: the largest come last, and so are parsed least often. */
const smallestFirst = <T extends { readonly source: string }>(texts: readonly T[]): readonly T[] =>
  [...texts].sort((a, b) => a.source.length - b.source.length);

/** Returns their ids. */
async function makeAll(
  { client, concurrency, step }: PipelineChange,
  texts: readonly WantedText[],
  there: ReadonlyMap<string, ServerText>,
): Promise<readonly string[]> {
  const ids: string[] = [];
  await inParallel(smallestFirst(texts), concurrency, async (text) => {
    const { kind, title, description, source } = text;
    const known = there.get(title);
    ids.push(known ? known.id : await createText(client, kind, text));
    if (known?.source === source) return;
    if (known)
      await client.send('PUT', pathOf(kind, known.id), {
        body: { id: known.id, title, description, source },
      });
    step(kind === 'pipeline' ? 'making pipelines' : 'making pipeline rules');
  });
  return ids;
}

/** Removes the pipelines of all versions, after no message gets to them any more. */
export async function removeAll(
  change: Omit<PipelineChange, 'wanted' | 'current' | 'plan'>,
): Promise<void> {
  if (change.known.length === 0) return;
  await connectAll({ ...change, wanted: [] }, []);
  await removeOthers({ ...change, wanted: [] });
}

/** Puts the pipelines of the version in the place of those of all versions. */
async function connectAll(
  change: Omit<PipelineChange, 'current' | 'plan'>,
  pipelines: readonly WantedText[],
): Promise<void> {
  const { client, streams } = change;
  const now = await pipelinesOn(client);
  const idsOf = (stream: string): readonly string[] =>
    pipelines.flatMap(({ title, streams: titles }) =>
      titles.some((one) => streams.get(one) === stream) ? (now.get(title)?.id ?? []) : [],
    );
  const connections = await connectionsOn(client);
  const ours = ownIds(change, pipelines, now);
  const wanted = new Set(
    pipelines.flatMap(({ streams: titles }) => titles.flatMap((one) => streams.get(one) ?? [])),
  );
  for (const stream of new Set([...wanted, ...connections.keys()])) {
    const before = connections.get(stream) ?? [];
    const others = existing(before, { pipelines: now }).filter((id) => !ours.has(id));
    const next = new Set([...others, ...idsOf(stream)]);
    const isSame = before.length === next.size && before.every((id) => next.has(id));
    if (isSame) continue;
    if (wanted.has(stream)) await connect(client, stream, [...next]);
    else if (before.some((id) => ours.has(id))) await disconnect(client, stream, [...next]);
  }
}

/** Ids of pipelines of any version. */
function ownIds(
  { known }: Pick<PipelineChange, 'known'>,
  wanted: readonly WantedText[],
  now: ReadonlyMap<string, ServerText>,
): ReadonlySet<string> {
  const titles = [...known.flatMap(wantedTexts), ...wanted].map(({ title }) => title);
  return new Set(titles.flatMap((title) => now.get(title)?.id ?? []));
}

/** Removes the pipelines, then the rules, that the wanted version lacks. */
export async function removeOthers(
  change: Omit<PipelineChange, 'current' | 'plan'>,
): Promise<void> {
  const { client, known, wanted, concurrency, step } = change;
  const gone = goneTexts(known, wanted);
  const titlesOf = (kind: WantedText['kind']): readonly string[] =>
    gone.flatMap((one) => (one.kind === kind ? [one.title] : []));
  const [pipelineTitles, ruleTitles] = [titlesOf('pipeline'), titlesOf('pipeline_rule')];
  if (pipelineTitles.length === 0 && ruleTitles.length === 0) return;
  const there = await pipelinesOn(client);
  const pipelines = pipelineTitles.flatMap((title) => there.get(title) ?? []);
  const [marked] = pipelines;
  // a server that has just lost all of its pipelines may go on with those that it has loaded
  if (marked && wanted.length === 0) await untilRead(change, marked);
  const remove = async (kind: WantedText['kind'], texts: readonly ServerText[]): Promise<void> => {
    await inParallel([...smallestFirst(texts)].reverse(), concurrency, async ({ id }) => {
      await client.send('DELETE', pathOf(kind, id), { expect: [404] });
      step('removing pipelines and rules');
    });
  };
  await remove('pipeline', pipelines);
  await remove('pipeline_rule', [...(await rulesOn(client, ruleTitles)).values()]);
  await refuseLeft(client, pipelineTitles, ruleTitles);
}

/** What is left is connected to nothing, but the next plan would not find it. */
async function refuseLeft(
  client: Client,
  pipelineTitles: readonly string[],
  ruleTitles: readonly string[],
): Promise<void> {
  const pipelines = await pipelinesOn(client);
  const rules = await rulesOn(client, ruleTitles);
  const left = [...pipelineTitles.filter((title) => pipelines.has(title)), ...rules.keys()];
  if (left.length > 0)
    throw new InstallError(
      'place',
      `the server still has ${JSON.stringify(left[0])} after it was removed; run the command again`,
    );
}
