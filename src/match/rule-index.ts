import type { Query } from '../query/tree.ts';
import type { LogSource } from '../sigma/rule.ts';
import { createView, type Event, type EventView, type FieldSlot, fieldSlot, lowerOf, showEvent, valuesOf } from './event.ts';
import { type Atom, createClauseFinder } from './literal-clause.ts';
import { createLiteralTable, type LiteralTable, type RuleNumbers } from './literal-table.ts';
import { compiledFor } from './matcher.ts';
import type { Predicate } from './predicate.ts';
import { createSourceFilter } from './rule-index-source.ts';

export interface IndexedRule {
  readonly id: string;
  readonly query: Query;
  readonly logsource?: LogSource;
}

export interface RuleIndexOptions {
  /** Where an event comes from; parts that are undefined may be anything. Without it, or where it says undefined, rules of all log sources are asked. */
  readonly logSourceOf?: (event: Event) => LogSource | undefined;
}

/** Many rules that are asked of each event together. */
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
  readonly holds: Predicate;
}

/** Finds the rules whose literals an event has, and asks those alone: what an event costs hardly grows with the number of rules. */
export function createRuleIndex(rules: readonly IndexedRule[], { logSourceOf }: RuleIndexOptions = {}): RuleIndex {
  const view = createView();
  const compiled: Compiled[] = [];
  const unmatchable: { id: string; reason: string }[] = [];
  for (const rule of rules) {
    const made = compiledFor(rule.query, view);
    if (made.ok) compiled.push({ rule, holds: made.holds });
    else unmatchable.push({ id: rule.id, reason: made.reason });
  }
  const { always, look } = createLooker(compiled, view);
  const askable = logSourceOf && createSourceFilter(compiled.map(({ rule }) => rule.logsource));
  const asked = new Float64Array(compiled.length);
  let matched: number[] = [];
  let allowed: Uint8Array | undefined;
  const ask = (numbers: RuleNumbers): void => {
    for (const number of numbers) {
      if (asked[number] === view.epoch) continue;
      asked[number] = view.epoch;
      if (allowed?.[number] !== 0 && compiled[number]?.holds()) matched.push(number);
    }
  };
  return {
    always: always.length,
    unmatchable,
    matchesOf(event) {
      showEvent(view, event);
      matched = [];
      allowed = askable?.(logSourceOf?.(event));
      ask(always);
      look(ask);
      return matched.sort((a, b) => a - b).flatMap((number) => compiled[number]?.rule.id ?? []);
    },
  };
}

/** The literals that rules ask of one field. */
interface Field {
  readonly slot: FieldSlot;
  readonly table: LiteralTable;
  /** Of the event that was looked at last. */
  epoch: number;
}

interface Looker {
  /** Rules without any literal. */
  readonly always: RuleNumbers;
  /** Gives `found` the rules that the event at hand may fulfil, some of them again and again. */
  readonly look: (found: (rules: RuleNumbers) => void) => void;
}

function createLooker(compiled: readonly Compiled[], view: EventView): Looker {
  const { always, atoms } = atomsOf(compiled.map(({ rule }) => rule.query));
  const byName = new Map<string, Field[]>();
  let whole: Field | undefined;
  for (const [name, asked] of atoms) {
    const field: Field = { slot: name === undefined ? view.whole : fieldSlot(view, name), table: createLiteralTable([...asked.values()]), epoch: -1 };
    if (name === undefined) whole = field;
    else for (const start of startsOf(name)) byName.set(start, [...(byName.get(start) ?? []), field]);
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
      // an event has fewer fields than the rules
      for (const name of Object.keys(view.event)) for (const field of byName.get(name) ?? none) lookAt(field, found);
      if (whole) lookAt(whole, found);
    },
  };
}

const none: readonly Field[] = [];

/** The names that an event may have for the field: its own, and those that it may be nested in. */
function startsOf(name: string): readonly string[] {
  const parts = name.split('.');
  return parts.map((_, index) => parts.slice(0, index + 1).join('.'));
}

type Asked = Map<string, readonly [atom: Atom, rules: number[]]>;

/** By field, the literals that one of each rule's must be in the event; rules that have none. */
function atomsOf(queries: readonly Query[]): { readonly always: RuleNumbers; readonly atoms: ReadonlyMap<string | undefined, Asked> } {
  const find = createClauseFinder(queries);
  const always: number[] = [];
  const atoms = new Map<string | undefined, Asked>();
  for (const [number, query] of queries.entries()) {
    const clause = find(query);
    if (!clause) always.push(number);
    for (const atom of clause?.atoms ?? []) {
      const asked: Asked = atoms.get(atom.field) ?? new Map();
      atoms.set(atom.field, asked);
      const key = `${atom.place}\n${atom.text}`;
      const known = asked.get(key) ?? ([atom, []] as const);
      asked.set(key, known);
      known[1].push(number);
    }
  }
  return { always, atoms };
}
