import type { ConditionNode } from '../sigma/condition.ts';
import type { Detection, DetectionItem, SearchBody, SearchIdentifier } from '../sigma/rule.ts';
import { nearest } from '../source/nearest.ts';
import { itemQuery, type Meaning } from './item.ts';
import { and, not, or, type Query } from './tree.ts';

/** Items of a query, counted at each mention of their selection. More are refused: a short condition can name a long selection often. */
const maximumItems = 100_000;
/** Names looked at and told in a hint. */
const maximumNames = 100;

/** One detection on its way to a query. */
interface Progress {
  readonly meaning: Meaning;
  readonly detection: Detection;
  readonly bodies: ReadonlyMap<string, Query | undefined>;
  readonly used: Set<string>;
  /** So far. */
  items: number;
}

/** A detection as meant. Complains about every bad item, unused and missing selections; undefined after a fatal complaint. */
export function detectionQuery(meaning: Meaning, detection: Detection): Query | undefined {
  const bodies = new Map<string, Query | undefined>();
  for (const search of detection.searches.values()) bodies.set(search.name, bodyQuery(meaning, search.body));
  const progress: Progress = { meaning, detection, bodies, used: new Set(), items: 0 };
  const conditions = detection.conditions.map((condition) => conditionQuery(progress, condition));
  if (progress.items > maximumItems) {
    const message = `the condition mentions selections with more than ${maximumItems} values in all`;
    meaning.bag.add(meaning.file, { code: 'SIG004', message, span: detection.conditions[0] ?? detection.span, hint: 'Split the rule.' });
    return undefined;
  }
  if (!conditions.every((query) => query !== undefined)) return undefined;
  warnOfUnused(progress);
  return [...bodies.values()].includes(undefined) ? undefined : or(conditions);
}

function warnOfUnused({ meaning, detection, used }: Progress): void {
  for (const search of detection.searches.values()) {
    if (used.has(search.name) || search.name.startsWith('_')) continue;
    meaning.bag.add(meaning.file, { code: 'SIG032', message: `selection \`${search.name}\` is never used in the condition`, span: search.span });
  }
}

function bodyQuery(meaning: Meaning, body: SearchBody): Query | undefined {
  const entries: readonly (SearchBody | DetectionItem)[] = body.kind === 'map' ? body.items : body.entries;
  const queries: Query[] = [];
  for (const entry of entries) {
    const query = entry.kind === 'item' ? itemQuery(meaning, entry) : bodyQuery(meaning, entry);
    if (query) queries.push(query);
  }
  if (queries.length < entries.length) return undefined;
  return body.kind === 'map' ? and(queries) : or(queries);
}

function conditionQuery(progress: Progress, node: ConditionNode): Query | undefined {
  switch (node.kind) {
    case 'and':
    case 'or': {
      const operands = node.operands.map((operand) => conditionQuery(progress, operand));
      if (!operands.every((operand) => operand !== undefined)) return undefined;
      return node.kind === 'and' ? and(operands) : or(operands);
    }
    case 'not': {
      const operand = conditionQuery(progress, node.operand);
      return operand && not(operand);
    }
    case 'name':
    case 'quantifier':
      return selectionQuery(progress, node);
  }
}

function selectionQuery(progress: Progress, node: Selecting): Query | undefined {
  if (progress.items > maximumItems) return undefined;
  const searches = selected(progress, node);
  const queries: Query[] = [];
  for (const search of searches) {
    progress.used.add(search.name);
    const query = progress.bodies.get(search.name);
    if (!query) continue;
    queries.push(query);
    progress.items += countItems(query);
  }
  if (searches.length === 0 || queries.length < searches.length) return undefined;
  return node.kind === 'quantifier' && node.quantifier === 'all' ? and(queries) : or(queries);
}

function countItems(query: Query): number {
  if (query.kind === 'item') return 1;
  if (query.kind === 'not') return countItems(query.operand);
  let count = 0;
  for (const operand of query.operands) count += operand.kind === 'item' ? 1 : countItems(operand);
  return count;
}

type Selecting = ConditionNode & { readonly kind: 'name' | 'quantifier' };

function selected({ meaning, detection }: Progress, node: Selecting): readonly SearchIdentifier[] {
  const wanted = node.kind === 'name' ? node.name : node.pattern;
  const them = node.kind === 'quantifier' && wanted.toLowerCase() === 'them';
  const exact = them ? undefined : detection.searches.get(wanted);
  if (exact) return [exact];
  const complain = (message: string, near?: string) => {
    const names = [...detection.searches.keys()];
    const listed = `${names.slice(0, maximumNames).join(', ')}${names.length > maximumNames ? ', ...' : ''}`;
    const known = names.length === 1 ? `The only selection is ${listed}.` : `The selections are ${listed}.`;
    meaning.bag.add(meaning.file, { code: 'SIG031', message, span: node, hint: near === undefined ? known : `Did you mean \`${near}\`?` });
  };
  if (node.kind === 'quantifier' && (them || wanted.includes('*'))) {
    const matches = globMatcher(them ? '*' : wanted);
    const found = [...detection.searches.values()].filter((search) => matches(search.name) && (wanted.startsWith('_') || !search.name.startsWith('_')));
    if (found.length === 0) complain(them ? '`them` stands for no selection: all start with an underscore' : `no selection matches \`${wanted}\``);
    return found;
  }
  complain(`there is no selection \`${wanted}\``, nearest(wanted, [...detection.searches.keys()].slice(0, maximumNames)));
  return [];
}

/** `*` stands for any characters. Linear: the pieces between stars are searched in turn. */
function globMatcher(pattern: string): (name: string) => boolean {
  const [head = '', ...rest] = pattern.split('*');
  const tail = rest.pop() ?? '';
  return (name) => {
    if (!name.startsWith(head) || !name.endsWith(tail) || name.length < head.length + tail.length) return false;
    let at = head.length;
    for (const piece of rest) {
      const found = name.indexOf(piece, at);
      if (found === -1) return false;
      at = found + piece.length;
    }
    return at <= name.length - tail.length;
  };
}
