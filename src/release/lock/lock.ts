import type { PublishedDetection, RetiredDetection } from '../../pack/config/published.ts';
import { stanzaKey } from '../../pack/render/conf-text.ts';
import type { Level } from '../../sigma/rule/rule.ts';
import { sortedJson } from '../../source/sorted-json.ts';
import type { PackSettings } from '../pack-settings.ts';
import type { BuiltEntry, Digests, Snapshot } from '../snapshot.ts';

/** What was published: the content of sigpack.lock. */
export interface Lock {
  readonly pack: LockedPack;
  /** By id, sorted. */
  readonly rules: ReadonlyMap<string, LockedRule>;
  /** By their names, sorted; a renamed detection by its old name. */
  readonly retired: ReadonlyMap<string, RetiredDetection>;
}

export interface LockedPack {
  readonly id: string;
  /** x.y.z */
  readonly version: string;
  /** Graylog's revision and Splunk's build number. */
  readonly revision: number;
  readonly parameters: readonly string[];
  /** Undefined in locks of older versions of Sigpack. */
  readonly settings?: PackSettings;
}

export interface LockedRule extends PublishedDetection {
  readonly entities: readonly string[];
  readonly severity: Level;
  readonly digests: Digests & { readonly condition: string };
  /** The version that added it. */
  readonly added: string;
  /** The version that changed it last. */
  readonly changed: string;
}

/** The lock as one side of a diff. */
export function lockSnapshot({ pack: { version, parameters, settings }, rules }: Lock): Snapshot {
  return {
    label: version,
    version,
    entries: rules,
    parameters,
    ...(settings === undefined ? {} : { settings }),
  };
}

export interface NextLock {
  readonly before: Lock | undefined;
  readonly pack: LockedPack;
  readonly entries: readonly BuiltEntry[];
  /** Drops what was retired before: its stanzas are left out from now on. */
  readonly dropRetired: boolean;
}

/** The lock of a release: a rule that changed since the one before gets its version. */
export function nextLock({ before, pack, entries, dropRetired }: NextLock): Lock {
  const rules = new Map(
    [...entries]
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map((entry): [string, LockedRule] => [
        entry.id,
        lockedRule(entry, before?.rules.get(entry.id), pack.version),
      ]),
  );
  const names = new Set([...rules.values()].map(({ name }) => stanzaKey(name)));
  const published = [...(before?.rules.values() ?? [])].map(
    ({ id, title, name, slug, filterMacro, inSplunk }) => ({
      id,
      title,
      name,
      slug,
      ...(filterMacro === undefined ? {} : { filterMacro }),
      retired: pack.version,
      inSplunk,
    }),
  );
  const retired = [...(dropRetired ? [] : (before?.retired.values() ?? [])), ...published].filter(
    ({ name }) => !names.has(stanzaKey(name)),
  );
  return {
    pack,
    rules,
    retired: new Map(
      retired.sort((a, b) => (a.name < b.name ? -1 : 1)).map((one) => [one.name, one]),
    ),
  };
}

function lockedRule(
  entry: BuiltEntry,
  before: LockedRule | undefined,
  version: string,
): LockedRule {
  const { id, title, file, name, slug, filterMacro, generated, entities, digests, off } = entry;
  const severity = entry.severity ?? 'medium';
  const condition = digests.condition ?? '';
  const inSplunk = digests.queries.splunk !== undefined;
  const locked = {
    id,
    title,
    file,
    name,
    slug,
    ...(inSplunk ? { filterMacro } : {}),
    generated,
    inSplunk,
    ...(off === undefined ? {} : { off }),
    entities,
    severity,
    digests: { ...digests, condition },
    added: version,
    changed: version,
  };
  return before
    ? { ...locked, added: before.added, changed: isSame(locked, before) ? before.changed : version }
    : locked;
}

/** Equal except for versions. `off` is left out: the settings cover it. */
function isSame(a: LockedRule, b: LockedRule): boolean {
  const plain = ({ added: _, changed: __, off: ___, ...rest }: LockedRule): string =>
    sortedJson(rest);
  return plain(a) === plain(b);
}
