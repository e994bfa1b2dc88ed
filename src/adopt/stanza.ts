/** A saved search of an installed app. */
export interface Stanza {
  readonly name: string;
  /** Settings of the app; of contentctl, those that its build writes and a match needs. */
  readonly shipped: ReadonlyMap<string, string>;
  /** Settings that an admin made locally. */
  readonly local: ReadonlyMap<string, string>;
}

/** The saved searches of an app. */
export interface AdoptedApp {
  /** The folder of the app in Splunk; undefined if only a file is known. */
  readonly id?: string;
  /** x.y.z; undefined if unknown. */
  readonly version?: string;
  /** Splunk's build number. */
  readonly build?: number;
  readonly stanzas: readonly Stanza[];
  /** Files of detections that have no name or search, or can't be read. */
  readonly unread?: readonly string[];
}

type Conf = ReadonlyMap<string, ReadonlyMap<string, string>>;
const none: ReadonlyMap<string, string> = new Map();

/**
 * The saved searches of `default/` and `local/savedsearches.conf`, sorted by name. `[default]` is
 * not a saved search.
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

/** `3.4` is 3.4.0; undefined if the text does not start with numbers of at most six digits. */
export function threePartVersion(text: string): string | undefined {
  const [, major, minor = '0', patch = '0'] =
    /^\s*v?(\d{1,6})(?:\.(\d{1,6}))?(?:\.(\d{1,6}))?(?!\d)/.exec(text) ?? [];
  return major === undefined ? undefined : [major, minor, patch].map(Number).join('.');
}
