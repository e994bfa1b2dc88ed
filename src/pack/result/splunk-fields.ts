import {
  type Conversion,
  converted,
  type Place,
  placeOfRule,
  refused,
  type TargetDiagnostic,
} from '../../backend/backend.ts';
import { dataModelOf, modelColumns } from '../../backend/splunk/data-model.ts';
import { splunkOwnFields } from '../../backend/splunk/own-fields.ts';
import { isNameable } from '../../backend/splunk/text.ts';
import type { CompiledDetection, CompiledRule } from '../../query/compile.ts';
import type { AlertFields, Entity } from '../alert/fields.ts';
import { alertSourceOf } from '../alert/table.ts';
import { alertOf, usualAlert, withOwnFields } from '../alert/usual.ts';
import type { PackDetection } from '../model/detection.ts';
import type { DetectionSettings } from '../settings/settings.ts';
import { countColumns, entityCommands, isOwnColumn } from '../splunk/columns.ts';
import { nobodyColumn, nobodyValue } from '../splunk/nobody.ts';
import { namesIn, type SearchResults } from '../splunk/overrides.ts';
import { chosenAlert, onePerField } from './chosen-fields.ts';
import { resolvedList } from './named-fields.ts';
import { ownFields } from './own-fields.ts';
import { groupAlert, groupColumns, groupResult } from './splunk-groups.ts';
import { modelResult, rawResult, type SplunkResult, withoutSet } from './splunk-result.ts';

export interface SplunkFields {
  /** With the fields of its settings and of its alert as the results have them. */
  readonly detection: PackDetection;
  /** Fields of a data model that the rows need for them. */
  readonly more: readonly string[];
  /** Columns that have a single value per row. */
  readonly single: readonly string[];
  /** Commands after the search that merge several fields into one. */
  readonly steps: readonly string[];
  /** Commands after the filter macro that produce one result per entity. */
  readonly commands: readonly string[];
  readonly results: SearchResults;
}

/**
 * The fields of an alert and those that settings name, checked against the results: raw events,
 * rows of a data model, or groups of a correlation.
 */
export function splunkFields(
  compiled: CompiledRule,
  detection: PackDetection,
  enterpriseSecurity = false,
): Conversion<SplunkFields> {
  return converted((diagnostics) => {
    const results = compiled.kind === 'correlation' ? 'group' : resultsOf(detection);
    const result = resultOf(compiled, detection, results);
    const alert =
      compiled.kind === 'correlation'
        ? groupAlert(compiled, detection, result, diagnostics)
        : detectionAlert(compiled, detection, result, diagnostics);
    const settings = withFields(compiled, detection, alert, result, diagnostics);
    if (alert.entities.length === 0 && enterpriseSecurity)
      warnOfNobody(compiled, settings, diagnostics);
    const nobody = nobodyOf(settings, alert, results, placeOfRule(compiled.rule));
    const commands =
      compiled.kind === 'correlation' || results === 'raw'
        ? []
        : commandsOf(compiled, detection, settings, alert, nobody);
    const group = compiled.kind === 'correlation' ? { group: groupColumns(compiled) } : {};
    // the search counts the events
    const changed =
      commands.length > 0 && settings.threshold > 1 ? { ...settings, threshold: 1 } : settings;
    const steps = [...result.steps].map(([name, value]) => `eval ${name}=${value}`);
    if (nobody !== undefined && results !== 'entity') steps.push(`eval ${nobodyColumn}=${nobody}`);
    const single = [...alert.entities.map(({ field }) => field), ...toldApart(settings)];
    return {
      detection: {
        ...detection,
        ...group,
        settings: changed,
        alert,
        ...(nobody === undefined ? {} : { nobody: true }),
      },
      more: [...result.more],
      single,
      steps,
      commands,
      results: { kind: results, columns: () => columnsOf(compiled, settings, alert, results) },
    };
  });
}

function resultOf(
  compiled: CompiledRule,
  detection: PackDetection,
  results: SearchResults['kind'],
): SplunkResult {
  if (compiled.kind === 'correlation') return groupResult(compiled, detection);
  const found = dataModelOf(compiled) ? modelResult(compiled) : rawResult(compiled);
  return results === 'entity' ? withoutOwnColumns(found) : found;
}

/** The kind of result; if pipelines change the text, the columns are unknown. */
const resultsOf = ({ postprocessed, settings }: PackDetection): 'entity' | 'raw' =>
  settings.splunk.results ?? (postprocessed ? 'raw' : 'entity');

/**
 * Names of columns of the results: fields of the events with these names can be neither grouped by
 * nor shown.
 */
function withoutOwnColumns(result: SplunkResult): SplunkResult {
  return {
    ...result,
    resolve(name, place, diagnostics) {
      const names = result.resolve(name, place, diagnostics);
      const own = names.find(isOwnColumn);
      if (own === undefined) return names;
      throw refused(
        place,
        `\`${own}\` is a column that the search makes of the events of an entity, so a field ` +
          'of that name is in no result',
        'Give the field another name in a pipeline, or set `splunk.results: raw`.',
      );
    },
  };
}

function nobodyOf(
  { suppress, splunk }: DetectionSettings,
  { entities }: AlertFields,
  results: SearchResults['kind'],
  place: Place,
): string | undefined {
  if (
    suppress === undefined ||
    suppress.period === 0 ||
    splunk.savedsearch['alert.suppress.fields'] !== undefined
  )
    return undefined;
  return nobodyValue(suppress.fields, entities, results, place);
}

/** Columns that the results are known to have. */
function columnsOf(
  compiled: CompiledRule,
  settings: DetectionSettings,
  alert: AlertFields,
  results: SearchResults['kind'],
): ReadonlySet<string> {
  if (compiled.kind === 'correlation')
    return new Set(['_time', 'sigpack_hits', ...groupColumns(compiled)]);
  const named = [
    ...alert.shown,
    ...(settings.suppress?.fields ?? []),
    ...(settings.risk?.objects ?? []).map(({ field }) => field),
  ];
  const model = dataModelOf(compiled);
  const rows = model
    ? modelColumns(compiled, model).map((field) => withoutSet(field, model))
    : [...ownFields(compiled), ...splunkOwnFields];
  const counts = results === 'entity' || model ? countColumns : [];
  return new Set([...named, ...rows, ...counts]);
}

/** Fields that distinguish results, in addition to the entities. */
const toldApart = (settings: DetectionSettings): readonly string[] => [
  ...(settings.suppress?.fields ?? []),
  ...byHand(settings),
  ...(settings.risk?.objects ?? []).map(({ field }) => field),
];

function warnOfNobody(
  { rule: { file, titleSpan: span } }: CompiledRule,
  { risk, splunk }: DetectionSettings,
  diagnostics: TargetDiagnostic[],
): void {
  if ((risk?.objects ?? []).length > 0) return;
  if (splunk.output === 'intermediate-finding') {
    const message =
      '`splunk.output: intermediate-finding` does not apply to a correlation without a ' +
      'group: no field names an entity to add risk to, so it makes a finding';
    diagnostics.push({ code: 'TGT007', message, file, span });
    return;
  }
  diagnostics.push({
    code: 'TGT003',
    message:
      'a correlation without a group has no field that names an entity: it makes a finding ' +
      'without one',
    file,
    span,
  });
}

function commandsOf(
  compiled: CompiledDetection,
  { settings: { threshold } }: PackDetection,
  settings: DetectionSettings,
  alert: AlertFields,
  nobody: string | undefined,
): readonly string[] {
  const more = toldApart(settings);
  const entities = alert.entities.map(({ field }) => field);
  const isUsual =
    threshold <= 1 &&
    settings.suppress?.usual === true &&
    more.every((field) => entities.includes(field));
  const known = isUsual ? usualCommands.get(alert) : undefined;
  if (known) return known;
  const counted = dataModelOf(compiled) !== undefined;
  const commands = entityCommands(
    { by: [...new Set([...entities, ...more])], shown: alert.shown, counted, threshold, nobody },
    placeOfRule(compiled.rule),
  );
  if (isUsual) usualCommands.set(alert, commands);
  return commands;
}

/** Most rules only show the usual fields of their log source, and share one alert. */
const usualCommands = new WeakMap<AlertFields, readonly string[]>();

/** Fields that a setting of savedsearches.conf throttles by, which nothing renames. */
function byHand({ splunk }: DetectionSettings): readonly string[] {
  const given = splunk.savedsearch['alert.suppress.fields'];
  if (given === undefined) return [];
  return namesIn(given).filter((field) => isNameable(field) && !isOwnColumn(field));
}

function detectionAlert(
  compiled: CompiledDetection,
  { settings }: PackDetection,
  result: SplunkResult,
  diagnostics: TargetDiagnostic[],
): AlertFields {
  const alert = chosenAlert(
    compiled,
    settings,
    usualOf(compiled, result),
    result.resolve,
    diagnostics,
  );
  // rows of a data model have all fields of the rule
  for (const { field } of alert.entities)
    if (field === 'host' && dataModelOf(compiled)) result.more.add(field);
  return settings.alertFields ? alert : withOwnFields(alert, ownFields(compiled), result.columnOf);
}

/**
 * If nobody is named: the machine that the events are from, which may be one that collects those of
 * others.
 */
const eventHosts: readonly Entity[] = [{ field: 'host', type: 'system', relayed: true }];

interface Usual {
  readonly alert: AlertFields;
  readonly more: readonly string[];
  readonly steps: readonly (readonly [string, string])[];
}

/** Cached by what rules with the same mappings share. */
const usuals = new WeakMap<object, Usual>();

function usualOf(compiled: CompiledDetection, result: SplunkResult): AlertFields {
  const sourceOf = () => alertSourceOf(compiled.processing?.logsource ?? compiled.rule.logsource);
  const key = compiled.processing?.usual ?? sourceOf();
  const known = key && usuals.get(key);
  if (known) {
    for (const field of known.more) result.more.add(field);
    for (const [name, value] of known.steps) result.steps.set(name, value);
    return known.alert;
  }
  const source = sourceOf();
  const found = source && usualAlert(source, result.named);
  const named = found && found.entities.length > 0 ? found.entities : result.otherwise();
  const alert =
    named === found?.entities
      ? found
      : alertOf(
          named.length > 0 ? named : eventHosts,
          found?.threatObjects ?? [],
          found?.shown ?? [],
        );
  if (key) usuals.set(key, { alert, more: [...result.more], steps: [...result.steps] });
  return alert;
}

/** One object for all detections with the same settings and entities. */
const shared = new WeakMap<DetectionSettings, WeakMap<readonly unknown[], DetectionSettings>>();

function withFields(
  compiled: CompiledRule,
  { settings, postprocessed }: PackDetection,
  { entities }: AlertFields,
  result: SplunkResult,
  diagnostics: TargetDiagnostic[],
): DetectionSettings {
  const own = settings.risk?.objects ?? [];
  const isShared = own.length === 0 && settings.suppress?.byEntity === true && !postprocessed;
  const known = isShared ? shared.get(settings)?.get(entities) : undefined;
  if (known) return known;
  const { objects: _, ...risk } = settings.risk ?? {};
  const objects = onePerField(
    resolvedList(compiled, own, diagnostics, ({ field, type }, place, own) =>
      result.resolve(field, place, own).map((name) => ({ field: name, type })),
    ),
  );
  // nobody asked for it: if pipelines change the text the columns are unknown, and throttling by
  // missing ones must not silence all results
  const unsure =
    (postprocessed && settings.splunk.results === undefined) ||
    entities.every(({ relayed }) => relayed);
  const suppress =
    settings.suppress?.usual && unsure
      ? { fields: [], period: 0, usual: true as const }
      : settings.suppress && {
          ...settings.suppress,
          fields: suppressFields(settings.suppress, compiled, entities, result, diagnostics),
        };
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
  diagnostics: TargetDiagnostic[],
): readonly string[] {
  const found = byEntity ? [] : [...new Set(resolvedList(compiled, fields, diagnostics, resolve))];
  // an empty list throttles all results; one of which nothing is left throttles none
  return byEntity || (fields.length > 0 && found.length === 0)
    ? entities.map(({ field }) => field)
    : found;
}
