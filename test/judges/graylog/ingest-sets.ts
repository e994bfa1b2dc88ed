import type { IngestPlan } from '../../../src/backend/graylog/ingest/texts.ts';
import { matcherOf } from '../../../src/match/matcher.ts';
import { bundles } from '../../../src/pipeline/bundle.ts';
import type { CompiledDetection } from '../../../src/query/compile.ts';
import { compileFolders } from '../../compile.ts';
import { type IngestedRule, ingested, planOf } from '../../ingest-agreement.ts';
import type { TestEvent } from '../../matcher.ts';
import { corpusFolders } from '../corpus.ts';
import { asGraylogKeeps } from '../opensearch-mappings.ts';
import {
  compiledRules,
  type Documents,
  documentsOf,
  recordedAs,
  recordedEvents,
} from '../proof-data.ts';
import { messages } from './sent.ts';

/** Rules under the names of one product, with the messages that are sent for them. */
export interface IngestSet {
  /** The prefix of its names on the server and of its tags. */
  readonly name: string;
  /** As the page calls it. */
  readonly converter: string;
  /** The rules that have recorded events. */
  readonly rules: readonly CompiledDetection[];
  readonly documents: Documents;
  /** All rules that its pipelines have, with their tags. */
  readonly planned: readonly IngestedRule[];
  readonly refused: ReadonlyMap<CompiledDetection, string>;
  readonly plan: IngestPlan;
}

export const detectionsStream = 'Judged detections';
/** The number of the message, which its hits carry. */
export const numberField = 'ingest_n';

const products = [
  ['winlogbeat', 'graylog'],
  ['nxlog', 'graylog-nxlog'],
  ['illuminate', 'graylog-illuminate'],
] as const;

/**
 * All rules of the corpus by the names that rules use, and those with events by those of products.
 * `numeric`: fields that the server's index keeps numbers in since another judge.
 */
export function ingestSets(numeric: readonly string[]): readonly IngestSet[] {
  const kinds = new Map(numeric.map((name) => [name, 'numeric']));
  const named = compiledRules([]);
  const ids = new Set(named.map(({ rule }) => rule.id));
  const every = Number(process.env.SIGPACK_INGEST_EVERY ?? 1);
  const all = compileFolders(corpusFolders)
    .filter((rule) => rule.kind === 'detection')
    .filter(({ rule }, at) => at % every === 0 || ids.has(rule.id));
  const plain = messages(documentsOf(recordedEvents, named, asGraylogKeeps), { kinds });
  return [
    setOf('sigma', 'Sigpack, pipeline rules at ingest', named, all, plain),
    ...products.map(([name, bundle]) => {
      const pipelines = bundles.get(bundle)?.pipelines ?? [];
      const product = pipelines.find((one) => one.startsWith('graylog-windows-'));
      if (product === undefined) throw new Error(`${bundle} has no pipeline for Windows`);
      const rules = compiledRules(pipelines);
      const recorded = documentsOf(recordedAs(product), rules, asGraylogKeeps);
      const documents = messages(recorded, { kinds, nearMisses: 1 });
      const converter = `Sigpack, pipeline rules at ingest, \`-p ${bundle}\``;
      return setOf(name, converter, rules, rules, documents);
    }),
  ];
}

function setOf(
  name: string,
  converter: string,
  rules: readonly CompiledDetection[],
  all: readonly CompiledDetection[],
  documents: Documents,
): IngestSet {
  const options = {
    pack: `judge ${name}`,
    detectionsStream,
    keywordFields: [],
    hitFields: [numberField],
    prefix: `${name}:`,
  };
  const { rules: planned, refused } = ingested(all, options);
  return {
    name,
    converter,
    rules,
    documents,
    planned,
    refused: new Map(refused.map(({ compiled, reason }) => [compiled, reason])),
    plan: planOf(planned, options),
  };
}

/** The whole event as a text, in which keywords are searched. */
export const textOf = (event: TestEvent): string => Object.values(event).map(String).join('\n');

export interface AllRules {
  readonly rules: number;
  readonly pairs: number;
  readonly wrong: readonly string[];
}

/** Compares the tags of all planned rules, also of those without events, with the matcher. */
export function allRules(
  { planned, documents: { list } }: IngestSet,
  tagsOf: (number: number) => ReadonlySet<string>,
): AllRules {
  let pairs = 0;
  const wrong: string[] = [];
  for (const { id, compiled, widened } of planned) {
    const matcher = matcherOf(compiled.query);
    if (!matcher.ok) throw new Error(`${compiled.rule.title}: ${matcher.error}`);
    for (const [number, event] of list.entries()) {
      const wanted = matcher.value(event);
      const found = tagsOf(number).has(id);
      if (wanted) pairs++;
      if (wanted !== found && !(found && widened))
        wrong.push(`${found ? 'found' : 'missed'} by ${compiled.rule.title}: ${textOf(event)}`);
    }
  }
  return { rules: planned.length, pairs, wrong };
}
