import type { RetiredDetection } from '../pack/config/published.ts';
import { stanzaName } from '../pack/render/conf-text.ts';
import type { Lock } from '../release/lock/lock.ts';
import type { Match } from './match-stanzas.ts';
import type { AdoptedApp } from './stanza.ts';

/** A detection with what else a lock says of it. */
export interface AdoptedRule {
  readonly id: string;
  readonly title: string;
  readonly search: string;
  readonly slug: string;
  readonly filterMacro: string;
}

/** The longest name of a stanza that a lock takes. */
const maximumName = 1000;

/** Whether a pack can write a stanza of this name; Splunk itself takes others. */
export const isStanzaName = (name: string): boolean =>
  name !== '' && name.length <= maximumName && stanzaName(name) === name;

/**
 * The lock of a pack that takes the place of an app: its rules have no content yet, but the names
 * that the app's saved searches have. The next release is a later version than that of the app.
 */
export function adoptedLock(
  pack: { readonly id: string; readonly version: string },
  app: AdoptedApp,
  matches: readonly Match<AdoptedRule>[],
): Lock {
  const version = app.version ?? pack.version;
  const named = matches.map(
    ({ stanza, rule: { id, title, slug, filterMacro } }): [string, RetiredDetection] => [
      stanza.name,
      { id, title, name: stanza.name, slug, filterMacro, retired: version, inSplunk: true },
    ],
  );
  return {
    pack: { id: pack.id, version, revision: Math.max(1, app.build ?? 1), parameters: [] },
    rules: new Map(),
    retired: new Map(named),
  };
}
