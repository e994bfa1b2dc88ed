import { parseRegex } from '../query/regex.ts';
import { requiredPattern } from '../query/regex-literal.ts';
import { type Item, itemsOf, type Query, type RegexTest } from '../query/tree.ts';
import { ANY, joinParts, type Pattern } from '../sigma/pattern.ts';

/** Where a literal stands in a value: it is all of it, at its start, at its end, somewhere; `present`: any value will do, the text is empty. */
export type Place = 'whole' | 'start' | 'end' | 'inside' | 'present';

/** What a value of a field must have, in lower case, for an item to be true. */
export interface Atom {
  /** Undefined: any value of the event. */
  readonly field: string | undefined;
  readonly place: Place;
  readonly text: string;
}

/** Where a query is true, at least one of the atoms is. */
export interface Clause {
  readonly atoms: readonly Atom[];
  /** How often an event is thought to have one of them. */
  readonly cost: number;
}

/** Finds the clause of each of some queries that the fewest events fulfil; undefined where a query is true of events without any literal. */
export function createClauseFinder(queries: readonly Query[]): (query: Query) => Clause | undefined {
  const atoms = new Map<Item, Atom | undefined>();
  const shared = new Map<string, number>();
  for (const query of queries) {
    const keys = new Set<string>();
    for (const item of itemsOf(query)) {
      const atom = atomOf(item);
      atoms.set(item, atom);
      if (atom) keys.add(keyOf(atom));
    }
    for (const key of keys) shared.set(key, (shared.get(key) ?? 0) + 1);
  }
  const costs = (atom: Atom): number => Math.min(1, likelihood(atom) * (shared.get(keyOf(atom)) ?? 1));
  return (query) => {
    const clause = clauseOf(query, atoms, costs);
    // an item may be in a list twice, or be two that come to the same
    return clause && { ...clause, atoms: [...new Map(clause.atoms.map((atom) => [keyOf(atom), atom])).values()] };
  };
}

const keyOf = ({ field, place, text }: Atom): string => `${place}\n${field}\n${text}`;

/** The longer a literal the rarer it is; what many rules ask for is what many events have. */
function likelihood({ place, text }: Atom): number {
  if (place === 'present') return 0.5;
  if (place === 'whole') return 0.001;
  return Math.max(0.0001, 0.35 ** (text.length + (place === 'inside' ? 0 : 3)));
}

type Costs = (atom: Atom) => number;

function clauseOf(query: Query, atoms: ReadonlyMap<Item, Atom | undefined>, costs: Costs): Clause | undefined {
  switch (query.kind) {
    case 'not':
      return undefined;
    case 'item': {
      const atom = atoms.get(query);
      return atom && { atoms: [atom], cost: costs(atom) };
    }
    case 'and': {
      const clauses = query.operands.flatMap((operand) => clauseOf(operand, atoms, costs) ?? []);
      return clauses.length === 0 ? undefined : clauses.reduce((best, clause) => (clause.cost < best.cost ? clause : best));
    }
    case 'or': {
      const clauses: Clause[] = [];
      for (const operand of query.operands) {
        const clause = clauseOf(operand, atoms, costs);
        if (!clause) return undefined;
        clauses.push(clause);
      }
      return { atoms: clauses.flatMap((clause) => clause.atoms), cost: clauses.reduce((sum, { cost }) => sum + cost, 0) };
    }
  }
}

/** What a value must have for the item to be true; undefined where it may be true without a value, or of any of an event's. */
function atomOf({ field, test }: Item): Atom | undefined {
  const present: Atom | undefined = field === undefined ? undefined : { field, place: 'present', text: '' };
  switch (test.kind) {
    case 'null':
      return undefined;
    case 'string':
      return literalAtom(field, field === undefined ? joinParts([ANY, ...test.pattern, ANY]) : test.pattern, test.cased) ?? present;
    case 'number':
      return { field, place: field === undefined ? 'inside' : 'whole', text: String(test.value).toLowerCase() };
    case 'boolean':
      return field === undefined ? undefined : { field, place: 'whole', text: String(test.value) };
    case 'regex':
      return literalAtom(field, regexPattern(test), false) ?? present;
    default:
      return present;
  }
}

/** What any match of the expression holds, letter case aside. */
function regexPattern({ source, ...flags }: RegexTest): Pattern {
  const parsed = parseRegex(source, flags);
  return parsed.ok ? requiredPattern(parsed.node) : [ANY];
}

/** The literal of a pattern that is thought to be rarest. */
function literalAtom(field: string | undefined, pattern: Pattern, cased: boolean): Atom | undefined {
  let best: Atom | undefined;
  for (const [index, part] of pattern.entries()) {
    if (typeof part !== 'string') continue;
    const place: Place = pattern.length === 1 ? 'whole' : index === 0 ? 'start' : index === pattern.length - 1 ? 'end' : 'inside';
    const atom = cased && place !== 'whole' ? plainAtom(field, part) : { field, place, text: part.toLowerCase() };
    if (atom && (!best || likelihood(atom) < likelihood(best))) best = atom;
  }
  return best ?? (pattern.length === 0 ? { field, place: 'whole', text: '' } : undefined);
}

/** How letters outside ASCII are folded may depend on those beside them. */
function plainAtom(field: string | undefined, text: string): Atom | undefined {
  const longest = text.split(/[^ -~]+/).reduce((best, run) => (run.length > best.length ? run : best), '');
  return longest === '' ? undefined : { field, place: 'inside', text: longest.toLowerCase() };
}
