/**
 * node test/judges/opensearch.ts: every Graylog query of the corpus on a real OpenSearch node whose strings are plain keywords, as Graylog maps
 * them, over the real events and near misses made of them. The hits must be those of the matcher. The node is started and stopped elsewhere.
 */
import { graylogDefaults, graylogQueries } from '../../src/backend/graylog/graylog.ts';
import { compileFolders } from '../compile.ts';
import { corpusFolders, shared } from '../corpus/corpus.ts';
import { matches, type TestEvent } from '../matcher.ts';
import { mutations } from '../mutations.ts';
import { loadEvents } from './events.ts';

const node = 'http://127.0.0.1:9260';
const index = `${node}/ev-cs`;
// as the first event of a Graylog index maps them
const numbers = new Set(['EventID', 'Version', 'Level', 'Task', 'Opcode', 'EventRecordID', 'Execution_ProcessID', 'Execution_ThreadID']);

async function call(method: string, url: string, body?: string): Promise<Record<string, unknown>> {
  const response = await fetch(url, { method, headers: { 'content-type': 'application/x-ndjson' }, ...(body === undefined ? {} : { body }) });
  return (await response.json()) as Record<string, unknown>;
}

const json = (method: string, url: string, body: object) =>
  fetch(url, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }).then(
    (response) => response.json() as Promise<Record<string, unknown>>,
  );

async function load(events: readonly TestEvent[]): Promise<void> {
  await fetch(index, { method: 'DELETE' });
  const keyword = { type: 'keyword' };
  const mapping = {
    settings: { 'index.number_of_shards': 1, 'index.number_of_replicas': 0, 'index.mapping.total_fields.limit': 5000 },
    mappings: {
      date_detection: false,
      dynamic_templates: [{ all: { match_mapping_type: '*', mapping: keyword } }],
      properties: Object.fromEntries([...numbers].map((name) => [name, { type: 'long' }])),
    },
  };
  const created = await json('PUT', index, mapping);
  if (created.error) throw new Error(JSON.stringify(created.error));
  const lines = events.map((event, id) => `{"index":{"_id":"${id}"}}\n${JSON.stringify(event)}\n`).join('');
  const loaded = await call('POST', `${index}/_bulk?refresh=true`, lines);
  if (loaded.errors) throw new Error(JSON.stringify(loaded).slice(0, 2000));
}

async function search(query: string): Promise<readonly number[]> {
  const answer = await json('POST', `${index}/_search`, {
    query: { query_string: { query, analyze_wildcard: true, allow_leading_wildcard: false } },
    size: 10_000,
    _source: false,
  });
  if (answer.error) throw new Error(JSON.stringify(answer.error).slice(0, 400));
  return (answer as { hits: { hits: { _id: string }[] } }).hits.hits.map((hit) => Number(hit._id));
}

/** Graylog stores no empty text, and every text without the blanks around it. */
function stored(event: TestEvent): TestEvent {
  const entries = Object.entries(event).filter(
    ([name, value]) => !name.startsWith('_') && value !== undefined && value !== null && String(value).trim() !== '',
  );
  return Object.fromEntries(entries.map(([name, value]) => [name, typeof value === 'string' ? value.trim() : value]));
}

function isStorable(event: TestEvent): boolean {
  return Object.entries(event).every(([name, value]) => !numbers.has(name) || /^-?\d+$/.test(String(value)));
}

async function main(): Promise<void> {
  const rules = compileFolders(corpusFolders).filter((rule) => rule.kind === 'detection');
  const loaded = loadEvents(shared);
  const events: TestEvent[] = loaded.map(({ event }) => event);
  const own = new Map<string, TestEvent[]>();
  for (const { ruleId, event } of loaded) own.set(ruleId, [...(own.get(ruleId) ?? []), event]);
  for (const { rule, query } of rules) for (const event of (own.get(rule.id ?? '') ?? []).slice(0, 2)) events.push(...mutations(event as never, query));
  const documents = events.map(stored).filter(isStorable);
  await load(documents);
  let failed = 0;
  let passed = 0;
  let refused = 0;
  for (const { rule, query } of rules) {
    const conversion = graylogQueries(query, { file: rule.file, span: rule.detection.span }, graylogDefaults);
    if (!conversion.ok) {
      refused++;
      continue;
    }
    const wanted = new Set(documents.flatMap((event, id) => (matches(query, event) ? [id] : [])));
    try {
      const hits = new Set((await Promise.all(conversion.value.map(search))).flat());
      // what is widened with a warning may find more, never less
      const widened = conversion.remarks.some((remark) => remark.code === 'TGT002');
      const more = widened ? [] : [...hits].filter((id) => !wanted.has(id));
      const fewer = [...wanted].filter((id) => !hits.has(id));
      if (more.length + fewer.length === 0) {
        passed++;
        continue;
      }
      const sample = JSON.stringify(documents[more[0] ?? fewer[0] ?? 0]).slice(0, 600);
      console.log(`${rule.title}: ${more.length} too many, ${fewer.length} too few\n  ${conversion.value[0]?.slice(0, 600)}\n  ${sample}`);
    } catch (error) {
      console.log(`${rule.title}: ${error instanceof Error ? error.message : error}\n  ${conversion.value[0]?.slice(0, 300)}`);
    }
    failed++;
  }
  console.log(`${documents.length} events; ${refused} rules refused`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

await main();
