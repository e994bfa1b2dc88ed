import { type ConditionNode, selectionMatcher } from '../sigma/rule/condition.ts';
import type { Detection, DetectionItem, SearchBody } from '../sigma/rule/rule.ts';
import { createBag, type DiagnosticBag } from '../source/diagnostic.ts';
import { nearest } from '../source/nearest.ts';
import { type Meaning, settleItem } from './item.ts';
import {
  type SettledBody,
  type SettledDetection,
  type SettledSearch,
  settledQuery,
} from './settled.ts';
import { and, not, or, type Query } from './tree.ts';

/**
 * Items of a query, counted at each mention of their selection. More are refused: a short condition
 * can name a long selection often.
 */
const maximumItems = 100_000;
/** Names looked at and told in a hint. */
const maximumNames = 100;

/**
 * A detection with its items settled. Reports every bad item; undefined after a fatal
 * diagnostic.
 */
export function settleDetection(
  meaning: Meaning,
  detection: Detection,
): SettledDetection | undefined {
  const searches = new Map<string, SettledSearch>();
  for (const { name, span, body } of detection.searches.values()) {
    const settled = settleBody(meaning, body);
    if (settled) searches.set(name, { name, span, body: settled });
  }
  const sound = searches.size === detection.searches.size;
  // the names in the condition are looked at in any case: all that is wrong with a rule is told at
  // once
  if (!sound)
    combine(
      {
        file: meaning.file,
        span: detection.span,
        searches: placeholders(detection),
        conditions: detection.conditions,
      },
      meaning.bag,
    );
  return sound
    ? { file: meaning.file, span: detection.span, searches, conditions: detection.conditions }
    : undefined;
}

/** Selections of nothing in place of those wrong. */
function placeholders(detection: Detection): ReadonlyMap<string, SettledSearch> {
  const empty: SettledBody = { kind: 'group', link: 'and', entries: [] };
  return new Map(
    [...detection.searches].map(([name, { span }]) => [name, { name, span, body: empty }]),
  );
}

function settleBody(meaning: Meaning, body: SearchBody): SettledBody | undefined {
  const entries: readonly (SearchBody | DetectionItem)[] =
    body.kind === 'map' ? body.items : body.entries;
  const settled: SettledBody[] = [];
  for (const entry of entries) {
    const one = entry.kind === 'item' ? settleItem(meaning, entry) : settleBody(meaning, entry);
    if (one) settled.push(one);
  }
  return settled.length < entries.length
    ? undefined
    : { kind: 'group', link: body.kind === 'map' ? 'and' : 'or', entries: settled };
}

/** One detection on its way to a query. */
interface Progress {
  readonly detection: SettledDetection;
  readonly bag: DiagnosticBag;
  readonly bodies: ReadonlyMap<string, Query | undefined>;
  readonly used: Set<string>;
  /** So far. */
  items: number;
}

/** Reported about. */
const reason = Symbol('error');
/** A query, nothing (a pipeline dropped what it was made of), or an error. */
type Combined = Query | undefined | typeof reason;

/**
 * A settled detection as meant; undefined where a pipeline dropped all of it. Reports
 * missing, unused and too many selections; `'error'` after a fatal diagnostic.
 */
export function combine(
  detection: SettledDetection,
  bag: DiagnosticBag,
): Query | undefined | 'error' {
  const bodies = new Map<string, Query | undefined>();
  for (const search of detection.searches.values())
    bodies.set(search.name, settledQuery(search.body));
  const progress: Progress = { detection, bag, bodies, used: new Set(), items: 0 };
  const conditions = detection.conditions.map((condition) => conditionQuery(progress, condition));
  if (progress.items > maximumItems) {
    const message = `the condition mentions selections with more than ${maximumItems} values in all`;
    bag.add(detection.file, {
      code: 'SIG004',
      message,
      span: detection.conditions[0] ?? detection.span,
      hint: 'Split the rule.',
    });
    return 'error';
  }
  if (conditions.includes(reason)) return 'error';
  warnOfUnused(progress);
  const combined = joined('or', conditions);
  return combined === reason ? 'error' : combined;
}

function joined(link: 'and' | 'or', operands: readonly Combined[]): Combined {
  const queries: Query[] = [];
  for (const operand of operands) {
    if (operand === reason) return reason;
    if (operand) queries.push(operand);
  }
  if (queries.length === 0) return undefined;
  return link === 'and' ? and(queries) : or(queries);
}

function warnOfUnused({ detection, bag, used }: Progress): void {
  for (const search of detection.searches.values()) {
    if (used.has(search.name) || search.name.startsWith('_')) continue;
    bag.add(detection.file, {
      code: 'SIG032',
      message: `selection \`${search.name}\` is never used in the condition`,
      span: search.span,
    });
  }
}

function conditionQuery(progress: Progress, node: ConditionNode): Combined {
  switch (node.kind) {
    case 'and':
    case 'or':
      return joined(
        node.kind,
        node.operands.map((operand) => conditionQuery(progress, operand)),
      );
    case 'not': {
      const operand = conditionQuery(progress, node.operand);
      return operand === reason || operand === undefined ? operand : not(operand);
    }
    case 'name':
    case 'quantifier':
      return selectionQuery(progress, node);
  }
}

function selectionQuery(progress: Progress, node: Selecting): Combined {
  if (progress.items > maximumItems) return reason;
  const searches = selected(progress, node);
  if (searches.length === 0) return reason;
  const queries: Combined[] = [];
  for (const search of searches) {
    progress.used.add(search.name);
    const query = progress.bodies.get(search.name);
    queries.push(query);
    if (query) progress.items += countItems(query);
  }
  return joined(node.kind === 'quantifier' && node.quantifier === 'all' ? 'and' : 'or', queries);
}

function countItems(query: Query): number {
  if (query.kind === 'item') return 1;
  if (query.kind === 'not') return countItems(query.operand);
  let count = 0;
  for (const operand of query.operands) count += operand.kind === 'item' ? 1 : countItems(operand);
  return count;
}

type Selecting = ConditionNode & { readonly kind: 'name' | 'quantifier' };

function selected(
  { bag, detection }: Pick<Progress, 'bag' | 'detection'>,
  node: Selecting,
): readonly SettledSearch[] {
  const wanted = node.kind === 'name' ? node.name : node.pattern;
  const them = node.kind === 'quantifier' && wanted.toLowerCase() === 'them';
  const exact = them ? undefined : detection.searches.get(wanted);
  if (exact) return [exact];
  const report = (message: string, near?: string) => {
    const names = [...detection.searches.keys()];
    const listed = `${names.slice(0, maximumNames).join(', ')}${names.length > maximumNames ? ', ...' : ''}`;
    const known =
      names.length === 1 ? `The only selection is ${listed}.` : `The selections are ${listed}.`;
    const ofThem =
      node.kind === 'name' && wanted.toLowerCase() === 'them'
        ? 'Write `1 of them` or `all of them`.'
        : undefined;
    bag.add(detection.file, {
      code: 'SIG031',
      message,
      span: node,
      hint: ofThem ?? (near === undefined ? known : `Did you mean \`${near}\`?`),
    });
  };
  if (node.kind === 'quantifier' && (them || wanted.includes('*'))) {
    const isMeant = selectionMatcher(wanted);
    const found = [...detection.searches.values()].filter(({ name }) => isMeant(name));
    if (found.length === 0)
      report(
        them
          ? '`them` stands for no selection: all start with an underscore'
          : `no selection matches \`${wanted}\``,
      );
    return found;
  }
  report(
    `there is no selection \`${wanted}\``,
    nearest(wanted, [...detection.searches.keys()].slice(0, maximumNames)),
  );
  return [];
}

/** The selections that a name or a quantifier of the condition stands for, in order. */
export const selectionsOf = (
  detection: SettledDetection,
  node: Selecting,
): readonly SettledSearch[] => selected({ detection, bag: createBag() }, node);
