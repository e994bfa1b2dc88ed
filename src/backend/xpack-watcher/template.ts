/**
 * Watcher reads the search of a watch, and the texts of its actions, as Mustache templates. A brace
 * next to another one is therefore fetched from the watch's metadata, which is not a template:
 * `{{` of a rule stays text. Manual: Elasticsearch, Watcher, "How Watcher works", "Templates".
 */
const brace = '{{ctx.metadata.brace}}';

/** The same value, with no text of a rule that starts a template tag. */
export function neutralised(value: unknown): unknown {
  if (typeof value === 'string')
    return value.includes('{{')
      ? value.replace(/\{{2,}/g, (run) => brace.repeat(run.length))
      : value;
  if (Array.isArray(value)) return value.map(neutralised);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, neutralised(inner)]));
}

/** What the metadata must hold where a search refers to it. */
export const braceMetadata = (search: unknown): { readonly brace?: string } =>
  JSON.stringify(search).includes(brace) ? { brace: '{' } : {};

/** JSON of a search without what {@link neutralised} put into it. */
export const withoutBraces = (json: string): string => json.replaceAll(brace, '');
