import { splunkLead } from '../backend/splunk/correlation.ts';
import type { Level } from '../sigma/rule.ts';
import type { PackDetection, PackInfo, SplunkDetection } from './detection.ts';
import {
  cronGaps,
  cronPeriod,
  type Gaps,
  minimumSplunkInterval,
  overlapProblem,
  type SearchWindow,
  searchWindow,
  spanText,
  spreadCron,
  windowOver,
} from './schedule.ts';
import type { DetectionSettings } from './settings.ts';
import { confText, confValue, stanzaName } from './splunk-conf.ts';

// Splunk: 1 debug, 2 info, 3 warn, 4 error, 5 severe, 6 fatal
const alertSeverity: Readonly<Record<Level, string>> = { informational: '2', low: '3', medium: '4', high: '5', critical: '6' };
const riskScore: Readonly<Record<Level, number>> = { informational: 10, low: 20, medium: 40, high: 60, critical: 80 };

/** A rule's texts as conf values, made once. */
interface Texts {
  readonly name: string;
  readonly description: string;
}

/** All settings of a detection's stanza in a fixed order. The search is taken as it is: see `confProblem`. */
export function savedSearchSettings(d: SplunkDetection, info: PackInfo): ReadonlyMap<string, string> {
  const { detection } = d;
  const settings = new Map<string, string>();
  const texts = { name: stanzaName(detection.name), description: confText(detection.rule.description ?? '') || confText(detection.rule.title) };
  settings.set('search', d.search.trim());
  settings.set('description', fullDescription(texts.description, detection));
  const schedule = splunkSchedule(detection);
  addSchedule(settings, detection, schedule);
  addAlert(settings, detection, schedule);
  addCorrelationSearch(settings, texts, detection, info);
  if (detection.settings.splunk.notable) addNotable(settings, texts, detection);
  if (detection.settings.splunk.risk) addRisk(settings, texts, detection);
  for (const [key, value] of Object.entries(detection.settings.splunk.savedsearch)) settings.set(key, confValue(value));
  return settings;
}

function fullDescription(description: string, { rule, settings }: PackDetection): string {
  const falsePositives = rule.falsepositives.filter((text) => text.trim() !== '');
  let rest = '';
  if (falsePositives.length > 0) rest += ` False positives: ${sentence(falsePositives.join('; '))}`;
  if (rule.author !== undefined) rest += ` Author: ${sentence(rule.author)}`;
  if (settings.owner !== undefined) rest += ` Owner: ${sentence(settings.owner)}`;
  // last, so that no full stop is taken for a part of a URL
  if (rule.references.length > 0) rest += ` References: ${rule.references.join(' , ')}`;
  if (rest === '') return description;
  // signs that are dropped may leave nothing of a description
  return description === '' ? confText(rest) : `${sentence(description)} ${confText(rest)}`;
}

function sentence(text: string): string {
  const trimmed = text.trim();
  const last = trimmed.at(-1) ?? '';
  return '.!?'.includes(last) ? trimmed : `${trimmed}.`;
}

interface SplunkSchedule {
  readonly cron: string;
  readonly window: SearchWindow;
  /** Two runs may decide on the same windows of a correlation. */
  readonly overlaps: boolean;
  /** What is seen again, and nothing holds back. */
  readonly repeats?: string;
}

const schedules = new WeakMap<PackDetection, SplunkSchedule>();

/** Splunk runs a search every five minutes at most. A run of a correlation decides on one period, and sees what reaches into it from before. */
export function splunkSchedule(detection: PackDetection): SplunkSchedule {
  // asked for the warning, the stanza, its checks and the lookup
  const known = schedules.get(detection) ?? madeSchedule(detection);
  schedules.set(detection, known);
  return known;
}

function madeSchedule({ id, settings, lookBack = 0 }: PackDetection): SplunkSchedule {
  const { delay, window = 0 } = settings;
  const lead = splunkLead(lookBack);
  const gaps = settings.cron === undefined ? undefined : cronGaps(settings.cron);
  if (settings.cron === undefined || gaps === undefined) {
    const interval = Math.max(settings.interval, minimumSplunkInterval);
    const period = cronPeriod(interval);
    const whole = period + lead;
    const overlaps = lead > 0 && window > whole;
    const repeats =
      overlaps && settings.suppress?.usual ? undefined : repeatsOf(settings, Math.max(window, whole), lead, { shortest: period, longest: period });
    return { cron: spreadCron(id, interval), window: searchWindow(interval, delay, Math.max(window, whole)), overlaps, ...repeats };
  }
  const whole = gaps.longest + lead;
  // after a short gap runs overlap, too: what is held back for that could be another alert, so a warning says it
  const overlaps = lead > 0 && window > whole;
  const repeats = overlaps && settings.suppress?.usual ? undefined : repeatsOf(settings, Math.max(window, whole), lead, gaps);
  return { cron: settings.cron, window: windowOver(gaps.longest, delay, Math.max(window, whole)), overlaps, ...repeats };
}

function repeatsOf({ suppress }: DetectionSettings, lookBack: number, lead: number, gaps: Gaps): Pick<SplunkSchedule, 'repeats'> | undefined {
  const repeats = overlapProblem(lookBack - lead, gaps, suppress?.period ?? 0, lead > 0 ? 'decide on windows that end in the last' : undefined);
  return repeats === undefined ? undefined : { repeats };
}

/** When the search runs; an override of the setting counts. */
export const cronOf = (detection: PackDetection): string => confValue(detection.settings.splunk.savedsearch.cron_schedule ?? splunkSchedule(detection).cron);

function addSchedule(settings: Map<string, string>, detection: PackDetection, { cron, window }: SplunkSchedule): void {
  settings.set('cron_schedule', cron);
  settings.set('dispatch.earliest_time', window.earliest);
  settings.set('dispatch.latest_time', window.latest);
  settings.set('enableSched', '1');
  settings.set('disabled', detection.settings.enabled ? '0' : '1');
  settings.set('schedule_window', 'auto');
  // with a minute list in cron_schedule Splunk skews the second alone: those that share a minute start apart
  settings.set('allow_skew', '1m');
  // continuous: a late search still covers its own window, so nothing is skipped
  settings.set('realtime_schedule', '0');
  settings.set('is_visible', '1');
}

function addAlert(settings: Map<string, string>, detection: PackDetection, { overlaps }: SplunkSchedule): void {
  const { severity, settings: own } = detection;
  settings.set('counttype', 'number of events');
  settings.set('relation', 'greater than');
  settings.set('quantity', String(own.threshold - 1));
  settings.set('alert.severity', alertSeverity[severity]);
  // seen under Triggered Alerts also where there is no Enterprise Security
  settings.set('alert.track', '1');
  const chosen = overlaps && own.suppress?.usual ? overlapSuppression(detection, own.suppress.period) : own.suppress;
  const suppress = chosen !== undefined && chosen.period > 0 ? chosen : undefined;
  const fields = suppress?.fields ?? [];
  // throttling by field values works on single results only
  settings.set('alert.digest_mode', fields.length > 0 ? '0' : '1');
  settings.set('alert.suppress', suppress === undefined ? '0' : '1');
  if (suppress === undefined) return;
  if (fields.length > 0) settings.set('alert.suppress.fields', confValue(fields.map(listedField).join(',')));
  settings.set('alert.suppress.period', spanText(suppress.period));
}

/** What two runs of a correlation see is alerted once, by its group. */
function overlapSuppression({ rule, group, settings, lookBack = 0 }: PackDetection, least: number): NonNullable<DetectionSettings['suppress']> {
  const period = Math.max(least, settings.window ?? 0, (cronGaps(settings.cron ?? '')?.longest ?? settings.interval) + lookBack);
  return { fields: group ?? (rule.kind === 'correlation' ? rule.groupBy : []), period };
}

const listedField = (name: string): string => (/^[\w.:{}@-]+$/.test(name) ? name : `"${name.replaceAll('"', '')}"`);

function addCorrelationSearch(settings: Map<string, string>, { name }: Texts, detection: PackDetection, info: PackInfo): void {
  const { rule, attack, id } = detection;
  const cve = rule.tags.filter((tag) => /^cve\.\d{4}[-.]\d+$/i.test(tag)).map((tag) => tag.replace('.', '-').replace('.', '-').toUpperCase());
  const annotations = {
    analytic_story: [confText(info.title)],
    ...(attack.techniques.length > 0 ? { mitre_attack: attack.techniques } : {}),
    ...(cve.length > 0 ? { cve } : {}),
  };
  // the day of the last change is a version that grows and changes only with the rule
  const version = (rule.modified ?? rule.date ?? '').replace(/\D/g, '') || '1';
  settings.set('action.correlationsearch.enabled', '1');
  settings.set('action.correlationsearch.label', name);
  settings.set('action.correlationsearch.annotations', JSON.stringify(annotations));
  settings.set('action.correlationsearch.detection_type', 'ebd');
  const metadata = { deprecated: rule.status === 'deprecated' ? '1' : '0', detection_id: confText(id), detection_version: version };
  settings.set('action.correlationsearch.metadata', JSON.stringify(metadata));
}

function addNotable(settings: Map<string, string>, { name, description }: Texts, detection: PackDetection): void {
  const { severity, settings: own } = detection;
  settings.set('action.notable', '1');
  settings.set('action.notable.param.rule_title', withoutTokens(name));
  settings.set('action.notable.param.rule_description', withoutTokens(description));
  settings.set('action.notable.param.security_domain', confValue(own.splunk.securityDomain));
  settings.set('action.notable.param.severity', severity);
  const steps = nextSteps(own.remediation ?? '');
  if (steps !== undefined) settings.set('action.notable.param.next_steps', steps);
  const fields = riskObjects(detection).map(({ field }) => field);
  if (fields.length > 0) settings.set('action.notable.param.nes_fields', confValue(fields.map(listedField).join(',')));
  // without nosubstitution the command takes `$...$` in the search for a token; a name with these signs could not be passed to it literally
  if (!/[$"\\`|]/.test(name)) {
    const search = { name: 'Show the events of this detection', search: `| savedsearch "${name}" nosubstitution=true` };
    settings.set(
      'action.notable.param.drilldown_searches',
      JSON.stringify([{ ...search, earliest_offset: '$info_min_time$', latest_offset: '$info_max_time$' }]),
    );
  }
}

/** As Enterprise Security's editor writes it. `[[action|...]]` would offer an action to run: no text of a rule may. */
function nextSteps(text: string): string | undefined {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => withoutTokens(confText(line)).replace(/\[(?=\[)/g, '[ '));
  const data = lines.join('\n').trim();
  return data === '' ? undefined : JSON.stringify({ version: 1, data });
}

function addRisk(settings: Map<string, string>, { name }: Texts, detection: PackDetection): void {
  const score = detection.settings.risk?.score ?? riskScore[detection.severity];
  const found = riskObjects(detection);
  if (found.length === 0) return;
  const objects = found.map(({ field, type }) => ({ risk_object_field: confValue(field), risk_object_type: type, risk_score: score }));
  settings.set('action.risk', '1');
  settings.set('action.risk.param._risk', JSON.stringify(objects));
  settings.set('action.risk.param._risk_message', withoutTokens(name));
  // each object carries its own score
  settings.set('action.risk.param._risk_score', '0');
  settings.set('action.risk.param.verbose', '0');
}

interface RiskObject {
  readonly field: string;
  readonly type: 'user' | 'system' | 'other';
}

/** The configured ones, or those that the results have; else the host, which every event has. */
const riskObjects = ({ settings, alert }: PackDetection): readonly RiskObject[] =>
  settings.risk?.objects ?? alert?.entities ?? [{ field: 'host', type: 'system' }];

// `$field$` in these texts would be replaced by a value of the event; a full-width dollar reads the same and is no token
const withoutTokens = (text: string): string => text.replaceAll('$', '\uff04');
