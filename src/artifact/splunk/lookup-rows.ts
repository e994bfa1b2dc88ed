import { type DetectionPage, searchedData } from '../../docs/detection-page.ts';
import { runsInSplunk } from '../../pack/config/enabled.ts';
import { confText, unflaggedLines } from '../../pack/render/conf-text.ts';
import { entityFields } from '../../pack/splunk/dashboard.ts';
import { riskScoreOf } from '../../pack/splunk/es-entity.ts';
import type { SplunkGroups } from '../../pack/splunk/grouped/groups.ts';
import { cronOf } from '../../pack/splunk/schedule.ts';
import { sourceLabel } from '../../sigma/rule/rule.ts';
import { percentEncoded } from '../../source/char-escape.ts';
import { tacticTitle } from './attack-coverage.ts';
import type { SearchStanza } from './conf-model.ts';

/** A list in a cell of a lookup: separated by `|`, which is escaped in the values. */
const list = (values: readonly string[]): string =>
  confText(values.map((value) => value.replaceAll('|', '%7C')).join('|'));

/** A row of the lookup of detections. */
export function detectionRow(
  name: string,
  { id, search: { detection, filterMacro } }: SearchStanza,
  { groupOf, macros }: SplunkGroups,
) {
  const { rule, attack, logSources, severity } = detection;
  const allow = macros?.allow.get(detection.id);
  const group = groupOf.get(detection.id);
  const links = rule.references.flatMap((reference) => webLink(reference) ?? []);
  return {
    name,
    id,
    title: confText(rule.title),
    severity,
    status: rule.status ?? 'unknown',
    enabled: runsInSplunk(detection) ? 1 : 0,
    tactics: list(attack.tactics.map(tacticTitle)),
    techniques: list(attack.techniques),
    log_source: list(logSources.map((source) => sourceLabel(source))),
    cron: cronOf(group?.detection ?? detection),
    author: confText(rule.author ?? ''),
    reference: links[0] ?? '',
    references: list(rule.references),
    links: links.join('|'),
    entities: list(entityFields(detection)),
    risk_score: riskScoreOf(detection),
    scheduled_search: group?.name ?? name,
    allow_macro: allow ?? '',
    filter_macro: filterMacro,
  };
}

/** A row of the lookup that the view of a detection reads. The rule keeps its lines. */
export function pageRow(
  {
    id,
    search: {
      detection: { rule, settings },
      scopes,
    },
  }: SearchStanza,
  page: DetectionPage | undefined,
) {
  return {
    id,
    description: confText(rule.description ?? ''),
    false_positives: list(rule.falsepositives),
    what_to_do: unflaggedLines(settings.remediation ?? '').trim(),
    data_needed: list(searchedData(page, scopes)),
    rule: unflaggedLines(page?.source ?? ''),
  };
}

// characters that could end a link, a cell or a token, or make a text read as another
const unsafeInLink = /[\s"'<>`\\|$()[\]{}^\p{Cc}\p{Cf}\p{Cs}]/gu;

// most addresses: nothing to escape
const plainLink = /^https?:\/\/[a-zA-Z0-9][\w.:-]*(?:[/?#][\w!#%&*+,./:;=?@~-]*)?$/;

/**
 * An http or https address that the dashboard may open; undefined for others, for one with a user,
 * and for one that AppInspect would take for a host.
 */
function webLink(reference: string): string | undefined {
  const address = reference.trim();
  if (plainLink.test(address)) return confText(address) === address ? address : undefined;
  if (!/^https?:\/\/[a-z0-9][^\s/?#@\\]*(?:[/?#]|$)/i.test(address)) return undefined;
  const link = address
    .toWellFormed()
    .replace(/^https?:/i, (scheme) => scheme.toLowerCase())
    .replace(unsafeInLink, percentEncoded);
  return confText(link) === link ? link : undefined;
}
