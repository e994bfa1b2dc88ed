import type { Place, Remark } from '../backend/backend.ts';
import type { CompiledRule, NamedField } from '../query/compile.ts';
import type { Rule } from '../sigma/collection.ts';
import type { PackConfig } from './config.ts';
import { isSecurityField } from './security-fields.ts';
import { placeOfField, readSettings, type SettingsPatch } from './settings-patch.ts';

const namesIn = ({ suppress, risk, graylog, entities, threatObjects, alertFields }: SettingsPatch): readonly string[] => [
  ...(suppress?.fields ?? []),
  ...(risk?.objects ?? []).map(({ field }) => field),
  ...(graylog?.keyFields ?? []),
  ...[...(entities ?? []), ...(threatObjects ?? [])].map(({ field }) => field),
  ...(alertFields ?? []),
];

/** Every field that the settings of a rule may name, whichever of them count in the end. */
export function createFieldNames({ defaults, levels, logsources }: PackConfig): (rule: Rule) => ReadonlySet<string> {
  const shared = new Set([defaults, ...levels.values(), ...logsources.map(({ settings }) => settings)].flatMap(namesIn));
  return ({ settings }) => (settings ? new Set([...shared, ...namesIn(readSettings(settings))]) : shared);
}

/** What a target's pipelines make of a field that settings name. */
export const namedField = ({ processing }: CompiledRule, name: string): NamedField =>
  processing?.named?.get(name) ?? { names: [name], absent: false, guessed: false };

/** A warning for a name that no pipeline spells out; undefined for one that events are known to have. */
export function guessedName({ guessed }: NamedField, name: string, place: Place): Remark | undefined {
  if (!guessed || isSecurityField(name)) return undefined;
  return { code: 'PIP003', message: `no pipeline spells out the field \`${name}\`: it is taken as it is`, ...place, hint };
}

const hint = 'Use the name that rules or the product have for it. Where the events have it by this name, map it to itself in a pipeline of your own.';

/** Where an entry of a list of fields stands: in the rule or the configuration; else the rule as a whole. */
export const placeOfName = ({ rule }: CompiledRule, list: readonly unknown[], index: number): Place =>
  placeOfField(list, index) ?? { file: rule.file, span: rule.titleSpan };
