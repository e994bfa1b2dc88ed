import type { ConditionNode } from '../sigma/condition.ts';
import type { Detection, DetectionItem, SearchBody, SearchIdentifier } from '../sigma/rule.ts';
import { nearest } from '../source/nearest.ts';
import { itemQuery, type Meaning } from './item.ts';
import { and, not, or, type Query } from './tree.ts';

/** A detection as meant. Complains about every bad item, unused and missing selections; undefined after a fatal complaint. */
export function detectionQuery(meaning: Meaning, detection: Detection): Query | undefined {
  const used = new Set<string>();
  const bodies = new Map<string, Query | undefined>();
  let sound = true;
  for (const search of detection.searches.values()) {
    const query = bodyQuery(meaning, search.body);
    bodies.set(search.name, query);
    if (!query) sound = false;
  }
  const conditions = detection.conditions.map((condition) => conditionQuery(meaning, detection, bodies, condition, used));
  for (const search of detection.searches.values()) {
    if (!used.has(search.name) && !search.name.startsWith('_')) {
      meaning.bag.add(meaning.file, { code: 'SIG032', message: `selection \`${search.name}\` is never used in the condition`, span: search.span });
    }
  }
  return sound && conditions.every((query) => query !== undefined) ? or(conditions) : undefined;
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

function conditionQuery(
  meaning: Meaning,
  detection: Detection,
  bodies: ReadonlyMap<string, Query | undefined>,
  node: ConditionNode,
  used: Set<string>,
): Query | undefined {
  const recurse = (child: ConditionNode) => conditionQuery(meaning, detection, bodies, child, used);
  switch (node.kind) {
    case 'and':
    case 'or': {
      const operands = node.operands.map(recurse);
      if (!operands.every((operand) => operand !== undefined)) return undefined;
      return node.kind === 'and' ? and(operands) : or(operands);
    }
    case 'not': {
      const operand = recurse(node.operand);
      return operand && not(operand);
    }
    case 'name':
    case 'quantifier': {
      const searches = selected(meaning, detection, node);
      const queries: Query[] = [];
      for (const search of searches) {
        used.add(search.name);
        const query = bodies.get(search.name);
        if (query) queries.push(query);
      }
      if (searches.length === 0 || queries.length < searches.length) return undefined;
      return node.kind === 'quantifier' && node.quantifier === 'all' ? and(queries) : or(queries);
    }
  }
}

function selected(meaning: Meaning, detection: Detection, node: ConditionNode & { kind: 'name' | 'quantifier' }): readonly SearchIdentifier[] {
  const names = [...detection.searches.keys()];
  const wanted = node.kind === 'name' ? node.name : node.pattern;
  const exact = detection.searches.get(wanted);
  if (exact) return [exact];
  if (node.kind === 'quantifier' && (wanted.includes('*') || wanted.toLowerCase() === 'them')) {
    const matches = globMatcher(wanted.includes('*') ? wanted : '*');
    const found = [...detection.searches.values()].filter((search) => matches(search.name) && (wanted.startsWith('_') || !search.name.startsWith('_')));
    if (found.length === 0)
      meaning.bag.add(meaning.file, {
        code: 'SIG031',
        message: `no selection matches \`${wanted}\``,
        span: node,
        hint: `The selections are ${names.join(', ')}.`,
      });
    return found;
  }
  const near = nearest(wanted, names);
  const hint = near ? `Did you mean \`${near}\`?` : `The selections are ${names.join(', ')}.`;
  meaning.bag.add(meaning.file, { code: 'SIG031', message: `there is no selection \`${wanted}\``, span: node, hint });
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
