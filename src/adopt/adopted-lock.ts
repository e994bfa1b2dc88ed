import type { RetiredDetection } from '../pack/config/published.ts';
import { stanzaName } from '../pack/render/conf-text.ts';
import type { Lock } from '../release/lock/lock.ts';
import type { Match } from './match-stanzas.ts';
import type { AdoptedApp } from './stanza.ts';

/** A detection with the names that a lock has of it. */
export interface AdoptedRule {
  readonly id: string;
  readonly title: string;
  readonly search: string;
  readonly slug: string;
  readonly filterMacro: string;
}

/** Maximum length of the name of a stanza in a lock. */
const maximumName = 1000;

/** Whether a pack can have a stanza of this name; Splunk itself accepts others. */
export const isStanzaName = (name: string): boolean =>
  name !== '' && name.length <= maximumName && stanzaName(name) === name;

/**
 * The lock of a pack that replaces an app: it reserves the names of the app's saved searches for
 * their rules. The next release gets a later version than the app.
 */
export function adoptedLock(
  pack: { readonly id: string; readonly version: string },
  app: AdoptedApp,
  matches: readonly Match<AdoptedRule>[],
): Lock {
  const version = app.version ?? pack.version;
  const retired = matches.map(
    ({ stanza, rule: { id, title, slug, filterMacro } }): [string, RetiredDetection] => [
      stanza.name,
      { id, title, name: stanza.name, slug, filterMacro, retired: version, inSplunk: true },
    ],
  );
  return {
    pack: { id: pack.id, version, revision: Math.max(1, app.build ?? 1), parameters: [] },
    rules: new Map(),
    retired: new Map(retired),
  };
}
