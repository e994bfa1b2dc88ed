import {
  converted,
  type Place,
  placeOfRule,
  type TargetDiagnostic,
} from '../../backend/backend.ts';
import { type CompiledRule, logSourcesOf } from '../../query/compile.ts';
import type { NamedField } from '../../query/processing.ts';
import type { Rule } from '../../sigma/collection/collection.ts';
import type { PackConfig } from '../config/config.ts';
import {
  isGeneralList,
  placeOfField,
  readSettings,
  type SettingsPatch,
} from '../settings/patch.ts';
import { isSecurityField } from './security-fields.ts';

const namesIn = ({
  suppress,
  risk,
  graylog,
  entities,
  threatObjects,
  alertFields,
}: SettingsPatch): readonly string[] => [
  ...(suppress?.fields ?? []),
  ...(risk?.objects ?? []).map(({ field }) => field),
  ...(graylog?.keyFields ?? []),
  ...[...(entities ?? []), ...(threatObjects ?? [])].map(({ field }) => field),
  ...(alertFields ?? []),
];

/** All fields that the settings of a rule may name, whichever of them win in the end. */
export function createFieldNames({
  defaults,
  levels,
  logsources,
}: PackConfig): (rule: Rule) => ReadonlySet<string> {
  const shared = new Set(
    [defaults, ...levels.values(), ...logsources.map(({ settings }) => settings)].flatMap(namesIn),
  );
  return ({ settings }) =>
    settings ? new Set([...shared, ...namesIn(readSettings(settings))]) : shared;
}

/** What the pipelines of a target turn a field in the settings into. */
export const namedField = ({ processing }: CompiledRule, name: string): NamedField =>
  processing?.named?.get(name) ?? { names: [name], absent: false, guessed: false };

/**
 * A warning about a name that no pipeline maps; undefined for a name that events are known to have.
 */
export function guessedName(
  compiled: CompiledRule,
  { guessed }: NamedField,
  name: string,
  place: Place,
): TargetDiagnostic | undefined {
  if (!guessed || (isSecurityField(name) && isOfWindows(compiled))) return undefined;
  return {
    code: 'PIP003',
    message: `no pipeline spells out the field \`${name}\`: it is taken as it is`,
    ...place,
    hint,
  };
}

const isOfWindows = (compiled: CompiledRule): boolean =>
  logSourcesOf(compiled).every(({ product }) => product === 'windows');

const hint =
  'Use the name that rules or the product have for it. Where the events have it by this ' +
  'name, map it to itself in a pipeline of your own.';

/**
 * Where an entry of a list of fields is written, in the rule or the configuration; else the rule as
 * a whole.
 */
export const placeOfName = (
  { rule }: CompiledRule,
  list: readonly unknown[],
  index: number,
): Place => placeOfField(list, index) ?? placeOfRule(rule);

/**
 * Resolves the names in a list of the settings by `resolve`. `defaults` and `levels` apply to rules
 * of any log source: names that the results of this rule lack, or are not known to have, are left
 * out of those lists and reported once for all rules. In other lists they are refused or warned of
 * in place.
 */
export function resolvedList<Entry extends string | { readonly field: string }, Found>(
  compiled: CompiledRule,
  list: readonly Entry[],
  diagnostics: TargetDiagnostic[],
  resolve: (entry: Entry, place: Place, diagnostics: TargetDiagnostic[]) => readonly Found[],
): readonly Found[] {
  const isGeneral = isGeneralList(list);
  return list.flatMap((entry, index) => {
    const place = placeOfName(compiled, list, index);
    if (!isGeneral) return resolve(entry, place, diagnostics);
    const found = converted((own) => resolve(entry, place, own));
    if (found.ok && !found.diagnostics.some(({ code }) => code === 'PIP003')) {
      diagnostics.push(...found.diagnostics);
      return found.value;
    }
    diagnostics.push({
      code: 'PIP003',
      message:
        `\`${typeof entry === 'string' ? entry : entry.field}\` is left out of results that ` +
        `are not known to have it, or can't show it`,
      ...place,
      hint: leftOutHint,
    });
    return [];
  });
}

const leftOutHint =
  'Set it under `logsources` for the log sources that have the field; where others have it ' +
  'by this name too, map it to itself in a pipeline of your own.';
