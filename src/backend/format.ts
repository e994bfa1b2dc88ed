import type { ConvertedEntry, TargetFormat } from './target.ts';

/** The queries alone, one per line. Fits any target. */
export const plainFormat: TargetFormat = {
  name: 'default',
  description: 'the queries, one a line',
  extension: 'txt',
  print: (entries) =>
    entries.flatMap(({ converted }) => converted.queries.map((query) => `${query}\n`)).join(''),
};

/** What scripts want to know about a rule besides its query. */
function record({ rule, converted }: ConvertedEntry): object {
  const { id, title, level, status, tags } = rule;
  return {
    ...(id === undefined ? {} : { id }),
    title,
    ...(level ? { level } : {}),
    ...(status ? { status } : {}),
    tags,
    queries: converted.queries,
  };
}

/** A JSON array: id, title, level, status, tags and queries of each rule. Fits any target. */
export const jsonFormat: TargetFormat = {
  name: 'json',
  description: 'a JSON array with id, title, level, status, tags and queries of each rule',
  extension: 'json',
  print: (entries) => `${JSON.stringify(entries.map(record), null, 2)}\n`,
};

/** The same as {@link jsonFormat}, with one JSON object per line. Fits any target. */
export const ndjsonFormat: TargetFormat = {
  name: 'ndjson',
  description: 'the same, one JSON object a line',
  extension: 'ndjson',
  print: (entries) => entries.map((entry) => `${JSON.stringify(record(entry))}\n`).join(''),
};
