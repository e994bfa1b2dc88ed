import {
  type Conversion,
  converted,
  type Place,
  refused,
  type TargetDiagnostic,
} from '../../backend/backend.ts';
import { isCarried } from '../../backend/graylog/ingest/hits/hit-record.ts';
import { isGraylogOwn } from '../../backend/graylog/own-fields.ts';
import type { CompiledRule } from '../../query/compile.ts';
import type { AlertFields } from '../alert/fields.ts';
import { alertOf, ownFieldsFirst } from '../alert/usual.ts';
import { keyFieldsOf } from '../graylog/event-definition.ts';
import { isSigmaField } from '../graylog/event-fields.ts';
import { isTemplateField } from '../graylog/window.ts';
import type { GraylogDetection, PackDetection } from '../model/detection.ts';
import type { DetectionSettings } from '../settings/settings.ts';
import { chosenAlert, type Resolve } from './chosen-fields.ts';
import { groupFields } from './group-fields.ts';
import { guessedName, namedField, placeOfName, resolvedList } from './named-fields.ts';
import { ownFields } from './own-fields.ts';
import { usualGraylogAlert } from './usual-graylog-alert.ts';

/** What event definitions search, and the rules at ingest whose hits that are. */
export type Searched = Pick<GraylogDetection, 'search' | 'tested'>;

/** The detection with its key fields and the fields of its alert, as messages have them. */
export function graylogFields(
  compiled: CompiledRule,
  given: PackDetection,
  searched: Searched,
): Conversion<PackDetection> {
  return converted((diagnostics) => {
    const { search } = searched;
    const detection = namedFields(compiled, given, searched, diagnostics);
    checkConstants(compiled, { detection, search }, diagnostics);
    return detection;
  });
}

/** The constants that Sigpack adds to each event keep their names. */
function checkConstants(
  { rule: { file, titleSpan: span } }: CompiledRule,
  one: GraylogDetection,
  diagnostics: TargetDiagnostic[],
): void {
  const key = keyFieldsOf(one).find(isSigmaField);
  const hint = 'Give the field another name in the messages and in the rule.';
  if (key !== undefined)
    throw refused(
      { file, span },
      `events have a constant of Sigpack under the name of the key field \`${key}\``,
      hint,
    );
  for (const field of one.detection.alert?.shown.filter(isSigmaField) ?? []) {
    const message =
      `an event does not show the field \`${field}\` of its message: it has a constant of ` +
      'Sigpack under that name';
    diagnostics.push({ code: 'TGT007', message, file, span, hint });
  }
}

function namedFields(
  compiled: CompiledRule,
  given: PackDetection,
  { search, tested }: Searched,
  diagnostics: TargetDiagnostic[],
): PackDetection {
  const { settings } = given;
  const alert = graylogAlert(compiled, given, search, diagnostics);
  const detection = {
    ...given,
    alert,
    settings: namesNobody(alert) || isUngrouped(compiled) ? heldBackByNobody(settings) : settings,
  };
  const list =
    settings.graylog.keyFields.length > 0
      ? settings.graylog.keyFields
      : (settings.suppress?.fields ?? []);
  if (list.length === 0) return detection;
  const place = (index: number): Place => placeOfName(compiled, list, index);
  if (search.kind === 'filter') {
    const keyOf = tested ? keyOfHit : keyField;
    const keyFields = [
      ...new Set(
        resolvedList(compiled, list, diagnostics, (name, at, own) => [
          keyOf(compiled, name, at, own),
        ]),
      ),
    ];
    const own = { ...settings, graylog: { ...settings.graylog, keyFields } };
    return {
      ...detection,
      settings:
        keyFields.length === 0 && own.suppress
          ? { ...own, suppress: { ...own.suppress, fields: [], byEntity: true } }
          : own,
    };
  }
  if (compiled.kind === 'detection') {
    const message =
      'with a threshold an event has no fields: what is held back is held back for all ' +
      'values of them';
    diagnostics.push({
      code: 'TGT002',
      message,
      ...place(0),
      hint: 'Leave out the fields, or write a correlation with `group-by`.',
    });
    return detection;
  }
  const named = resolvedList(compiled, list, diagnostics, (name, at) => {
    const names = groupNames(compiled, search.groupBy, name, at);
    if (names.every(isTemplateField)) return names;
    throw untemplated(name, at);
  });
  if (named.length > 0 && search.groupBy.some((field) => !named.includes(field))) {
    const message =
      `the key of an aggregation is all of its group (${search.groupBy.join(', ')}): less is ` +
      'held back than the settings say';
    diagnostics.push({
      code: 'TGT002',
      message,
      ...place(0),
      hint: 'Name all fields of `group-by`, or none.',
    });
  }
  return detection;
}

/** The names in messages of a field that settings name. */
function messageFields(
  compiled: CompiledRule,
  name: string,
  place: Place,
  diagnostics: TargetDiagnostic[],
): readonly string[] {
  const known = namedField(compiled, name);
  const { names, absent } = known;
  const guess = isGraylogOwn(name) ? undefined : guessedName(compiled, known, name, place);
  if (guess) diagnostics.push(guess);
  if (absent && !isGraylogOwn(name))
    throw refused(
      place,
      `no message of the log source has a field \`${name}\``,
      'Use the name that rules or the product have for it, or map it in a pipeline.',
    );
  return names;
}

function keyField(
  compiled: CompiledRule,
  name: string,
  place: Place,
  diagnostics: TargetDiagnostic[],
): string {
  const names = messageFields(compiled, name, place, diagnostics);
  const [field = name, ...others] = names;
  if (others.length > 0)
    throw refused(
      place,
      `the key field \`${name}\` stands for ${names.join(', ')}, and a key takes one field`,
      'Name one of them under graylog.keyFields.',
    );
  if (!isTemplateField(field)) throw untemplated(field, place);
  return field;
}

function keyOfHit(
  compiled: CompiledRule,
  name: string,
  place: Place,
  diagnostics: TargetDiagnostic[],
): string {
  const field = keyField(compiled, name, place, diagnostics);
  if (isCarried(field)) return field;
  throw refused(
    place,
    `alerts are of hits, which do not carry the field \`${field}\` of their messages`,
    'Name another field, or copy it under another name before the rules are tested.',
  );
}

const noTemplate = (field: string, place: Place) =>
  refused(
    place,
    `the field \`${field}\` can't be in a template of Graylog, which an alert shows fields by`,
    'Name fields of A-Z a-z 0-9 _ - @.',
  );

const untemplated = (field: string, place: Place) =>
  refused(
    place,
    `the key field \`${field}\` can't be in a template of Graylog`,
    'Name fields of A-Z a-z 0-9 _ - @ under sigpack.graylog.keyFields.',
  );

function groupNames(
  compiled: CompiledRule & { readonly kind: 'correlation' },
  group: readonly string[],
  name: string,
  place: Place,
): readonly string[] {
  const { names } = namedField(compiled, name);
  if (names.every((field) => group.includes(field))) return names;
  if (group.includes(name)) return [name];
  // an alias in the group means its field
  const alias = compiled.rule.groupBy.includes(name)
    ? compiled.rule.aliases.find((known) => known.name === name)
    : undefined;
  const aliased = [...new Set(alias?.fields.values() ?? [])];
  if (alias && aliased.every((field) => group.includes(field))) return aliased;
  throw refused(
    place,
    `\`${name}\` is not a field of the group of the correlation, and its events have no others: ` +
      `${group.join(', ') || 'there is none'}`,
    'Name fields of `group-by`. Where the setting is one for all rules, give the correlation ' +
      'its own.',
  );
}

const noFields: AlertFields = { entities: [], threatObjects: [], shown: [] };

/** The result of an aggregation only has the fields of its group. */
function graylogAlert(
  compiled: CompiledRule,
  detection: PackDetection,
  search: GraylogDetection['search'],
  diagnostics: TargetDiagnostic[],
): AlertFields {
  const { settings, rule, logSources } = detection;
  if (compiled.kind === 'detection') {
    if (search.kind !== 'filter' || settings.threshold > 1) return noFields;
    const resolve: Resolve = (name, place, own) => {
      const names = messageFields(compiled, name, place, own);
      const odd = names.find((field) => !isTemplateField(field));
      if (odd !== undefined) throw noTemplate(odd, place);
      return names;
    };
    const alert = chosenAlert(
      compiled,
      settings,
      usualGraylogAlert(compiled),
      resolve,
      diagnostics,
    );
    return settings.alertFields
      ? alert
      : ownFieldsFirst(alert, ownFields(compiled), isTemplateField);
  }
  const groupBy = search.kind === 'aggregation' ? search.groupBy : [];
  const ruleNames =
    rule.kind === 'correlation' && rule.groupBy.length === groupBy.length ? rule.groupBy : [];
  const { entities, threatObjects } = groupFields(groupBy, ruleNames, logSources);
  const inTemplate = ({ field }: { readonly field: string }) => isTemplateField(field);
  const usual = alertOf(
    entities.filter(inTemplate),
    threatObjects.filter(inTemplate),
    groupBy.filter(isTemplateField),
  );
  return chosenAlert(
    compiled,
    settings,
    usual,
    (name, place) => {
      const names = groupNames(compiled, groupBy, name, place);
      if (names.every(isTemplateField)) return names;
      throw noTemplate(name, place);
    },
    diagnostics,
  );
}

/**
 * Nobody asked for a suppression, and one by missing names must not silence every message without
 * them.
 */
const heldBackByNobody = (settings: DetectionSettings): DetectionSettings =>
  settings.suppress?.usual ? { ...settings, suppress: { fields: [], period: 0 } } : settings;

const namesNobody = ({ entities }: AlertFields): boolean =>
  entities.length > 0 && entities.every(({ relayed }) => relayed === true);

/** One result for everything: suppression after it would hide everyone. */
const isUngrouped = (compiled: CompiledRule): boolean =>
  compiled.kind === 'correlation' && compiled.rule.groupBy.length === 0;
