import type { AlertFields, Entity, ThreatObject } from '../alert/fields.ts';
import { alertSourceOf } from '../alert/table.ts';
import type { PackDetection } from '../model/detection.ts';

/**
 * The fields of a group with the types that the tables of its log sources have for them, by their
 * names in the rule.
 */
export function groupFields(
  group: readonly string[],
  written: readonly string[],
  logSources: PackDetection['logSources'],
): Pick<AlertFields, 'entities' | 'threatObjects'> {
  const sources = logSources.flatMap((source) => alertSourceOf(source) ?? []);
  const typeIn = <Type>(
    lists: readonly { readonly names: readonly string[]; readonly type: Type }[],
    field: string,
    name: string,
  ): Type | undefined =>
    lists.find(({ names }) => names.includes(name) || names.includes(field))?.type;
  const entities = sources.flatMap((source) => source.entities);
  const objects = sources.flatMap((source) => source.threatObjects);
  return {
    entities: group.map((field, index): Entity => {
      const name = written[index] ?? field;
      return { field, type: typeIn(entities, field, name) ?? typeOfName(`${field} ${name}`) };
    }),
    threatObjects: group.flatMap((field, index): readonly ThreatObject[] => {
      const type = typeIn(objects, field, written[index] ?? field);
      return type === undefined ? [] : [{ field, type }];
    }),
  };
}

function typeOfName(field: string): Entity['type'] {
  if (/user|account|identity/i.test(field)) return 'user';
  if (/host|computer|device|dest|src/i.test(field)) return 'system';
  // `IpAddress`, `client_ip` and `sourceIPAddress`, but not `relationship`
  const words = field.split(/[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/);
  return words.some((word) => addressWord.test(word)) ? 'system' : 'other';
}

const addressWord =
  /^(?:dst|source|client|server|remote|local|peer|caller)?ip(?:v?[46])?(?:addr(?:ess)?)?$/i;
