import { type CompiledCorrelation, rulesBelow } from '../../../query/compile.ts';
import { type CorrelationRule, eventFieldsOf } from '../../../sigma/correlation/correlation.ts';
import { type Place, placeOfType, refused } from '../../backend.ts';
import { evalField } from '../text.ts';
import { newFieldName } from './marks.ts';

type Joined = ReadonlyMap<string, { readonly fields: readonly string[]; readonly place: Place }>;

/** A field that a pipeline mapped to several is the first of them that an event has. */
export function joinedFields(correlation: CompiledCorrelation): readonly string[] {
  const joined = namesOf(
    rulesBelow(correlation).flatMap(({ rule }) => (rule.kind === 'correlation' ? [rule] : [])),
  );
  const made = [...joined].map(([name, { fields, place }]) => {
    return {
      name,
      fields,
      printed: newFieldName(name, place),
      value: `coalesce(${fields.map((field) => evalField(field, place)).join(', ')})`,
    };
  });
  // one that is set must not be what a later one reads
  const isRead = made.some(({ name }, index) =>
    made.some(({ fields }, other) => other > index && fields.includes(name)),
  );
  if (!isRead) return made.map(({ printed, value }) => `eval ${printed}=${value}`);
  return [
    ...made.map(({ value }, index) => `eval sigpack_f${index + 1}=${value}`),
    ...made.map(({ printed }, index) => `eval ${printed}=sigpack_f${index + 1}`),
  ];
}

/** By name; a name that stands for something else in another of the rules is refused. */
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
