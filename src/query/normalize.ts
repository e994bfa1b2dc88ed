import { type ConditionNode, selectionMatcher } from '../sigma/rule/condition.ts';
import type { Detection, DetectionItem, SearchBody } from '../sigma/rule/rule.ts';
import type { DiagnosticBag, NewDiagnostic } from '../source/diagnostic.ts';
import { didYouMean, nearest } from '../source/nearest.ts';
import { failed, ok, type Result } from '../source/result.ts';
import { type Made, settleItem } from './item.ts';
import type { Meaning } from './meaning.ts';
import {
  type SettledBody,
  type SettledDetection,
  type SettledSearch,
  settledQuery,
} from './settled.ts';
import { and, not, or, type Query } from './tree.ts';

/**
 * Limit for the items of a query, counted at each mention of their selection: a short condition can
 * mention a long selection often.
 */
const maximumItems = 100_000;
/** Names that are compared and listed in a hint. */
const maximumNames = 100;

/**
 * Settles the items of a detection, and reports every bad item; undefined after a fatal diagnostic.
 */
export function settleDetection(
  meaning: Meaning,
  detection: Detection,
): SettledDetection | undefined {
  const { file, bag } = meaning;
  const { span, conditions } = detection;
  const searches = new Map<string, SettledSearch>();
  const made: Made = { tests: 0, units: 0 };
  for (const { name, span, body } of detection.searches.values()) {
    const settled = settleBody(meaning, body, made);
    if (settled) searches.set(name, { name, span, body: settled });
  }
  if (searches.size === detection.searches.size) return { file, span, searches, conditions };
  // the condition is checked all the same, so that all errors of a rule are reported at once
  const empty = { file, span, searches: emptySearches(detection), conditions };
  reportCombined(bag, empty, combine(empty));
  return undefined;
}

/** Every selection by its name, but empty. */
function emptySearches({ searches }: Detection): ReadonlyMap<string, SettledSearch> {
  const body: SettledBody = { kind: 'group', link: 'and', entries: [] };
  return new Map([...searches].map(([name, { span }]) => [name, { name, span, body }]));
}

function settleBody(meaning: Meaning, body: SearchBody, made: Made): SettledBody | undefined {
  const entries: readonly (SearchBody | DetectionItem)[] =
    body.kind === 'map' ? body.items : body.entries;
  const settled: SettledBody[] = [];
  for (const entry of entries) {
    const one =
      entry.kind === 'item' ? settleItem(meaning, entry, made) : settleBody(meaning, entry, made);
    if (one) settled.push(one);
  }
  return settled.length < entries.length
    ? undefined
    : { kind: 'group', link: body.kind === 'map' ? 'and' : 'or', entries: settled };
}

/** A detection that is being combined. */
interface Progress {
  readonly detection: SettledDetection;
  readonly bodies: ReadonlyMap<string, Query | undefined>;
  readonly used: Set<string>;
  readonly errors: NewDiagnostic[];
  /** The items so far. */
  items: number;
}

/** The meaning of a settled detection. */
export interface Combined {
  /** Undefined if a pipeline dropped all of it. */
  readonly query: Query | undefined;
  /** Selections that the condition does not use. */
  readonly warnings: readonly NewDiagnostic[];
}

/**
 * Combines a settled detection into a query. The errors are about missing and too many selections.
 */
export function combine(detection: SettledDetection): Result<Combined, readonly NewDiagnostic[]> {
  const bodies = new Map<string, Query | undefined>();
  for (const search of detection.searches.values())
    bodies.set(search.name, settledQuery(search.body));
  const progress: Progress = { detection, bodies, used: new Set(), errors: [], items: 0 };
  const query = joined(
    'or',
    detection.conditions.map((condition) => conditionQuery(progress, condition)),
  );
  const { errors, items, used } = progress;
  if (items > maximumItems)
    errors.push({
      code: 'SIG004',
      message: `the condition mentions selections with more than ${maximumItems} values in all`,
      span: detection.conditions[0] ?? detection.span,
      hint: 'Split the rule.',
    });
  return errors.length > 0 ? failed(errors) : ok({ query, warnings: unused(detection, used) });
}

/** Adds the warnings or errors of a condition. */
export function reportCombined(
  bag: DiagnosticBag,
  { file }: SettledDetection,
  combined: ReturnType<typeof combine>,
): void {
  for (const diagnostic of combined.ok ? combined.value.warnings : combined.error)
    bag.add(file, diagnostic);
}

function joined(link: 'and' | 'or', operands: readonly (Query | undefined)[]): Query | undefined {
  const queries = operands.filter((operand) => operand !== undefined);
  if (queries.length === 0) return undefined;
  return link === 'and' ? and(queries) : or(queries);
}

function unused(
  { searches }: SettledDetection,
  used: ReadonlySet<string>,
): readonly NewDiagnostic[] {
  if (used.size === searches.size) return none;
  return [...searches.values()]
    .filter(({ name }) => !used.has(name) && !name.startsWith('_'))
    .map(({ name, span }) => ({
      code: 'SIG032',
      message: `selection \`${name}\` is never used in the condition`,
      span,
    }));
}

const none: readonly NewDiagnostic[] = [];

/** Undefined for what a pipeline dropped, and after an error. */
function conditionQuery(progress: Progress, node: ConditionNode): Query | undefined {
  switch (node.kind) {
    case 'and':
    case 'or':
      return joined(
        node.kind,
        node.operands.map((operand) => conditionQuery(progress, operand)),
      );
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
  const selected = selectedBy(progress.detection, node);
  if (!selected.ok) {
    progress.errors.push(selected.error);
    return undefined;
  }
  const queries = selected.value.map(({ name }) => {
    progress.used.add(name);
    const query = progress.bodies.get(name);
    if (query) progress.items += countItems(query);
    return query;
  });
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

/** The selections that a name or a quantifier of the condition means, in order, at least one. */
export function selectedBy(
  { searches }: SettledDetection,
  node: Selecting,
): Result<readonly SettledSearch[], NewDiagnostic> {
  const wanted = node.kind === 'name' ? node.name : node.pattern;
  const isThem = wanted.toLowerCase() === 'them';
  const isQuantified = node.kind === 'quantifier';
  const exact = isThem && isQuantified ? undefined : searches.get(wanted);
  if (exact) return ok([exact]);
  const missing = (message: string, hint: string) =>
    failed<NewDiagnostic>({ code: 'SIG031', message, span: node, hint });
  const isPattern = isQuantified && (isThem || wanted.includes('*'));
  if (isPattern) {
    const isMeant = selectionMatcher(wanted);
    const selected = [...searches.values()].filter(({ name }) => isMeant(name));
    if (selected.length > 0) return ok(selected);
  }
  const names = [...searches.keys()];
  if (isPattern)
    return missing(
      isThem
        ? '`them` stands for no selection: all start with an underscore'
        : `no selection matches \`${wanted}\``,
      knownNames(names),
    );
  const near = nearest(wanted, names.slice(0, maximumNames));
  return missing(
    `there is no selection \`${wanted}\``,
    isThem && !isQuantified
      ? 'Write `1 of them` or `all of them`.'
      : near === undefined
        ? knownNames(names)
        : didYouMean(near),
  );
}

function knownNames(names: readonly string[]): string {
  const listed = names.slice(0, maximumNames).join(', ');
  if (names.length === 1) return `The only selection is ${listed}.`;
  return `The selections are ${listed}${names.length > maximumNames ? ', ...' : ''}.`;
}
