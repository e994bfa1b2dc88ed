import { ANY } from '../sigma/value/pattern.ts';
import { absentFieldsOf, causesOf, truthWithout } from './absent-fields.ts';
import type { CompiledRule } from './compile.ts';
import { type Truth, truthOf } from './three-valued.ts';
import { type Item, itemsOf, type Query } from './tree.ts';

/** Why every event of the log source fulfils a rule. */
export interface AlwaysTrue {
  /** Fields that no event has, without which the condition is always true; sorted. */
  readonly fields: readonly string[];
}

/**
 * Undefined for a rule that some event may not fulfil, and for correlations: one may well count all
 * events of a log source.
 */
export function alwaysTrue(compiled: CompiledRule): AlwaysTrue | undefined {
  if (compiled.kind === 'correlation') return undefined;
  const { query, processing } = compiled;
  const absent = new Set(processing?.absent);
  const fixedWithout = (fields: ReadonlySet<string>) => (item: Item) => {
    // what pipelines add says which events the log source has
    if (processing?.pipelineFiles?.has(item.file)) return true;
    return isAnyText(item) ? true : truthWithout(item, fields);
  };
  const fixed = fixedWithout(absent);
  if (!isAlwaysTrue(query, fixed)) return undefined;
  if (absent.size === 0 || isAlwaysTrue(query, fixedWithout(new Set()))) return { fields: [] };
  return {
    fields: absentFieldsOf(
      truthOf(query, fixed) === true ? causesOf(query, fixed) : itemsOf(query),
      absent,
    ),
  };
}

/**
 * Limit of the search for an event that makes the query false. Beyond it, the query counts as one
 * that says something.
 */
const maximumBranches = 2000;

const isAnyText = ({ field, test }: Item): boolean =>
  field === undefined &&
  test.kind === 'string' &&
  test.pattern.length === 1 &&
  test.pattern[0] === ANY;

/** `fixed` is the truth of items that no event changes. */
function isAlwaysTrue(query: Query, fixed: (item: Item) => Truth): boolean {
  // the event that has nothing of the rule: few rules are true of it
  if (truthOf(query, (item) => fixed(item) ?? item.test.kind === 'null') !== true) return false;
  const atoms = new Map(itemsOf(query).map((item) => [item, atomOf(item)]));
  const keys = [
    ...new Set([...atoms].filter(([item]) => fixed(item) === undefined).map(([, { key }]) => key)),
  ];
  let branches = 0;
  const holds = (assumed: ReadonlyMap<string, boolean>): boolean => {
    if (++branches > maximumBranches) return false;
    const truth = truthOf(query, (item) => fixed(item) ?? assumedTruth(atoms.get(item), assumed));
    const next = keys.find((key) => !assumed.has(key));
    if (truth !== undefined || next === undefined) return truth === true;
    return [false, true].every((value) => holds(new Map([...assumed, [next, value]])));
  };
  return holds(new Map());
}

interface Atom {
  readonly key: string;
  /** The item is the negation of the atom. */
  readonly negated: boolean;
}

/**
 * Items with the same meaning have the same atom. An absent field is the negation of a present one.
 */
function atomOf({ field, test }: Item): Atom {
  const negated = test.kind === 'null';
  const key = JSON.stringify([field, negated ? { kind: 'exists' } : test], (_, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : typeof value === 'symbol' ? String(value) : value,
  );
  return { key, negated };
}

function assumedTruth(atom: Atom | undefined, assumed: ReadonlyMap<string, boolean>): Truth {
  const value = atom && assumed.get(atom.key);
  return value === undefined ? undefined : value !== atom?.negated;
}
