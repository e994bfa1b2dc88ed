import type { GraylogDetection, PackInfo } from '../model/detection.ts';
import { parameterValue, textValue, type ValueReference } from '../model/pack-entity.ts';
import { type StreamTitleEntity, streamTitle } from './stream.ts';

/**
 * Where the event definitions search: everywhere, in streams that the server has by title, or in a
 * stream that is named at installation.
 */
export type StreamChoice =
  | { readonly kind: 'all' }
  | { readonly kind: 'titles'; readonly titles: readonly string[] }
  | { readonly kind: 'parameter'; readonly name: string; readonly defaultTitle: string };

export interface PackParameter {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly type: 'string';
  readonly default_value: string;
}

export interface StreamReferences {
  readonly entities: readonly StreamTitleEntity[];
  readonly parameters: readonly PackParameter[];
  /** Ids of the entities that a detection searches. Empty: all streams. */
  readonly idsFor: (g: GraylogDetection) => readonly string[];
}

/**
 * One reference per title; the streams of a detection take precedence over those of the pack.
 * `use`: of the stream that a parameter names, for who installs the pack.
 */
export function streamReferences(
  info: PackInfo,
  minimum: string,
  choice: StreamChoice,
  detections: readonly GraylogDetection[],
  use = 'that the event definitions search',
): StreamReferences {
  const entities = new Map<string, StreamTitleEntity>();
  const refer = (title: ValueReference<string>): string => {
    const entity = streamTitle(info, title, minimum);
    if (!entities.has(entity.id)) entities.set(entity.id, entity);
    return entity.id;
  };
  const ids = detections.map(({ detection }) => {
    const own = detection.settings.graylog.streams;
    return (own.length > 0 ? own.map(textValue) : chosenTitles(choice)).map(refer);
  });
  const byDetection = new Map(detections.map((g, index) => [g, [...new Set(ids[index])]]));
  const hasParameter =
    choice.kind === 'parameter' &&
    detections.some(({ detection }) => detection.settings.graylog.streams.length === 0);
  return {
    entities: [...entities.values()],
    parameters: hasParameter ? [streamParameter(choice, use)] : [],
    idsFor: (g) => byDetection.get(g) ?? [],
  };
}

function chosenTitles(choice: StreamChoice): ValueReference<string>[] {
  if (choice.kind === 'parameter') return [parameterValue(choice.name)];
  return choice.kind === 'titles' ? choice.titles.map(textValue) : [];
}

const streamParameter = (
  { name, defaultTitle }: Extract<StreamChoice, { kind: 'parameter' }>,
  use: string,
): PackParameter => ({
  name,
  title: 'Stream',
  description: `Title of the stream ${use}. It must exist, once.`,
  type: 'string',
  default_value: defaultTitle,
});
