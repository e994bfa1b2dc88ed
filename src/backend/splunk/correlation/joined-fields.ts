import { type CompiledCorrelation, rulesBelow } from '../../../query/compile.ts';
import { type CorrelationRule, eventFieldsOf } from '../../../sigma/correlation/correlation.ts';
import { type Place, placeOfType, refused } from '../../backend.ts';
import { evalField } from '../text.ts';
import { newFieldName } from './marks.ts';
import { newFieldSteps } from './new-fields.ts';

type Joined = ReadonlyMap<string, { readonly fields: readonly string[]; readonly place: Place }>;

/** A field that a pipeline mapped to several is the first of them that an event has. */
export function joinedFields(correlation: CompiledCorrelation): readonly string[] {
  const joined = namesOf(
    rulesBelow(correlation).flatMap(({ rule }) => (rule.kind === 'correlation' ? [rule] : [])),
  );
  return newFieldSteps(
    [...joined].map(([name, { fields, place }]) => ({
      name,
      printed: newFieldName(name, place),
      value: `coalesce(${fields.map((field) => evalField(field, place)).join(', ')})`,
      reads: fields,
    })),
    'sigpack_f',
  );
}

/** By name; refuses a name that means something else in another of the rules. */
function namesOf(rules: readonly CorrelationRule[]): Joined {
  const joined = new Map<string, { readonly fields: readonly string[]; readonly place: Place }>();
  for (const rule of rules) {
    for (const [name, fields] of rule.alternatives ?? []) {
      const known = joined.get(name)?.fields ?? fields;
      if (known.join('\n') !== fields.join('\n')) throw ambiguous(name, placeOfType(rule));
      joined.set(name, { fields, place: placeOfType(rule) });
    }
  }
  for (const rule of rules) {
    const aliases = new Set(rule.aliases.map(({ name }) => name));
    const named = [...rule.groupBy, ...rule.valueFields].filter((name) => !aliases.has(name));
    const real = [...named, ...rule.aliases.flatMap(eventFieldsOf)];
    const taken = real.find((name) => joined.has(name) && !rule.alternatives?.has(name));
    if (taken !== undefined) throw ambiguous(taken, placeOfType(rule));
  }
  return joined;
}

const ambiguous = (name: string, place: Place) =>
  refused(
    place,
    `\`${name}\` stands for several fields in one correlation and for others in the next`,
    'Map one of them to another name.',
  );
