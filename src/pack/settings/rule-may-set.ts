import type { NewDiagnostic } from '../../source/diagnostic.ts';
import { didYouMean, nearest } from '../../source/nearest.ts';
import { lookup, type YamlNode, type YamlPair } from '../../source/yaml/tree.ts';
import { savedSearchValueError } from './savedsearch-value.ts';
import { isSavedSearchKey, nearestSavedSearchKey, prefixed } from './splunk-keys.ts';

/**
 * The keys of savedsearches.conf that a rule may set: when its search runs, when it alerts, and
 * what the alert says. This is an allowlist because apps add keys that run, send or write; those
 * are reserved for sigpack.yml.
 */
export const ruleSavedSearchKeys: ReadonlySet<string> = new Set([
  ...prefixed(
    '',
    'description disabled enableSched is_visible cron_schedule schedule_window allow_skew ' +
      'realtime_schedule',
  ),
  ...prefixed('dispatch.', 'earliest_time latest_time index_earliest index_latest'),
  ...prefixed('', 'counttype relation quantity'),
  ...prefixed(
    'alert.',
    'severity track expires digest_mode suppress suppress.fields suppress.period',
  ),
  ...prefixed('action.', 'notable risk'),
  ...prefixed(
    'action.notable.param.',
    'rule_title rule_description security_domain severity nes_fields default_owner ' +
      'default_status default_disposition ' +
      'drilldown_name drilldown_earliest_offset drilldown_latest_offset asset_extraction ' +
      'identity_extraction',
  ),
  ...prefixed('action.risk.param.', '_risk_message _risk_object _risk_object_type _risk_score'),
  ...prefixed('action.correlationsearch.', 'label annotations'),
  ...prefixed(
    'display.',
    'general.type events.fields events.type statistics.show page.search.mode page.search.tab',
  ),
]);

const forConfiguration =
  'Set it in sigpack.yml, under defaults, levels or logsources, or for this detection alone ' +
  'in local/savedsearches.conf of the app in Splunk; ' +
  'docs/configuration.md lists what a rule may set.';

/**
 * Checks `splunk.savedsearch` of a rule (SIG070) for keys that a rule may not set and values that
 * no conf file can hold.
 */
export function savedSearchOfRule(settings: YamlNode): readonly NewDiagnostic[] {
  const node = lookup(lookup(settings, 'splunk'), 'savedsearch');
  return node?.kind === 'mapping' ? node.pairs.flatMap(diagnosticAbout) : [];
}

function hintFor(misspelt: string): string {
  const allowed = nearest(misspelt, ruleSavedSearchKeys);
  const near = nearestSavedSearchKey(misspelt);
  if (near !== undefined && near !== allowed && !ruleSavedSearchKeys.has(near))
    return `If you meant \`${near}\`: that is for sigpack.yml to set, not for a rule.`;
  return allowed === undefined
    ? 'docs/configuration.md lists what a rule may set.'
    : didYouMean(allowed);
}

function diagnosticAbout({ key, value }: YamlPair): readonly NewDiagnostic[] {
  const name = key.text;
  if (!ruleSavedSearchKeys.has(name)) {
    if (!isSavedSearchKey(name))
      return [
        {
          code: 'SIG070',
          message: `\`${name}\` is not a setting of savedsearches.conf`,
          span: key,
          hint: hintFor(name),
        },
      ];
    return [
      {
        code: 'SIG070',
        message: `\`${name}\` is for sigpack.yml to set, not for a rule`,
        span: key,
        hint: forConfiguration,
      },
    ];
  }
  if (value.kind !== 'scalar') return [];
  const reason = savedSearchValueError(name, value.text);
  return reason === undefined
    ? []
    : [{ code: 'SIG070', message: `\`${name}\` ${reason}`, span: key }];
}
