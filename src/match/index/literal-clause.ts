import {
  anyClause,
  type Clause,
  leastClause,
  likelihood,
  type Place,
  type PlacedText,
} from '../../query/clause.ts';
import { type Item, itemsOf, type Query, type RegexTest } from '../../query/tree.ts';
import { foldCase } from '../../regex/letter-case.ts';
import { requiredPattern } from '../../regex/literal.ts';
import { parseRegex } from '../../regex/regex.ts';
import { ANY, joinParts, type Pattern } from '../../sigma/value/pattern.ts';

/** What a value of a field must have for an item to be true, with letter case folded. */
export interface Atom extends PlacedText {
  /** Undefined: any value of the event. */
  readonly field: string | undefined;
}

/** An atom; equal atoms are the same object. */
interface KnownAtom extends Atom {
  readonly likelihood: number;
  /** Number of queries that need it. */
  queries: number;
  /** The last of them. */
  query: Query | undefined;
}

/**
 * Returns a function that finds the clause of one of the queries that the fewest events fulfil;
 * undefined if the query may be true of events without any literal. Equal atoms are the same
 * object.
 */
export function createClauseFinder(
  queries: readonly Query[],
): (query: Query) => Clause<Atom> | undefined {
  const atoms = new Map<Item, KnownAtom>();
  const known = createKnownAtoms();
  for (const query of queries) {
    for (const item of itemsOf(query)) {
      const atom = known(atomOf(item));
      if (!atom) continue;
      atoms.set(item, atom);
      if (atom.query !== query) atom.queries++;
      atom.query = query;
    }
  }
  return (query) => {
    const clause = clauseOf(query, atoms);
    // equal items give the same atom twice
    return clause && { ...clause, terms: [...new Set(clause.terms)] };
  };
}

function createKnownAtoms(): (atom: Atom | undefined) => KnownAtom | undefined {
  const byField = new Map<string | undefined, Map<string, KnownAtom>>();
  return (atom) => {
    if (!atom) return undefined;
    const atoms = byField.get(atom.field) ?? new Map<string, KnownAtom>();
    byField.set(atom.field, atoms);
    const key = `${atom.place} ${atom.text}`;
    const known = atoms.get(key) ?? {
      ...atom,
      likelihood: likelihood(atom),
      queries: 0,
      query: undefined,
    };
    atoms.set(key, known);
    return known;
  };
}

/** A literal that many rules need is one that many events have. */
const costOf = (atom: KnownAtom): number => Math.min(1, atom.likelihood * atom.queries);

function clauseOf(query: Query, atoms: ReadonlyMap<Item, KnownAtom>): Clause<Atom> | undefined {
  switch (query.kind) {
    case 'not':
      return undefined;
    case 'item': {
      const atom = atoms.get(query);
      return atom && { terms: [atom], cost: costOf(atom) };
    }
    case 'and':
      return leastClause(query.operands, (operand) => clauseOf(operand, atoms));
    case 'or':
      return anyClause(query.operands, (operand) => clauseOf(operand, atoms));
  }
}

/**
 * What a value must have for the item to be true; undefined if it may be true without a value, or
 * of any value of the event.
 */
function atomOf({ field, test }: Item): Atom | undefined {
  const present: Atom | undefined =
    field === undefined ? undefined : { field, place: 'present', text: '' };
  switch (test.kind) {
    case 'null':
      return undefined;
    case 'string':
      return (
        literalAtom(
          field,
          field === undefined ? joinParts([ANY, ...test.pattern, ANY]) : test.pattern,
        ) ?? present
      );
    case 'number':
      return {
        field,
        place: field === undefined ? 'inside' : 'whole',
        text: String(test.value).toLowerCase(),
      };
    case 'boolean':
      return field === undefined ? undefined : { field, place: 'whole', text: String(test.value) };
    case 'regex':
      return literalAtom(field, regexPattern(test)) ?? present;
    default:
      return present;
  }
}

/** A pattern that any match of the expression fulfils, regardless of case. */
function regexPattern({ source, ...flags }: RegexTest): Pattern {
  const parsed = parseRegex(source, flags);
  return parsed.ok ? requiredPattern(parsed.value.node) : [ANY];
}

/** The literal of a pattern that is probably the rarest. */
function literalAtom(field: string | undefined, pattern: Pattern): Atom | undefined {
  let best: Atom | undefined;
  for (const [index, part] of pattern.entries()) {
    if (typeof part !== 'string') continue;
    const place: Place =
      pattern.length === 1
        ? 'whole'
        : index === 0
          ? 'start'
          : index === pattern.length - 1
            ? 'end'
            : 'inside';
    const atom: Atom = { field, place, text: foldCase(part) };
    if (!best || likelihood(atom) < likelihood(best)) best = atom;
  }
  return best ?? (pattern.length === 0 ? { field, place: 'whole', text: '' } : undefined);
}
