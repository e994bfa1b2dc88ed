import { type Conversion, converted, type Place, type Remark } from '../backend/backend.ts';
import { dataModelOf } from '../backend/splunk/data-model.ts';
import { isNameable } from '../backend/splunk/text.ts';
import type { CompiledDetection, CompiledRule } from '../query/compile.ts';
import { chosenAlert } from './alert-chosen.ts';
import type { AlertFields, Entity } from './alert-fields.ts';
import { alertSourceOf } from './alert-table.ts';
import { alertOf, usualAlert, withOwnFields } from './alert-usual.ts';
import type { PackDetection } from './detection.ts';
import { resolvedList } from './named-fields.ts';
import { ownFields } from './own-fields.ts';
import type { DetectionSettings } from './settings.ts';
import { type EntityResults, entityCommands } from './splunk-columns.ts';
import { groupAlert, groupColumns, groupResult } from './splunk-groups.ts';
import { modelResult, rawResult, type SplunkResult } from './splunk-result.ts';

export interface SplunkFields {
  /** With the fields of its settings and of its alert as the results have them. */
  readonly detection: PackDetection;
  /** Fields of a data model that the rows need for them. */
  readonly more: readonly string[];
  /** Commands behind the search that make a field of several. */
  readonly steps: readonly string[];
  /** Commands behind the filter macro that make one result for each entity. */
  readonly commands: readonly string[];
}

/** The fields of an alert, and those that settings name, checked against what the results have: raw events, rows of a data model, or groups of a correlation. */
export function splunkFields(compiled: CompiledRule, detection: PackDetection, enterpriseSecurity = false): Conversion<SplunkFields> {
  return converted((remarks) => {
    const result =
      compiled.kind === 'correlation' ? groupResult(compiled, detection) : dataModelOf(compiled) ? modelResult(compiled) : rawResult(compiled, remarks);
    const alert = compiled.kind === 'correlation' ? groupAlert(compiled, detection, result, remarks) : detectionAlert(compiled, detection, result, remarks);
    const settings = withFields(compiled, detection, alert, result, remarks);
    if (alert.entities.length === 0 && enterpriseSecurity) warnOfNobody(compiled, settings, remarks);
    const commands = compiled.kind === 'correlation' ? [] : commandsOf(compiled, detection, settings, alert);
    const group = compiled.kind === 'correlation' ? { group: groupColumns(compiled) } : {};
    // the search counts the events
    const changed = commands.length > 0 && settings.threshold > 1 ? { ...settings, threshold: 1 } : settings;
    const steps = [...result.steps].map(([name, value]) => `eval ${name}=${value}`);
    return { detection: { ...detection, ...group, settings: changed, alert }, more: [...result.more], steps, commands };
  });
}

function warnOfNobody({ rule: { file, titleSpan: span } }: CompiledRule, { risk }: DetectionSettings, remarks: Remark[]): void {
  if ((risk?.objects ?? []).length > 0) return;
  remarks.push({ code: 'TGT003', message: 'a correlation without a group has no field that names an entity: it makes a finding without one', file, span });
}

const placeOf = ({ rule }: CompiledRule): Place => ({ file: rule.file, span: rule.titleSpan });

function commandsOf(compiled: CompiledDetection, { postprocessed, settings: { threshold } }: PackDetection, settings: DetectionSettings, alert: AlertFields) {
  // what pipelines make of the text may have other columns
  const { results = postprocessed ? 'raw' : 'entity' } = settings.splunk;
  if (results === 'raw') return [];
  const more = [...(settings.suppress?.fields ?? []), ...byHand(settings), ...(settings.risk?.objects ?? []).map(({ field }) => field)];
  const entities = alert.entities.map(({ field }) => field);
  const isUsual = threshold <= 1 && more.every((field) => entities.includes(field));
  const known = isUsual ? usualCommands.get(alert) : undefined;
  if (known) return known;
  const found: EntityResults = { by: [...new Set([...entities, ...more])], shown: alert.shown, counted: dataModelOf(compiled) !== undefined, threshold };
  const commands = entityCommands(found, placeOf(compiled));
  if (isUsual) usualCommands.set(alert, commands);
  return commands;
}

/** Most rules show no more than is usual for their log source, and share one alert. */
const usualCommands = new WeakMap<AlertFields, readonly string[]>();

/** Fields that a setting of savedsearches.conf throttles by, which nothing renames. */
const byHand = ({ splunk }: DetectionSettings): readonly string[] =>
  (splunk.savedsearch['alert.suppress.fields'] ?? '').split(',').flatMap((name) => {
    const field = name.trim().replace(/^"(.*)"$/, '$1');
    return isNameable(field) ? [field] : [];
  });

function detectionAlert(compiled: CompiledDetection, { settings }: PackDetection, result: SplunkResult, remarks: Remark[]): AlertFields {
  const alert = chosenAlert(compiled, settings, usualOf(compiled, result), result.resolve, remarks);
  // rows of a data model have what is asked for
  for (const { field } of alert.entities) if (field === 'host' && dataModelOf(compiled)) result.more.add(field);
  return settings.alertFields ? alert : withOwnFields(alert, result.columnsOf(ownFields(compiled)));
}

/** Where nobody is named: the machine that the events are from, which may be one that collects those of others. */
const eventHosts: readonly Entity[] = [{ field: 'host', type: 'system' }];

interface Usual {
  readonly alert: AlertFields;
  readonly more: readonly string[];
  readonly steps: readonly (readonly [string, string])[];
}

/** By what is the same for all rules that the pipelines name alike. */
const usuals = new WeakMap<object, Usual>();

function usualOf(compiled: CompiledDetection, result: SplunkResult): AlertFields {
  const source = alertSourceOf(compiled.processing?.logsource ?? compiled.rule.logsource);
  const key = compiled.processing?.usual ?? source;
  const known = key && usuals.get(key);
  if (known) {
    for (const field of known.more) result.more.add(field);
    for (const [name, value] of known.steps) result.steps.set(name, value);
    return known.alert;
  }
  const found = source && usualAlert(source, result.named);
  const named = found && found.entities.length > 0 ? found.entities : result.otherwise();
  const alert = named === found?.entities ? found : alertOf(named.length > 0 ? named : eventHosts, found?.threatObjects ?? [], found?.shown ?? []);
  if (key) usuals.set(key, { alert, more: [...result.more], steps: [...result.steps] });
  return alert;
}

/** One object for all detections of the same settings and entities. */
const shared = new WeakMap<DetectionSettings, WeakMap<readonly unknown[], DetectionSettings>>();

function withFields(
  compiled: CompiledRule,
  { settings, postprocessed }: PackDetection,
  { entities }: AlertFields,
  result: SplunkResult,
  remarks: Remark[],
): DetectionSettings {
  const own = settings.risk?.objects ?? [];
  const isShared = own.length === 0 && settings.suppress?.byEntity === true && !postprocessed;
  const known = isShared ? shared.get(settings)?.get(entities) : undefined;
  if (known) return known;
  const { objects: _, ...risk } = settings.risk ?? {};
  const objects = resolvedList(compiled, own, remarks, ({ field, type }, place) => result.resolve(field, place).map((name) => ({ field: name, type })));
  // nobody asked for it: what pipelines make of the text may have other columns, and an alert on one must not silence all of whom nobody knows the names
  const unsure = (postprocessed && settings.splunk.results === undefined) || entities === eventHosts;
  const suppress =
    settings.suppress?.usual && unsure
      ? { fields: [], period: 0 }
      : settings.suppress && { ...settings.suppress, fields: suppressFields(settings.suppress, compiled, entities, result, remarks) };
  const changed = {
    ...settings,
    ...(suppress ? { suppress } : {}),
    ...(settings.risk ? { risk: { ...risk, ...(objects.length > 0 ? { objects } : {}) } } : {}),
  };
  if (isShared) {
    const ofSettings = shared.get(settings) ?? new WeakMap<readonly unknown[], DetectionSettings>();
    shared.set(settings, ofSettings);
    ofSettings.set(entities, changed);
  }
  return changed;
}

function suppressFields(
  { fields, byEntity }: NonNullable<DetectionSettings['suppress']>,
  compiled: CompiledRule,
  entities: AlertFields['entities'],
  { resolve }: SplunkResult,
  remarks: Remark[],
): readonly string[] {
  const found = byEntity ? [] : [...new Set(resolvedList(compiled, fields, remarks, resolve))];
  // an empty list holds back all results; one of which nothing is left does not
  return byEntity || (fields.length > 0 && found.length === 0) ? entities.map(({ field }) => field) : found;
}
