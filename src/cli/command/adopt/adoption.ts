import { type AdoptedRule, isStanzaName } from '../../../adopt/adopted-lock.ts';
import { type LocalSettings, localSettings, runsAsShipped } from '../../../adopt/local-settings.ts';
import { type Match, type Matches, matchStanzas } from '../../../adopt/match-stanzas.ts';
import type { AdoptedApp } from '../../../adopt/stanza.ts';
import { enabledIds } from '../../../pack/config/enabled.ts';
import type { SplunkDetection } from '../../../pack/model/detection.ts';
import type { Pack } from '../../../pack/pack.ts';
import { stanzaKey } from '../../../pack/render/conf-text.ts';

/** What becomes of the saved searches of an app that a pack replaces. */
export interface Adoption {
  readonly app: AdoptedApp;
  /** The matches that are found have names that the pack can have. */
  readonly matches: Matches<AdoptedRule>;
  /** Matches whose names no pack can have. */
  readonly unnamed: readonly Match<AdoptedRule>[];
  readonly local: readonly LocalSettings[];
  /** Saved searches that run now, and whose rules are switched off in the pack. */
  readonly switchedOff: readonly string[];
  /** Saved searches that do not run now, and whose rules are switched on. */
  readonly switchedOn: readonly string[];
  /** Saved searches whose settings in `local/` no detection has any more. */
  readonly lost: readonly string[];
}

export function adoptionOf(app: AdoptedApp, pack: Pack): Adoption {
  const matches = matchStanzas(app.stanzas, pack.splunk.map(ruleOf));
  const keys = new Set<string>();
  // names in other letters are one stanza to a pack
  const found = matches.found.filter(
    ({ stanza: { name } }) => isStanzaName(name) && keys.size < keys.add(stanzaKey(name)).size,
  );
  const names = new Set(found.map(({ stanza }) => stanza.name));
  const local = app.stanzas.flatMap((stanza) => localSettings(stanza) ?? []);
  const enabled = enabledIds(pack, 'splunk');
  const switched = found.filter(
    ({ stanza, rule }) =>
      stanza.local.get('disabled') === undefined && runsAsShipped(stanza) !== enabled.has(rule.id),
  );
  const switchedNames = (runsNow: boolean): readonly string[] =>
    switched.flatMap(({ stanza }) => (runsAsShipped(stanza) === runsNow ? [stanza.name] : []));
  return {
    app,
    matches: { ...matches, found },
    unnamed: matches.found.filter((match) => !found.includes(match)),
    local: local.filter(({ stanza }) => names.has(stanza)),
    lost: local.flatMap(({ stanza }) => (names.has(stanza) ? [] : [stanza])),
    switchedOff: switchedNames(true),
    switchedOn: switchedNames(false),
  };
}

/** The search as other tools write it: what is before the filter macro of the pack. */
function ruleOf({
  detection: { id, slug, rule },
  search,
  filterMacro,
}: SplunkDetection): AdoptedRule {
  const [query = search] = search.split(` | \`${filterMacro}\``);
  return { id, title: rule.title, slug, filterMacro, search: query };
}
