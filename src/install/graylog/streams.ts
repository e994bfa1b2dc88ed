import { isRecord, valueText } from '../../source/record.ts';
import { InstallError } from '../install-error.ts';
import type { ContentPack } from './content-pack-model.ts';

export interface Resolving {
  /** Values of the pack's parameters. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Ids of the server's streams by their title. */
  readonly streams: ReadonlyMap<string, string>;
}

/** Values of the pack's parameters. */
export const valuesOf = ({ parameters }: ContentPack): ReadonlyMap<string, string> =>
  new Map(parameters.map(({ name, default_value: value }) => [name, valueText(value ?? '')]));

/** Titles of streams by the entity that refers to them, or brings them. */
export const titlesOf = (pack: ContentPack, resolving: Resolving): ReadonlyMap<string, string> =>
  new Map(
    pack.entities
      .filter(({ type }) => type.name === 'stream_title' || type.name === 'stream')
      .map(({ id, data }) => [id, valueText(plain(data.title, resolving))]),
  );

/** Titles of the streams that the pack brings, by the id of their entity. */
export const ownStreamEntities = (pack: ContentPack): ReadonlyMap<string, string> =>
  new Map(
    pack.entities
      .filter(({ type }) => type.name === 'stream')
      .map(({ id, data }) => [
        id,
        valueText(plain(data.title, { streams: new Map(), parameters: new Map() })),
      ]),
  );

export const ownStreams = (pack: ContentPack): ReadonlySet<string> =>
  new Set(ownStreamEntities(pack).values());

/** Streams of packs by their title: they have no id yet before the first install. */
export function streamShown(
  own: ReadonlySet<string>,
  streams: ReadonlyMap<string, string>,
): (id: string) => string {
  const titles = new Map(
    [...own].flatMap((title) => {
      const id = streams.get(title);
      return id === undefined ? [] : [[id, title] as const];
    }),
  );
  return (id) => titles.get(id) ?? id;
}

/** Titles of the streams that the pack searches and the server has to have. */
export const streamTitles = (pack: ContentPack): readonly string[] =>
  pack.entities
    .filter(({ type }) => type.name === 'stream_title')
    .map(({ data }) =>
      valueText(plain(data.title, { streams: new Map(), parameters: valuesOf(pack) })),
    );

export function streamId(title: string, { streams }: Resolving): string {
  const id = streams.get(title);
  if (id === undefined)
    throw new InstallError(
      'input',
      `the server has no stream with the title ${JSON.stringify(title)}, or more than one`,
    );
  return id;
}

/** Value references as the values that they stand for. */
export function plain(value: unknown, resolving: Resolving): unknown {
  if (Array.isArray(value)) return value.map((inner) => plain(inner, resolving));
  if (!isRecord(value)) return value;
  const { '@type': type, '@value': inner } = value;
  if (type === undefined)
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, plain(one, resolving)]),
    );
  if (type !== 'parameter') return inner;
  const given = resolving.parameters.get(valueText(inner));
  if (given === undefined)
    throw new InstallError(
      'input',
      `the parameter ${JSON.stringify(inner)} has no value; give it under parameters`,
    );
  return given;
}
