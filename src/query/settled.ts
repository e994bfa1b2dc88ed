import type { ConditionNode } from '../sigma/rule/condition.ts';
import type { SourceFile, Span } from '../source/span.ts';
import { and, type Item, not, or, type Query, type Test } from './tree.ts';

/**
 * A settled detection: its modifiers are resolved into tests, while its condition still names
 * selections. This is what processing pipelines work on. Values are immutable; a pipeline makes new
 * ones.
 */
export interface SettledDetection {
  readonly file: SourceFile;
  readonly span: Span;
  readonly searches: ReadonlyMap<string, SettledSearch>;
  /** Joined with OR. */
  readonly conditions: readonly ConditionNode[];
}

export interface SettledSearch {
  readonly name: string;
  readonly span: Span;
  readonly body: SettledBody;
}

export type SettledBody = SettledGroup | SettledItem;

/**
 * An empty group remains of one whose items a pipeline dropped. Conditions are read as if it were
 * not there.
 */
export interface SettledGroup {
  readonly kind: 'group';
  readonly link: 'and' | 'or';
  readonly entries: readonly SettledBody[];
}

/** A detection item: the values of a field. */
export interface SettledItem {
  readonly kind: 'item';
  /** Undefined for keywords. */
  readonly field: string | undefined;
  readonly values: readonly SettledValue[];
  /** How the values are joined: `and` under `all`. */
  readonly link: 'and' | 'or';
  /** True under `neq`. */
  readonly negated: boolean;
  readonly file: SourceFile;
  readonly span: Span;
  /** The ids of the processing items that were applied to it. */
  readonly applied?: ReadonlySet<string>;
}

/** A value as written, with the tests that its modifiers make of it, joined with OR. */
export interface SettledValue {
  readonly tests: readonly Test[];
  /** True for `exists: false`: the only test is negated. */
  readonly absent: boolean;
  readonly span: Span;
}

/** The query of one detection item. */
function settledItemQuery(item: SettledItem): Query {
  const { field, file } = item;
  const operands = item.values.map(({ tests, absent, span }): Query => {
    const [only] = tests;
    // nearly all values are one test
    const query: Query =
      tests.length === 1 && only
        ? { kind: 'item', field, test: only, file, span }
        : or(tests.map((test): Item => ({ kind: 'item', field, test, file, span })));
    return absent ? not(query) : query;
  });
  const linked = item.link === 'and' ? and(operands) : or(operands);
  return item.negated ? not(linked) : linked;
}

/** The query of a selection; undefined if it is empty. */
export function settledQuery(body: SettledBody): Query | undefined {
  if (body.kind === 'item') return body.values.length === 0 ? undefined : settledItemQuery(body);
  const operands: Query[] = [];
  for (const entry of body.entries) {
    const query = settledQuery(entry);
    if (query) operands.push(query);
  }
  if (operands.length === 0) return undefined;
  return body.link === 'and' ? and(operands) : or(operands);
}

/** True if a value of the item is another field of the event, which is rare. */
export const refersToFields = ({ values }: SettledItem): boolean => values.some(refers);
const refers = ({ tests }: SettledValue): boolean => tests.some(isFieldTest);
const isFieldTest = ({ kind }: Test): boolean => kind === 'field';

/**
 * True if `holds` is true of an item of the selection. It is called for every rule, where a
 * generator would cost more than the test.
 */
export function someSettledItem(body: SettledBody, holds: (item: SettledItem) => boolean): boolean {
  if (body.kind === 'item') return holds(body);
  for (const entry of body.entries) if (someSettledItem(entry, holds)) return true;
  return false;
}

/** Every item of a selection, in order. */
export function settledItems(body: SettledBody): readonly SettledItem[] {
  const items: SettledItem[] = [];
  collectItems(body, items);
  return items;
}

function collectItems(body: SettledBody, items: SettledItem[]): void {
  if (body.kind === 'item') items.push(body);
  else for (const entry of body.entries) collectItems(entry, items);
}
