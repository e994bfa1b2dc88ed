import { join } from 'node:path';
import { readSourceFile } from '../../src/cli/files/rule-files.ts';
import { loadPipelines } from '../../src/cli/project/pipeline-files.ts';
import { matcherOf } from '../../src/match/matcher.ts';
import { createTargetCompiler } from '../../src/pipeline/run/target-compiler.ts';
import type { CompiledDetection } from '../../src/query/compile.ts';
import type { Query } from '../../src/query/tree.ts';
import { collect } from '../../src/sigma/collection/collection.ts';
import { readDocuments } from '../../src/sigma/collection/document.ts';
import { createBag } from '../../src/source/diagnostic.ts';
import { windowsEvents } from '../corpus/recorded-events.ts';
import type { TestEvent } from '../matcher.ts';
import { meantAmong } from '../meant-among.ts';
import { mutations } from '../mutations.ts';
import { valueIfOk } from '../result.ts';
import { findRuleFiles } from '../rule-files.ts';
import { productEvents } from '../windows-events.ts';
import { corpusFolders, shared } from './corpus.ts';
import { loadEvents } from './events.ts';

const root = join(import.meta.dirname, '..', '..');

export interface OwnEvent {
  readonly ruleId: string;
  readonly event: TestEvent;
}

/** The recorded events by the names that rules use, with the rule that each is to be found by. */
export const recordedEvents: readonly OwnEvent[] = loadEvents(shared).map(
  ({ ruleId, event: { _time, ...event } }) => ({ ruleId, event }),
);

/** The same as a product stores them; `name` is that of its pipeline. */
export function recordedAs(name: string): readonly OwnEvent[] {
  const shape = productEvents[name];
  if (!shape) throw new Error(`no events of ${name}`);
  return windowsEvents().map((event) => ({ ruleId: event.ruleId, event: shape(event) }));
}

const ruleIds = new Set(recordedEvents.map(({ ruleId }) => ruleId));
const sources = findRuleFiles(corpusFolders, createBag())
  .flatMap((path) => readSourceFile(path, createBag()) ?? [])
  .filter(({ text }) => ruleIds.has(/^id: ['"]?([0-9a-f-]{36})/m.exec(text)?.[1] ?? ''));

/** Files of the rules that have events. */
export const rulePaths: readonly string[] = sources.map(({ path }) => path);

/** Paths of built-in pipelines. */
export const pipelinePaths = (names: readonly string[]): readonly string[] =>
  names.map((name) => join(root, 'pipelines', `${name}.yml`));

/** The rules that have events, after the built-in pipelines named. */
export function compiledRules(pipelines: readonly string[]): readonly CompiledDetection[] {
  const bag = createBag();
  const loaded = loadPipelines(pipelinePaths(pipelines), root, bag);
  const collection = collect(
    sources.flatMap((file) => readDocuments(file, bag).documents),
    bag,
  );
  const compiler = createTargetCompiler({
    collection,
    placeholders: new Map(),
    bag,
    pipelines: new Map([['proof', loaded]]),
  });
  const rules = collection.rules
    .flatMap((rule) => valueIfOk(compiler.compile(rule)?.forTarget('proof'))?.compiled ?? [])
    .filter((rule) => rule.kind === 'detection');
  if (rules.length !== ruleIds.size)
    throw new Error(
      `${rules.length} of ${ruleIds.size} rules compile: ${bag.list.map(({ message }) => message).join('; ')}`,
    );
  return rules;
}

/**
 * The recorded events as an engine keeps them, and near misses made of the first two of each rule.
 * Their places are their numbers.
 */
export interface Documents {
  readonly list: readonly TestEvent[];
  /** How many of them, at the start, were recorded. */
  readonly recorded: number;
  /** Numbers of the recorded events of each rule. */
  readonly own: ReadonlyMap<string, readonly number[]>;
}

/** `stored`: what an engine keeps of an event; undefined where it refuses it. */
export function documentsOf(
  recorded: readonly OwnEvent[],
  rules: readonly CompiledDetection[],
  stored: (event: TestEvent) => TestEvent | undefined,
): Documents {
  const own = new Map<string, number[]>();
  const list = recorded.map(({ ruleId, event }, index) => {
    own.set(ruleId, [...(own.get(ruleId) ?? []), index]);
    const kept = stored(event);
    if (!kept) throw new Error(`a recorded event of ${ruleId} can't be stored`);
    return kept;
  });
  for (const { rule, query } of rules) {
    const some = recorded.filter(({ ruleId }) => ruleId === rule.id).slice(0, 2);
    for (const near of some.flatMap(({ event }) => mutations(event as never, query))) {
      const kept = stored(near);
      if (kept) list.push(kept);
    }
  }
  return { list, recorded: recorded.length, own };
}

/** What rules mean among the documents of each list: every converter is compared with it. */
const meaning = new WeakMap<
  Documents['list'],
  (query: Query, title: string) => ReadonlySet<number>
>();

/**
 * Numbers of the documents that a rule means: by the matcher of `src/match` and by the plain one of
 * the tests, which must agree.
 */
export function meantBy(query: Query, title: string, { list }: Documents): ReadonlySet<number> {
  const meant = meaning.get(list) ?? meantIn(list);
  meaning.set(list, meant);
  return meant(query, title);
}

function meantIn(list: Documents['list']): (query: Query, title: string) => ReadonlySet<number> {
  const plainly = meantAmong(list);
  const known = new Map<Query, ReadonlySet<number>>();
  return (query, title) => {
    const before = known.get(query);
    if (before) return before;
    const matcher = matcherOf(query);
    if (!matcher.ok) throw new Error(`${title}: ${matcher.error}`);
    const found = new Set(list.flatMap((event, index) => (matcher.value(event) ? [index] : [])));
    const plain = plainly(query);
    const unlike = list.find((_, index) => plain.has(index) !== found.has(index));
    if (unlike)
      throw new Error(`${title}: the two matchers disagree about ${JSON.stringify(unlike)}`);
    known.set(query, found);
    return found;
  };
}
