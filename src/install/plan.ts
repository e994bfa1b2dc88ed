import { digestOf } from '../release/meaning/digest.ts';
import { isRecord } from '../source/record.ts';
import { sortedJson } from '../source/sorted-json.ts';

/** What an install does to one object of a server. */
export type Verb = 'create' | 'change' | 'disable' | 'remove';

/** An object as a pack wants it or as a server has it; `fields` are flat: `config.query`. */
export interface InstallObject {
  /** The same from version to version. */
  readonly key: string;
  /** For people. */
  readonly name: string;
  readonly fields: Fields;
  /** Titles of the Sigma rules that it tests, by id; none where it is not made of several. */
  readonly tests?: ReadonlyMap<string, string>;
}

export type Fields = ReadonlyMap<string, string>;

export interface FieldChange {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

export interface PlannedObject {
  readonly verb: Verb;
  readonly key: string;
  readonly name: string;
  /** Of a change. */
  readonly changes: readonly FieldChange[];
}

/** An object that someone changed or removed in place. */
export interface Drift {
  readonly key: string;
  readonly name: string;
  /** From what was installed to what is there; undefined: the object is gone. */
  readonly changes: readonly FieldChange[] | undefined;
  /** Nothing of Sigpack's was under this key. */
  readonly added?: true;
  /** Whether the plan leaves it as it is or puts the pack's own in its place. */
  readonly outcome: 'kept' | 'overwritten';
  /** Titles of Sigma rules that the pack tests there, and what is kept does not. */
  readonly untested?: readonly string[];
}

/** What is done at a place, object by object, and what someone did there before. */
export interface InstallPlan {
  readonly planVersion: 1;
  readonly to: string;
  readonly kind: string;
  readonly pack: PlannedPack;
  readonly objects: readonly PlannedObject[];
  readonly drift: readonly Drift[];
  /** What is there and not Sigpack's, and is taken over. */
  readonly adopts?: string;
  /** What the pack needs of the place and leaves as it is: streams by title. */
  readonly refers?: readonly string[];
  /** Digest of what the place had: applying fails where it has something else by then. */
  readonly state: string;
}

export interface PlannedPack {
  readonly id: string;
  /** Null: it is not installed. */
  readonly from: string | null;
  readonly version: string;
  /** Of all that is installed. */
  readonly digest: string;
}

export interface PlanInput extends Pick<InstallPlan, 'to' | 'kind' | 'pack' | 'state'> {
  readonly adopts?: string | undefined;
  readonly refers?: readonly string[] | undefined;
  readonly wanted: readonly InstallObject[];
  readonly current: readonly InstallObject[];
  /**
   * What Sigpack wrote there, the installed version first. Empty where that is not known.
   */
  readonly known: readonly (readonly InstallObject[])[];
  /** The place adds nothing itself: what Sigpack did not write is the admin's. */
  readonly isShared?: boolean | undefined;
  readonly onDrift: 'keep' | 'overwrite';
  /** Objects that are put back whatever someone changed in them: they only work as a whole. */
  readonly putsBack?: ((key: string) => boolean) | undefined;
  /** What becomes of an object that the pack lacks; undefined: nothing. */
  readonly gone: (key: string) => 'remove' | 'disable' | undefined;
}

/** Compares what is wanted with what is there, object by object. */
export function planOf(input: PlanInput): InstallPlan {
  const { to, kind, pack, adopts, refers = [], state, wanted, current, isShared, gone } = input;
  const drift = decidedDrift(input);
  const kept: Kept = new Map(
    drift
      .filter(({ outcome }) => outcome === 'kept')
      .map(({ key, changes = [] }) => [key, new Set(changes.map(({ name }) => name))]),
  );
  const added = new Set(drift.flatMap((one) => (one.added === true ? [one.key] : [])));
  const wantedKeys = byKey(wanted);
  const lacking = current.flatMap(({ key, name }): PlannedObject[] => {
    const stays = isShared === true && (kept.get(key)?.has('content') === true || added.has(key));
    const verb = wantedKeys.has(key) || stays ? undefined : gone(key);
    return verb === undefined ? [] : [{ verb, key, name, changes: [] }];
  });
  return {
    planVersion: 1,
    to,
    kind,
    pack,
    objects: [...wantedObjects(input, kept), ...lacking],
    drift,
    ...(adopts === undefined ? {} : { adopts }),
    ...(refers.length === 0 ? {} : { refers }),
    state,
  };
}

/** Names of fields that stay as someone changed them, by the key of their object. */
type Kept = ReadonlyMap<string, ReadonlySet<string>>;

function decidedDrift(input: PlanInput): readonly Drift[] {
  const { known, current, wanted, isShared, onDrift, putsBack } = input;
  const wantedKeys = byKey(wanted);
  // what the pack has nothing to put over is kept in any case
  const isKept = ({ key, changes, added }: Drifted): boolean =>
    changes !== undefined &&
    putsBack?.(key) !== true &&
    (onDrift === 'keep' || (added === true && !wantedKeys.has(key)));
  const there = byKey(current);
  return driftOf({ known, current, wanted, isShared }).map((one): Drift => {
    if (!isKept(one)) return { ...one, outcome: 'overwritten' };
    const untested = untestedBy(there.get(one.key), wantedKeys.get(one.key));
    return { ...one, outcome: 'kept', ...(untested.length === 0 ? {} : { untested }) };
  });
}

const untestedBy = (
  there: InstallObject | undefined,
  wanted: InstallObject | undefined,
): readonly string[] =>
  [...(wanted?.tests ?? [])].flatMap(([id, title]) => (there?.tests?.has(id) ? [] : [title]));

/** What is done to the objects of the pack, without those that are as they are to be. */
function wantedObjects(
  { wanted, current, known, isShared }: PlanInput,
  kept: Kept,
): readonly PlannedObject[] {
  const there = byKey(current);
  const before = byKey(known[0] ?? []);
  return wanted.flatMap(({ key, name, fields }): PlannedObject[] => {
    const actual = there.get(key);
    if (!actual) return [{ verb: 'create', key, name, changes: [] }];
    // fields that only the version before has go, too
    const names = new Set([
      ...fields.keys(),
      ...(before.get(key)?.fields.keys() ?? []),
      ...(isShared === true ? actual.fields.keys() : []),
    ]);
    const changes = changesBetween(actual.fields, fields, names).filter(
      (change) => !kept.get(key)?.has(change.name),
    );
    if (changes.length === 0) return [];
    return [{ verb: switchesOff(changes) ? 'disable' : 'change', key, name, changes }];
  });
}

const switchesOff = (changes: readonly FieldChange[]): boolean =>
  changes.some(
    ({ name, after }) =>
      (name === 'enabled' && after === 'false') ||
      (name === 'disabled' && (after === '1' || after === 'true')),
  );

export type Drifted = Omit<Drift, 'outcome' | 'untested'>;

/**
 * What someone changed: fields that have neither a value that Sigpack wrote nor the one that is
 * wanted.
 */
export function driftOf({
  known,
  current,
  wanted = [],
  isShared,
}: Pick<PlanInput, 'known' | 'current' | 'isShared'> & {
  readonly wanted?: readonly InstallObject[];
}): readonly Drifted[] {
  const [installed = [], ...others] = known;
  const there = byKey(current);
  const alsoOurs = [...others, wanted].map(byKey);
  const changesOf = (
    key: string,
    before: Fields,
    after: Fields,
    names: Iterable<string>,
  ): readonly FieldChange[] =>
    changesBetween(before, after, names).filter(
      (change) => !alsoOurs.some((ours) => ours.get(key)?.fields.get(change.name) === change.after),
    );
  const changed = installed.flatMap(({ key, name, fields }): Drifted[] => {
    const actual = there.get(key);
    if (!actual) return [{ key, name, changes: undefined }];
    const changes = changesOf(
      key,
      fields,
      actual.fields,
      isShared === true ? new Set([...fields.keys(), ...actual.fields.keys()]) : fields.keys(),
    );
    return changes.length === 0 ? [] : [{ key, name, changes }];
  });
  if (isShared !== true) return changed;
  const ours = byKey(installed);
  const added = current.flatMap(({ key, name, fields }): Drifted[] => {
    const changes = ours.has(key) ? [] : changesOf(key, new Map(), fields, fields.keys());
    return changes.length === 0 ? [] : [{ key, name, changes, added: true }];
  });
  return [...changed, ...added];
}

const byKey = (objects: readonly InstallObject[]): ReadonlyMap<string, InstallObject> =>
  new Map(objects.map((one) => [one.key, one]));

/**
 * Fields of these names that differ; all others are the server's.
 */
function changesBetween(
  before: Fields,
  after: Fields,
  names: Iterable<string>,
): readonly FieldChange[] {
  return [...names].flatMap((name) => {
    const [old = '', now = ''] = [before.get(name), after.get(name)];
    return old === now ? [] : [{ name, before: old, after: now }];
  });
}

/** Digest of what a place has: `mark` is that of the version, the objects are what became of it. */
export const stateOf = (mark: unknown, current: readonly InstallObject[]): string =>
  digestOf([mark, current.map(({ key, fields }) => [key, [...fields].sort()])]);

/**
 * A value as flat fields: `a.b` for what is nested, JSON for lists; null and what is missing are
 * the same.
 */
export function flatFields(value: JsonObject, prefix = ''): Fields {
  const fields = new Map<string, string>();
  for (const [key, inner] of Object.entries(value)) {
    if (inner === undefined) continue;
    if (isRecord(inner)) {
      for (const [name, text] of flatFields(inner, `${prefix}${key}.`)) fields.set(name, text);
    } else
      fields.set(
        prefix + key,
        typeof inner === 'string' ? inner : inner === null ? '' : sortedJson(withoutNulls(inner)),
      );
  }
  return fields;
}

export type JsonObject = Readonly<Record<string, unknown>>;

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null)
      .map(([key, inner]) => [key, withoutNulls(inner)]),
  );
}
