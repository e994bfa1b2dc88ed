import { type Conversion, converted, type Place, type Remark, refused } from '../backend/backend.ts';
import { isGraylogOwn } from '../backend/graylog/own-fields.ts';
import type { CompiledRule } from '../query/compile.ts';
import type { GraylogDetection, PackDetection } from './detection.ts';
import { isTemplateField } from './graylog-window.ts';
import { guessedName, namedField, placeOfName } from './named-fields.ts';

/** The detection with its key fields as messages have them. */
export function graylogFields(compiled: CompiledRule, detection: PackDetection, search: GraylogDetection['search']): Conversion<PackDetection> {
  return converted((remarks) => {
    const { settings } = detection;
    const list = settings.graylog.keyFields.length > 0 ? settings.graylog.keyFields : (settings.suppress?.fields ?? []);
    if (list.length === 0) return detection;
    const place = (index: number): Place => placeOfName(compiled, list, index);
    if (search.kind === 'filter') {
      const keyFields = [...new Set(list.map((name, index) => keyField(compiled, name, place(index), remarks)))];
      return { ...detection, settings: { ...settings, graylog: { ...settings.graylog, keyFields } } };
    }
    if (compiled.kind === 'detection') {
      const message = 'with a threshold an event has no fields: what is held back is held back for all values of them';
      remarks.push({ code: 'TGT002', message, ...place(0), hint: 'Leave out the fields, or write a correlation with `group-by`.' });
      return detection;
    }
    const named = list.flatMap((name, index) => groupFields(compiled, search.groupBy, name, place(index)));
    for (const [index, name] of list.entries()) {
      if (groupFields(compiled, search.groupBy, name, place(index)).every(isTemplateField)) continue;
      throw untemplated(name, place(index));
    }
    if (search.groupBy.some((field) => !named.includes(field))) {
      const message = `the key of an aggregation is all of its group (${search.groupBy.join(', ')}): less is held back than the settings say`;
      remarks.push({ code: 'TGT002', message, ...place(0), hint: 'Name all fields of `group-by`, or none.' });
    }
    return detection;
  });
}

function keyField(compiled: CompiledRule, name: string, place: Place, remarks: Remark[]): string {
  const known = namedField(compiled, name);
  const { names, absent } = known;
  const guess = isGraylogOwn(name) ? undefined : guessedName(known, name, place);
  if (guess) remarks.push(guess);
  if (absent && !isGraylogOwn(name))
    throw refused(
      place,
      `no message of the log source has a field \`${name}\``,
      'Use the name that rules or the product have for it, or map it in a pipeline.',
    );
  const [field = name, ...others] = names;
  if (others.length > 0)
    throw refused(place, `the key field \`${name}\` stands for ${names.join(', ')}, and a key takes one field`, 'Name one of them under graylog.keyFields.');
  if (!isTemplateField(field)) throw untemplated(field, place);
  return field;
}

const untemplated = (field: string, place: Place) =>
  refused(place, `the key field \`${field}\` can't stand in a template of Graylog`, 'Name fields of A-Z a-z 0-9 _ - @ under sigpack.graylog.keyFields.');

function groupFields(compiled: CompiledRule & { readonly kind: 'correlation' }, group: readonly string[], name: string, place: Place): readonly string[] {
  const { names } = namedField(compiled, name);
  if (names.every((field) => group.includes(field))) return names;
  if (group.includes(name)) return [name];
  // an alias of the group stands for its field
  const alias = compiled.rule.groupBy.includes(name) ? compiled.rule.aliases.find((known) => known.name === name) : undefined;
  const aliased = [...new Set(alias?.fields.values() ?? [])];
  if (alias && aliased.every((field) => group.includes(field))) return aliased;
  throw refused(
    place,
    `\`${name}\` is no field of the group of the correlation, and its events have no others: ${group.join(', ') || 'there is none'}`,
    'Name fields of `group-by`, or set `suppress` in the correlation itself.',
  );
}
