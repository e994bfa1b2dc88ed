import { withoutBraces } from '../../backend/xpack-watcher/template.ts';
import { defaultActions, foundTexts } from '../../backend/xpack-watcher/watch.ts';
import { isRecord } from '../../source/record.ts';
import { sortedJson } from '../../source/sorted-json.ts';
import type { JsonObject } from '../plan.ts';

/**
 * What `sigpack.yml` has as `elasticsearch.actions`; undefined: the log line that is the default.
 */
export type WatchActions = Readonly<Record<string, object>> | undefined;

type Keys = ReadonlySet<string>;
const envelopeKeys: Keys = new Set(['id', 'body']);
const sections: Keys = new Set([
  'trigger',
  'input',
  'condition',
  'actions',
  'metadata',
  'throttle_period',
]);
const requestKeys: Keys = new Set(['indices', 'rest_total_hits_as_int', 'body']);
const searchKeys: Keys = new Set(['size', 'track_total_hits', 'query', 'sort', 'aggs']);
const metadataKeys: Keys = new Set(['title', 'id', 'status', 'level', 'tags', 'brace']);
const onlySchedule: Keys = new Set(['schedule']);

/** Why Sigpack does not write such a watch with these actions; undefined: it may have. */
export function watchError(
  watch: JsonObject,
  body: JsonObject,
  actions: WatchActions,
): string | undefined {
  const input = isRecord(body.input) ? body.input : {};
  const key = strangeKey(watch, envelopeKeys) ?? strangeKey(body, sections);
  if (key !== undefined) return `has the key ${JSON.stringify(key)}, which Sigpack never writes`;
  if (Object.keys(input).join() !== 'search')
    return 'has an input other than one search, which Sigpack never writes';
  return searchError(input.search) ?? partError(body) ?? actionsError(body.actions, actions);
}

const strangeKey = (value: JsonObject, known: Keys): string | undefined =>
  Object.keys(value).find((key) => !known.has(key));

function searchError(search: unknown): string | undefined {
  if (
    !isRecord(search) ||
    Object.keys(search).join() !== 'request' ||
    !isRecord(search.request) ||
    !isRecord(search.request.body)
  )
    return 'has a search that Sigpack never writes';
  const key =
    strangeKey(search.request, requestKeys) ??
    strangeKey(search.request.body, searchKeys) ??
    scriptKey(search.request.body);
  if (key !== undefined)
    return `has the key ${JSON.stringify(key)} in its search, which Sigpack never writes`;
  return withoutBraces(JSON.stringify(search)).includes('{{')
    ? 'has a template in its search, which Sigpack never writes'
    : undefined;
}

/** A script that does more than to compare the results of a bucket. */
function scriptKey(value: unknown, parent = ''): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    if (/script|runtime/i.test(key) && parent !== 'bucket_selector') return key;
    const deeper = scriptKey(inner, key);
    if (deeper !== undefined) return deeper;
  }
  return undefined;
}

const groupsLeft = 'return ctx.payload.aggregations.groups.buckets.size() >= params.threshold';

function partError({
  trigger = {},
  condition = {},
  metadata = {},
}: JsonObject): string | undefined {
  if (!isRecord(trigger) || strangeKey(trigger, onlySchedule) !== undefined)
    return 'has a trigger other than a schedule, which Sigpack never writes';
  const key = isRecord(metadata) ? strangeKey(metadata, metadataKeys) : 'metadata';
  if (key !== undefined)
    return `has the key ${JSON.stringify(key)} in its metadata, which Sigpack never writes`;
  const kind = isRecord(condition) ? Object.keys(condition).join() : '';
  const isScript =
    isRecord(condition) && isRecord(condition.script) && condition.script.source === groupsLeft;
  return isScript || ['', 'compare', 'array_compare'].includes(kind)
    ? undefined
    : 'has a condition that Sigpack never writes';
}

/** A watch does what sigpack.yml has, whatever the origin of the file. */
function actionsError(actual: unknown, actions: WatchActions): string | undefined {
  const allowed = actions === undefined ? foundTexts.map(defaultActions) : [actions];
  if (allowed.some((one) => sortedJson(one) === sortedJson(actual ?? {}))) return undefined;
  const names = isRecord(actual)
    ? Object.keys(actual).map((name) => JSON.stringify(name.slice(0, 60)))
    : [];
  const what =
    actions === undefined
      ? 'the default, as sigpack.yml has none under elasticsearch.actions'
      : 'those of elasticsearch.actions in sigpack.yml';
  return `has actions (${names.slice(0, 5).join(', ')}) that are not ${what}`;
}
