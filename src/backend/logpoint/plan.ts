import { and, type Item, not, or, type Query } from '../../query/tree.ts';
import { diagnosticAt, overLimit } from '../backend.ts';
import { type RegexStage, regexStage } from './regex.ts';
import { isExact, printSearch, type SearchContext } from './search.ts';
import { fieldName } from './text.ts';

/** Searches joined by AND, then expressions that the found events must pass too. */
interface Conjunction {
  readonly searches: readonly Query[];
  readonly stages: readonly string[];
}

/** Nobody reads more queries than that. */
const mostQueries = 16;

/**
 * Queries that together find what the rule means. Stages of `process regex` can only be joined by
 * AND, so alternatives that need them become separate queries. Each searches for at least what it
 * means and drops the rest.
 */
export function logpointQueries(query: Query, context: SearchContext): readonly string[] {
  const parts = alternatives(query, false, context);
  if (parts.length > 1) {
    const message =
      `the rule takes ${parts.length} queries, which find together what it means: LogPoint's ` +
      `regex filters can't be alternatives`;
    context.diagnostics.push(diagnosticAt('TGT003', context.place, message));
  }
  return parts.map(({ searches, stages }) =>
    [printSearch(and(searches), context), ...stages].join(' | '),
  );
}

function alternatives(
  query: Query,
  negated: boolean,
  context: SearchContext,
): readonly Conjunction[] {
  if (isExact(query)) return [{ searches: [negated ? not(query) : query], stages: [] }];
  if (query.kind === 'item') return staged([regexStage(query)], negated);
  if (query.kind === 'not') return alternatives(query.operand, !negated, context);
  const exact = query.operands.filter(isExact);
  const rest = query.operands.filter((operand) => !isExact(operand));
  const parts: (readonly Conjunction[])[] = [];
  if (exact.length > 0)
    parts.push(alternatives(query.kind === 'and' ? and(exact) : or(exact), negated, context));
  const stages = rest.filter((operand): operand is Item => operand.kind === 'item').map(regexStage);
  for (const group of query.kind === 'or' ? grouped(stages) : stages.map((stage) => [stage]))
    parts.push(staged(group, negated));
  for (const operand of rest)
    if (operand.kind !== 'item') parts.push(alternatives(operand, negated, context));
  const joined = (query.kind === 'or') === negated ? product(parts) : parts.flat();
  if (joined.length <= mostQueries) return joined;
  const hint = 'Split the rule, or use fewer regular expressions beside each other.';
  throw overLimit(
    context.place,
    `the rule would take more than ${mostQueries} LogPoint queries`,
    hint,
  );
}

function product(parts: readonly (readonly Conjunction[])[]): readonly Conjunction[] {
  let result: readonly Conjunction[] = [{ searches: [], stages: [] }];
  for (const part of parts) {
    if (result.length * part.length > mostQueries * mostQueries)
      return Array.from({ length: mostQueries + 1 }, () => ({ searches: [], stages: [] }));
    result = result.flatMap((left) =>
      part.map((right) => ({
        searches: [...left.searches, ...right.searches],
        stages: [...left.stages, ...right.stages],
      })),
    );
  }
  return result;
}

/** Alternatives of one field with the same flags are one expression. */
function grouped(stages: readonly RegexStage[]): readonly (readonly RegexStage[])[] {
  const groups = new Map<string, RegexStage[]>();
  for (const stage of stages) {
    const key = `${stage.flags}\n${stage.field ?? '\n'}`;
    const group = groups.get(key);
    if (group) group.push(stage);
    else groups.set(key, [stage]);
  }
  return [...groups.values()];
}

function staged(group: readonly RegexStage[], negated: boolean): readonly Conjunction[] {
  const [first] = group;
  if (!first) return [];
  const source =
    group.length === 1 ? first.source : group.map((stage) => `(?:${stage.source})`).join('|');
  if (!negated)
    return [
      { searches: [or(group.map((stage) => stage.over))], stages: [stageText(first, source)] },
    ];
  const none = stageText(first, `\\A(?![\\s\\S]*?(?:${source}))`);
  // the raw message is always there
  if (first.field === undefined) return [{ searches: [], stages: [none] }];
  const exists: Query = { ...first.item, test: { kind: 'exists' } };
  return [
    { searches: [not(exists)], stages: [] },
    { searches: [exists], stages: [none] },
  ];
}

function stageText({ field, flags, item }: RegexStage, source: string): string {
  const name = field === undefined ? 'msg' : fieldName(field, item);
  return `process regex("${flags === '' ? '' : `(?${flags})`}${source}", ${name}, "filter=true")`;
}
