import type { Target } from '../../pack/config/config.ts';
import { isRecord } from '../../source/record.ts';
import { differingKeys, sortedJson } from '../../source/sorted-json.ts';
import { correlationTerms } from '../meaning/digest.ts';
import { type MeaningChange, meaningChange } from '../meaning/meaning.ts';
import { changedPackSettings, type PackSettingChange } from '../pack-settings.ts';
import type { Snapshot, SnapshotEntry } from '../snapshot.ts';
import { type GroupedChange, groupedChange } from './grouped-change.ts';

/** Kinds of changes of a detection, the most important first. */
export const changeKinds = [
  'removed',
  'added',
  'renamed',
  'meaning',
  'query',
  'settings',
  'moved',
  'text',
] as const;
export type ChangeKind = (typeof changeKinds)[number];

/** A detection that changed. */
export interface Change {
  readonly id: string;
  /** In the order of {@link changeKinds}, at least one. */
  readonly kinds: readonly ChangeKind[];
  /** Undefined if it was added. */
  readonly before: SnapshotEntry | undefined;
  /** Undefined if it was removed. */
  readonly after: SnapshotEntry | undefined;
}

export interface Diff {
  readonly from: Snapshot;
  readonly to: Snapshot;
  /** By kind, then by title. */
  readonly changes: readonly Change[];
  readonly unchanged: number;
  readonly parameters: { readonly added: readonly string[]; readonly removed: readonly string[] };
  /** Of the packs as a whole. */
  readonly settings: readonly PackSettingChange[];
  /** Of what grouped searches run; undefined where that is the same, or not known. */
  readonly grouped?: GroupedChange;
  /** Detections whose file has errors on the other side: neither added nor removed. */
  readonly notCompared: readonly SnapshotEntry[];
}

/** Compares two packs detection by detection, by their digests. */
export function diffOf(from: Snapshot, to: Snapshot): Diff {
  const changes: Change[] = [];
  const notCompared: SnapshotEntry[] = [];
  const [brokenBefore, brokenAfter] = [brokenFiles(from), brokenFiles(to)];
  let unchanged = 0;
  for (const [id, before] of from.entries) {
    const after = to.entries.get(id);
    if (!after && brokenAfter.has(before.file)) {
      notCompared.push(before);
      continue;
    }
    const kinds: readonly ChangeKind[] = after ? kindsOf(before, after) : ['removed'];
    if (kinds.length > 0) changes.push({ id, kinds, before, after });
    else unchanged++;
  }
  for (const [id, after] of to.entries) {
    if (from.entries.has(id)) continue;
    if (brokenBefore.has(after.file)) notCompared.push(after);
    else changes.push({ id, kinds: ['added'], before: undefined, after });
  }
  // the parameters of a detection that is not compared are missing on one side, too
  const [old = [], now = []] =
    from.parameters && to.parameters && notCompared.length === 0
      ? [from.parameters, to.parameters]
      : [];
  const grouped = groupedChange(from, to);
  return {
    from,
    to,
    changes: changes.sort(byWeight),
    unchanged,
    parameters: {
      added: now.filter((one) => !old.includes(one)),
      removed: old.filter((one) => !now.includes(one)),
    },
    settings: changedPackSettings(from.settings, to.settings),
    ...(grouped === undefined ? {} : { grouped }),
    notCompared,
  };
}

const brokenFiles = ({ uncompiled = [] }: Snapshot): ReadonlySet<string> =>
  new Set(uncompiled.map(({ file }) => file));

const titleOf = ({ before, after }: Change): string => (after ?? before)?.title ?? '';

function byWeight(a: Change, b: Change): number {
  const weight = ({ kinds }: Change): number =>
    changeKinds.findIndex((kind) => kinds.includes(kind));
  if (weight(a) !== weight(b)) return weight(a) - weight(b);
  return titleOf(a) < titleOf(b) ? -1 : titleOf(a) > titleOf(b) ? 1 : a.id < b.id ? -1 : 1;
}

function kindsOf(before: SnapshotEntry, after: SnapshotEntry): readonly ChangeKind[] {
  const [old, now] = [before.digests, after.digests];
  // a side without conditions only has queries to compare
  const meaning =
    old.condition !== undefined && now.condition !== undefined && old.condition !== now.condition;
  const is: Readonly<Record<ChangeKind, boolean>> = {
    added: false,
    removed: false,
    renamed: before.title !== after.title || before.name !== after.name,
    meaning,
    query: !meaning && changedTargets(before, after).length > 0,
    settings: old.settings !== now.settings || before.severity !== after.severity,
    moved: before.file !== '' && after.file !== '' && before.file !== after.file,
    text: old.text !== now.text,
  };
  return changeKinds.filter((kind) => is[kind]);
}

/** Targets whose query differs, or that only one side has. */
export function changedTargets(
  { digests: { queries: old } }: SnapshotEntry,
  { digests: { queries: now } }: SnapshotEntry,
): readonly Target[] {
  const targets: readonly Target[] = ['splunk', 'graylog'];
  return targets.filter((target) => old[target] !== now[target]);
}

export interface MeaningDetail extends MeaningChange {
  /** Of a correlation: what it asks of its rules, before and after. */
  readonly terms: readonly {
    readonly name: string;
    readonly before: string;
    readonly after: string;
  }[];
}

/** How the meaning of a detection changed; undefined if only digests are known. */
export function meaningDetail({ before, after }: Change): MeaningDetail | undefined {
  const [old, now] = [before?.detail?.compiled, after?.detail?.compiled];
  if (!old || !now) return undefined;
  if (old.kind === 'detection' && now.kind === 'detection')
    return { ...meaningChange(old.query, now.query), terms: [] };
  if (old.kind !== 'correlation' || now.kind !== 'correlation')
    return { effect: 'other', catches: [], drops: [], terms: [] };
  const [terms, nowTerms] = [correlationTerms(old.rule), correlationTerms(now.rule)];
  const changed = [...new Set([...Object.keys(terms), ...Object.keys(nowTerms)])].flatMap(
    (name) => {
      const [one, other] = [valueText(terms[name]), valueText(nowTerms[name])];
      return one === other ? [] : [{ name, before: one, after: other }];
    },
  );
  const parts =
    old.parts.length === now.parts.length
      ? old.parts.map((part, index) => [part, now.parts[index]] as const)
      : [];
  const ofParts = parts.flatMap(([one, other]) =>
    one.kind === 'detection' && other?.kind === 'detection'
      ? [meaningChange(one.query, other.query)]
      : [],
  );
  return {
    effect: 'other',
    catches: ofParts.flatMap(({ catches }) => catches),
    drops: ofParts.flatMap(({ drops }) => drops),
    terms: changed,
  };
}

const valueText = (value: unknown): string =>
  value === undefined
    ? ''
    : Array.isArray(value)
      ? value.map(valueText).join(', ')
      : typeof value === 'string'
        ? value
        : sortedJson(value);

/** Settings that differ, flat: `splunk.notable`; undefined if only digests are known. */
export function changedSettings({
  before,
  after,
}: Change):
  | readonly { readonly name: string; readonly before: string; readonly after: string }[]
  | undefined {
  const [old, now] = [before?.detail?.settings, after?.detail?.settings];
  if (!old || !now) return undefined;
  const [one, other] = [flat(old), flat(now)];
  return [...new Set([...one.keys(), ...other.keys()])].sort().flatMap((name) => {
    const [was, is] = [one.get(name) ?? '', other.get(name) ?? ''];
    return was === is ? [] : [{ name, before: was, after: is }];
  });
}

function flat(value: Readonly<Record<string, unknown>>, prefix = ''): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(value).flatMap(([key, inner]): [string, string][] => {
      if (isRecord(inner)) return [...flat(inner, `${prefix}${key}.`)];
      return inner === undefined ? [] : [[`${prefix}${key}`, valueText(inner)]];
    }),
  );
}

/** Names of the texts that differ, such as `description`; undefined if only digests are known. */
export function changedTexts({ before, after }: Change): readonly string[] | undefined {
  const [old, now] = [before?.detail?.text, after?.detail?.text];
  return old && now ? differingKeys(old, now) : undefined;
}
