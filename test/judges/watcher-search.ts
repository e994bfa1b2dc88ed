import { defaultTargetSettings } from '../../src/backend/registry.ts';
import type { Watch } from '../../src/backend/xpack-watcher/watch.ts';
import type { Query } from '../../src/query/tree.ts';
import type { TestEvent } from '../matcher.ts';
import { type Gathered, gatheredFields, type Properties } from './gathered-fields.ts';
import { fillIndex, mappedAs } from './opensearch-index.ts';

const node = 'http://127.0.0.1:9260';
const index = 'logs-judge';
/** Not of the name that watches search. */
const gatheredIndex = 'gathered-judge';
const batch = 100;
/**
 * When the first event happens, and when the watches run: all events lie in the minute before what
 * they leave for late ones.
 */
const first = Date.UTC(2026, 0, 10, 12);
const runs = new Date(
  first + (defaultTargetSettings.elasticsearch.delay + 60) * 1000,
).toISOString();
const numbers = [
  'EventID',
  'Version',
  'Level',
  'Task',
  'Opcode',
  'EventRecordID',
  'Execution_ProcessID',
  'Execution_ThreadID',
  'Bytes',
];

export type Json = Readonly<Record<string, unknown>>;

async function call(method: string, path: string, body: string): Promise<Json> {
  const response = await fetch(`${node}/${path}`, {
    method,
    headers: { 'content-type': 'application/x-ndjson' },
    body,
  });
  const answer = (await response.json()) as Json;
  if (answer.error || answer.errors)
    throw new Error(`${path}: ${JSON.stringify(answer).slice(0, 2000)}`);
  return answer;
}

const properties: Properties = Object.fromEntries(
  numbers.map((name) => [name, { type: 'long', ignore_malformed: true }]),
);
const keyword = { type: 'keyword', normalizer: 'small' };
const settings = {
  analysis: { normalizer: { small: { type: 'custom', filter: ['lowercase'] } } },
};

/**
 * Texts are keywords that ignore letter case, as `matching: native` wants them. `times` are seconds
 * from the first event on. The watches for `ofAllFields` search an index of few fields.
 */
export async function loadEvents(
  events: readonly TestEvent[],
  times: readonly number[],
  ofAllFields: readonly Query[],
): Promise<void> {
  const timed = (list: readonly TestEvent[]): readonly TestEvent[] =>
    list.map((event, id) => ({
      ...event,
      '@timestamp': new Date(first + (times[id] ?? 0) * 1000).toISOString(),
    }));
  const fill = async (name: string, filled: Gathered): Promise<void> => {
    const mappings = mappedAs(keyword, { '@timestamp': { type: 'date' }, ...filled.properties });
    await fillIndex(name, { settings, mappings }, timed(filled.events));
  };
  await fill(index, { events, properties });
  await fill(gatheredIndex, gatheredFields(events, properties, ofAllFields));
}

export interface Searched {
  readonly body: Watch;
  /** Its query where that is among those for which `loadEvents` has filled an index of few fields. */
  readonly ofAllFields: Query | undefined;
}

/**
 * The answer to each watch's search, in which an `error` may be; Watcher would have filled the
 * templates before.
 */
export async function searchAll(watches: readonly Searched[]): Promise<readonly Json[]> {
  const answers: Json[] = [];
  for (let at = 0; at < watches.length; at += batch) {
    const lines = watches.slice(at, at + batch).flatMap(({ body: watch, ofAllFields }) => {
      const { indices, body } = watch.input.search.request;
      const { brace = '' } = watch.metadata as { readonly brace?: string };
      return [
        JSON.stringify({ index: ofAllFields === undefined ? indices : gatheredIndex }),
        JSON.stringify(body)
          .replaceAll('{{ctx.metadata.brace}}', brace)
          .replace(/"now(-\d+s)?\/s"/g, `"${runs}||$1/s"`),
      ];
    });
    answers.push(...(await searchLines(lines)));
  }
  return answers;
}

/** The answers to searches of two lines each, as `_msearch` takes them. */
export async function searchLines(lines: readonly string[]): Promise<readonly Json[]> {
  const answer = await call(
    'POST',
    '_msearch?rest_total_hits_as_int=true',
    `${lines.join('\n')}\n`,
  );
  return answer.responses as readonly Json[];
}

/** Whether the watch's condition holds for the answer: the two kinds that our watches have. */
export function isMet(condition: object, payload: Json): boolean {
  const { compare, array_compare } = condition as { compare?: Json; array_compare?: Json };
  const [path = '', test = {}] =
    Object.entries((compare ?? array_compare) as Record<string, Json>)[0] ?? [];
  const found = at({ ctx: { payload } }, path);
  if (compare) return found !== undefined && Number(found) >= Number(test.gte);
  const { value, quantifier } = test.gte as Json;
  if (!Array.isArray(found) || quantifier !== 'some') throw new Error(`no array at ${path}`);
  return found.some((bucket) => Number(at(bucket, String(test.path))) >= Number(value));
}

function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (inner, key) =>
        typeof inner === 'object' && inner !== null ? (inner as Json)[key] : undefined,
      value,
    );
}
