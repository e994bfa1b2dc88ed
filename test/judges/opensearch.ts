/**
 * node test/judges/opensearch.ts: every Graylog query of the corpus on a real OpenSearch node whose
 * strings are plain keywords, as Graylog maps them, over the real events and near misses made of
 * them. The hits must be those of the matcher. The node is started and stopped elsewhere.
 */
import { graylogQueries } from '../../src/backend/graylog/graylog.ts';
import { graylogDefaults } from '../../src/backend/graylog/settings.ts';
import type { CompiledDetection } from '../../src/query/compile.ts';
import { compileFolders } from '../compile.ts';
import type { TestEvent } from '../matcher.ts';
import { meantAmong } from '../meant-among.ts';
import { mutations } from '../mutations.ts';
import { corpusFolders, shared } from './corpus.ts';
import { loadEvents } from './events.ts';
import {
  type Gathered,
  gatheredFields,
  type Properties,
  searchesAllFields,
} from './gathered-fields.ts';
import { type Answered, fillIndex, mappedAs, searchIndex } from './opensearch-index.ts';

const index = 'ev-cs';
const gatheredIndex = 'ev-cs-gathered';
// as the first event of a Graylog index maps them
const numbers = new Set([
  'EventID',
  'Version',
  'Level',
  'Task',
  'Opcode',
  'EventRecordID',
  'Execution_ProcessID',
  'Execution_ThreadID',
]);
const properties: Properties = Object.fromEntries(
  [...numbers].map((name) => [name, { type: 'long' }]),
);

async function fill(name: string, { events, properties }: Gathered): Promise<void> {
  const mappings = mappedAs({ type: 'keyword' }, properties);
  await fillIndex(name, { settings: {}, mappings }, events);
}

/** Graylog stores no empty text, and every text without the blanks around it. */
function stored(event: TestEvent): TestEvent {
  const entries = Object.entries(event).filter(
    ([name, value]) =>
      !name.startsWith('_') && value !== undefined && value !== null && String(value).trim() !== '',
  );
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'string' ? value.trim() : value]),
  );
}

function isStorable(event: TestEvent): boolean {
  return Object.entries(event).every(
    ([name, value]) => !numbers.has(name) || /^-?\d+$/.test(String(value)),
  );
}

/** The real events, and near misses of two of each rule. */
function documentsFor(rules: readonly CompiledDetection[]): readonly TestEvent[] {
  const loaded = loadEvents(shared);
  const events: TestEvent[] = loaded.map(({ event }) => event);
  const own = new Map<string, TestEvent[]>();
  for (const { ruleId, event } of loaded) own.set(ruleId, [...(own.get(ruleId) ?? []), event]);
  for (const { rule, query } of rules)
    for (const event of (own.get(rule.id ?? '') ?? []).slice(0, 2))
      events.push(...mutations(event as never, query));
  return events.map(stored).filter(isStorable);
}

interface Judged {
  readonly rule: CompiledDetection;
  readonly queries: readonly string[];
  /** It may find more, as its warning says, never less. */
  readonly widened: boolean;
}

/** What is wrong with the answers to the rule's queries. */
function faultOf(
  { rule, queries, widened }: Judged,
  answers: readonly Answered[],
  documents: readonly TestEvent[],
): string | undefined {
  const fault = answers.find((answer) => answer.fault !== undefined)?.fault;
  if (fault !== undefined) return `${fault.slice(0, 400)}\n  ${queries[0]?.slice(0, 300)}`;
  const wanted = meant(rule.query);
  const hits = new Set(answers.flatMap((answer) => answer.hits));
  const more = widened ? [] : [...hits].filter((id) => !wanted.has(id));
  const fewer = [...wanted].filter((id) => !hits.has(id));
  if (more.length + fewer.length === 0) return undefined;
  const sample = JSON.stringify(documents[more[0] ?? fewer[0] ?? 0]).slice(0, 600);
  return `${more.length} too many, ${fewer.length} too few\n  ${queries[0]?.slice(0, 600)}\n  ${sample}`;
}

const rules = compileFolders(corpusFolders).filter((rule) => rule.kind === 'detection');
const documents = documentsFor(rules);
const meant = meantAmong(documents);
const converted = rules.flatMap((rule): readonly Judged[] => {
  const conversion = graylogQueries(
    rule.query,
    { file: rule.rule.file, span: rule.rule.detection.span },
    graylogDefaults,
  );
  return conversion.ok
    ? [
        {
          rule,
          queries: conversion.value,
          widened: conversion.diagnostics.some(({ code }) => code === 'TGT002'),
        },
      ]
    : [];
});

/** The answers to the queries of rules, by rule. */
async function ask(name: string, asked: readonly Judged[]): Promise<Map<Judged, Answered[]>> {
  const pairs = asked.flatMap((one) => one.queries.map((query) => ({ one, query })));
  const answers = await searchIndex(
    name,
    pairs.map(({ query }) => query),
    false,
  );
  const found = new Map(asked.map((one): [Judged, Answered[]] => [one, []]));
  for (const [at, { one }] of pairs.entries()) {
    const answer = answers[at];
    if (!answer) throw new Error('a query has no answer');
    found.get(one)?.push(answer);
  }
  return found;
}

const isOfAllFields = ({ rule }: Judged): boolean => searchesAllFields(rule.query);
const ofAllFields = converted.filter(isOfAllFields);
const ofNamedFields = converted.filter((one) => !isOfAllFields(one));
await fill(index, { events: documents, properties });
await fill(
  gatheredIndex,
  gatheredFields(
    documents,
    properties,
    ofAllFields.map(({ rule }) => rule.query),
  ),
);
const answers = new Map([
  ...(await ask(index, ofNamedFields)),
  ...(await ask(gatheredIndex, ofAllFields)),
]);
let failed = 0;
for (const one of converted) {
  const fault = faultOf(one, answers.get(one) ?? [], documents);
  if (fault === undefined) continue;
  failed++;
  console.log(`${one.rule.rule.title}: ${fault}`);
}
const asked = [...answers.values()].flat().length;
console.log(
  `${documents.length} events; ${asked} queries (${ofAllFields.length} rules search all fields); ${rules.length - converted.length} rules refused`,
);
console.log(`${converted.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
