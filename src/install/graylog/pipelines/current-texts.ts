import type { InstallObject } from '../../plan.ts';
import type { ContentPack } from '../content-pack-model.ts';
import type { PipelinesThere, ServerText } from './server-pipelines.ts';
import { textObject, type WantedText, wantedTexts } from './wanted-texts.ts';

/** A pipeline or a pipeline rule of a pack as the server has it. */
export interface CurrentText {
  readonly wanted: WantedText;
  readonly there: ServerText;
  readonly object: InstallObject;
}

/**
 * What the server has of some versions of a pack, by key: of the texts under one key the pipeline
 * that is connected, else that of the first version.
 */
export function currentTexts(
  packs: readonly ContentPack[],
  there: PipelinesThere,
  streams: ReadonlyMap<string, string>,
): ReadonlyMap<string, CurrentText> {
  const titles = new Map([...streams].map(([title, id]) => [id, title]));
  const streamsOf = (id: string): readonly string[] =>
    [...there.connections].flatMap(([stream, ids]) =>
      ids.includes(id) ? [titles.get(stream) ?? stream] : [],
    );
  const current = new Map<string, CurrentText>();
  for (const pack of packs)
    for (const wanted of wantedTexts(pack)) {
      const { kind, key, title } = wanted;
      const text = (kind === 'pipeline' ? there.pipelines : there.rules).get(title);
      if (!text) continue;
      const connected = kind === 'pipeline' ? streamsOf(text.id) : [];
      const known = current.get(key);
      if (known && (kind !== 'pipeline' || connected.length === 0 || isConnected(known))) continue;
      const object = textObject({ ...wanted, source: text.source, streams: connected });
      current.set(key, { wanted, there: text, object });
    }
  return current;
}

const isConnected = ({ object }: CurrentText): boolean => object.fields.get('streams') !== '[]';
