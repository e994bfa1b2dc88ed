/** A saved search that runs somewhere, whoever wrote it. */
export interface Stanza {
  readonly name: string;
  /** As the app brings them; of contentctl, those that its build writes and a match needs. */
  readonly shipped: ReadonlyMap<string, string>;
  /** What an admin has set in place. */
  readonly local: ReadonlyMap<string, string>;
}

/** The saved searches of an app. */
export interface AdoptedApp {
  /** The folder of the app in Splunk; undefined where only a file is known. */
  readonly id?: string;
  /** x.y.z; undefined where none is known. */
  readonly version?: string;
  /** Splunk's build number. */
  readonly build?: number;
  readonly stanzas: readonly Stanza[];
  /** Files of detections that say no name and search, or can't be read. */
  readonly unread?: readonly string[];
}

type Conf = ReadonlyMap<string, ReadonlyMap<string, string>>;
const none: ReadonlyMap<string, string> = new Map();

/**
 * The saved searches of `default/` and `local/savedsearches.conf`, sorted by name. Settings for all
 * others (`[default]`) are none.
 */
export function stanzasOf(shipped: Conf, local: Conf = new Map()): readonly Stanza[] {
  const names = [...new Set([...shipped.keys(), ...local.keys()])]
    .filter((name) => name !== 'default')
    .sort();
  return names.map((name) => ({
    name,
    shipped: shipped.get(name) ?? none,
    local: local.get(name) ?? none,
  }));
}

/**
 * `3.4` is 3.4.0; undefined for what has no number in front, or one that leaves no room for the
 * next.
 */
export function threePartVersion(text: string): string | undefined {
  const [, major, minor = '0', patch = '0'] =
    /^\s*v?(\d{1,6})(?:\.(\d{1,6}))?(?:\.(\d{1,6}))?(?!\d)/.exec(text) ?? [];
  return major === undefined ? undefined : [major, minor, patch].map(Number).join('.');
}
