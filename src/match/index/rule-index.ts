import { itemsOf, type Query } from '../../query/tree.ts';
import type { LogSource } from '../../sigma/rule/rule.ts';
import {
  createView,
  type Event,
  type EventView,
  type FieldSlot,
  fieldSlot,
  lowerOf,
  showEvent,
  valuesOf,
} from '../event.ts';
import type { EventSource } from '../event-source.ts';
import { matchablePredicate } from '../matcher.ts';
import { type Predicate, predicateOf } from '../predicate.ts';
import { type Atom, createClauseFinder } from './literal-clause.ts';
import { createLiteralTable, type LiteralTable, type RuleNumbers } from './literal-table.ts';
import { createSourceFilter } from './rule-index-source.ts';

/**
 * A detection rule as a {@link RuleIndex} takes it. Without a log source it is about all events.
 */
export interface IndexedRule {
  /** Any text; {@link RuleIndex.matchesOf} returns it. */
  readonly id: string;
  readonly query: Query;
  readonly logsource?: LogSource;
}

/** What a {@link RuleIndex} knows about events. */
export interface RuleIndexOptions {
  /**
   * Where an event comes from; parts that are undefined may be anything. Without it, or where it
   * says undefined, rules of all log sources are asked.
   */
  readonly logSourceOf?: (event: Event) => LogSource | EventSource | undefined;
}

/**
 * Many rules that are asked of each event together, in time that hardly grows with their number.
 */
export interface RuleIndex {
  /** The ids of the rules that mean the event, in their order. */
  readonly matchesOf: (event: Event) => readonly string[];
  /** How many rules are asked of every event: they need no literal of it. */
  readonly always: number;
  /** Rules that can't be asked of events here, and why. */
  readonly unmatchable: readonly { readonly id: string; readonly reason: string }[];
}

interface Compiled {
  readonly rule: IndexedRule;
  /** Undefined until the rule is asked for the first time: most never are. */
  holds: Predicate | undefined;
}

/**
 * Puts rules into an index by their literals: of an event it asks only the rules of which it has a
 * literal.
 *
 * @param rules - Rules with their queries.
 * @param logSourceOf - Where an event comes from, such as the function of that name in this
 *   library. Without it, rules of all log sources are asked.
 * @returns The index. Rules that can't be asked of events are under `unmatchable`.
 * @example
 * import { createRuleIndex, type Query } from 'sigpack';
 *
 * const place = { file: { path: 'rule.yml', text: 'EventID: 1031' }, span: { start: 9, end: 13 } };
 * const test = { kind: 'number', value: 1031 } as const;
 * const query: Query = { kind: 'item', field: 'EventID', test, ...place };
 * const index = createRuleIndex([{ id: 'dhcp', query }]);
 * index.matchesOf({ EventID: 1031 }); // => ['dhcp']
 */
export function createRuleIndex(
  rules: readonly IndexedRule[],
  { logSourceOf }: RuleIndexOptions = {},
): RuleIndex {
  const view = createView();
  const compiled: Compiled[] = [];
  const unmatchable: { id: string; reason: string }[] = [];
  for (const rule of rules) {
    const predicate = mayBeUnmatchable(rule.query)
      ? matchablePredicate(rule.query, view)
      : undefined;
    if (predicate?.ok === false) unmatchable.push({ id: rule.id, reason: predicate.error });
    else compiled.push({ rule, holds: predicate?.value });
  }
  const { always, look } = createLooker(compiled, view);
  const askable = logSourceOf && createSourceFilter(compiled.map(({ rule }) => rule.logsource));
  const asked = new Float64Array(compiled.length);
  const candidates: RuleNumbers[] = [];
  const gather = (numbers: RuleNumbers): void => {
    candidates.push(numbers);
  };
  const ask = (allowed: Uint8Array | undefined): number[] => {
    const matched: number[] = [];
    for (const numbers of candidates) {
      for (const number of numbers) {
        const one = compiled[number];
        if (asked[number] === view.epoch || allowed?.[number] === 0 || !one) continue;
        asked[number] = view.epoch;
        one.holds ??= predicateOf(one.rule.query, view);
        if (one.holds()) matched.push(number);
      }
    }
    return matched;
  };
  return {
    always: always.length,
    unmatchable,
    matchesOf(event) {
      showEvent(view, event);
      candidates.length = 0;
      candidates.push(always);
      look(gather);
      const matched = ask(askable?.(logSourceOf?.(event)));
      return matched.sort((a, b) => a - b).flatMap((number) => compiled[number]?.rule.id ?? []);
    },
  };
}

/** Whether a query has a part of a kind that may be unmatchable. */
function mayBeUnmatchable(query: Query): boolean {
  for (const { test } of itemsOf(query))
    if (test.kind === 'regex' || test.kind === 'expression') return true;
  return false;
}

/** The literals that rules need in one field. */
interface Field {
  readonly slot: FieldSlot;
  readonly table: LiteralTable;
  /** Of the last event for which the field was looked up. */
  epoch: number;
}

interface Looker {
  /** Rules without any literal. */
  readonly always: RuleNumbers;
  /** Calls `found` with rules that the current event may fulfil, with some several times. */
  readonly look: (found: (rules: RuleNumbers) => void) => void;
}

function createLooker(compiled: readonly Compiled[], view: EventView): Looker {
  const { always, atoms } = atomsOf(compiled.map(({ rule }) => rule.query));
  const byName = new Map<string, Field[]>();
  let whole: Field | undefined;
  for (const [name, asked] of atoms) {
    const field: Field = {
      slot: name === undefined ? view.whole : fieldSlot(view, name),
      table: createLiteralTable([...asked]),
      epoch: -1,
    };
    if (name === undefined) whole = field;
    else
      for (const start of startsOf(name)) byName.set(start, [...(byName.get(start) ?? []), field]);
  }
  const lookAt = (field: Field, found: (rules: RuleNumbers) => void): void => {
    if (field.epoch === view.epoch) return;
    field.epoch = view.epoch;
    const values = valuesOf(view, field.slot);
    if (values.length > 0) found(field.table.present);
    for (const value of values) field.table.look(lowerOf(value), found);
  };
  return {
    always,
    look(found) {
      // an event has fewer fields than the rules together
      for (const name of Object.keys(view.event))
        for (const field of byName.get(name) ?? none) lookAt(field, found);
      if (whole) lookAt(whole, found);
    },
  };
}

const none: readonly Field[] = [];

/** The top-level names that may hold the field: its own, and those that it may be nested in. */
function startsOf(name: string): readonly string[] {
  const parts = name.split('.');
  return parts.map((_, index) => parts.slice(0, index + 1).join('.'));
}

type Asked = Map<Atom, number[]>;

/** By field, the literals of which an event must have one per rule; and rules that need none. */
function atomsOf(queries: readonly Query[]): {
  readonly always: RuleNumbers;
  readonly atoms: ReadonlyMap<string | undefined, Asked>;
} {
  const find = createClauseFinder(queries);
  const always: number[] = [];
  const atoms = new Map<string | undefined, Asked>();
  for (const [number, query] of queries.entries()) {
    const clause = find(query);
    if (!clause) always.push(number);
    for (const atom of clause?.terms ?? []) {
      const asked: Asked = atoms.get(atom.field) ?? new Map();
      atoms.set(atom.field, asked);
      const rules = asked.get(atom);
      if (rules) rules.push(number);
      else asked.set(atom, [number]);
    }
  }
  return { always, atoms };
}
