import type { TransformationDefinition } from '../src/pipeline/definition.ts';
import type { ProcessingItem } from '../src/pipeline/pipeline.ts';
import { readPipeline } from '../src/pipeline/read-pipeline.ts';
import { type RuleInProcess, startProcess } from '../src/pipeline/rule-in-process.ts';
import { rebuiltParts } from '../src/pipeline/settled-parts.ts';
import { createSettler, type SettledRule } from '../src/query/compile.ts';
import { type SettledItem, settledItems } from '../src/query/settled.ts';
import { collect } from '../src/sigma/collection/collection.ts';
import { readDocuments } from '../src/sigma/collection/document.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { noFiles } from './pipeline-run.ts';

/** A transformation that does nothing: tests of conditions need no other. */
export const mark: TransformationDefinition = {
  parameters: {},
  create: () => ({ kind: 'rule', apply: () => undefined }),
};

/** A processing item with the conditions of a YAML text. */
export function conditionsOf(conditions: string): ProcessingItem {
  const entries = conditions.startsWith('{') ? conditions.slice(1, -1) : conditions;
  const bag = createBag();
  const text = `transformations:\n  - { type: mark, ${entries} }\n`;
  const [item] =
    readPipeline({ path: 'pipeline.yml', text }, bag, { readText: noFiles, definitions: { mark } })
      ?.items ?? [];
  if (!item) throw new Error(bag.list.map(({ code, message }) => `${code} ${message}`).join('; '));
  return item;
}

/**
 * The last rule of a text, settled, with `state` s = 5; `first` was applied to the rule, `map` to
 * the field Net, now NetIp.
 */
export function preparedRule(text: string): RuleInProcess {
  const bag = createBag();
  const collection = collect(readDocuments({ path: 'rule.yml', text }, bag).documents, bag);
  const settle = createSettler(collection, {
    placeholders: new Map(),
    keepPlaceholders: true,
    bag,
  });
  const settled = collection.rules.map(settle).at(-1);
  if (!settled)
    throw new Error(bag.list.map(({ code, message }) => `${code} ${message}`).join('; '));
  return inProcess(settled);
}

function inProcess(settled: SettledRule): RuleInProcess {
  const referenced = settled.kind === 'correlation' ? settled.parts : [];
  const rule = startProcess(settled, referenced, {
    vars: new Map(),
    conversion: new Map(),
    named: [],
  });
  return {
    ...rule,
    parts: rebuiltParts(rule.parts, mapped),
    state: new Map([['s', 5]]),
    applied: new Set(['first', 'map']),
    fieldsApplied: new Map([['NetIp', new Set(['map'])]]),
    mappings: new Map([['Net', new Set(['NetIp'])]]),
  };
}

const mapped = (item: SettledItem): SettledItem =>
  item.field === 'Net' ? { ...item, field: 'NetIp', applied: new Set(['map']) } : item;

/** The fields of the items of a rule that a processing item applies to. */
export function fieldsOfItems(item: ProcessingItem, rule: RuleInProcess): readonly string[] {
  const items = rule.parts
    .flatMap(({ searches }) => [...searches.values()])
    .flatMap(({ body }) => [...settledItems(body)]);
  return items
    .filter((settled) => item.appliesToItem(settled, rule))
    .map(({ field }) => field ?? 'keywords');
}
