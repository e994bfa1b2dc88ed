import { type Place, placeOfRule, refused } from '../../backend/backend.ts';
import {
  baseFields,
  type DataModel,
  dataModelOf,
  modelColumns,
} from '../../backend/splunk/data-model.ts';
import { splunkOwnFields } from '../../backend/splunk/own-fields.ts';
import { evalField, isNameable } from '../../backend/splunk/text.ts';
import type { CompiledDetection } from '../../query/compile.ts';
import type { Entity } from '../alert/fields.ts';
import { columnOf, isEventHost } from '../alert/row.ts';
import type { Alternatives } from '../alert/table.ts';
import { countColumns, isOwnColumn } from '../splunk/columns.ts';
import type { Resolve } from './chosen-fields.ts';
import { guessedName, namedField } from './named-fields.ts';

/** What the results of a search have. */
export interface SplunkResult {
  /** The names in the results for a name in the settings; refused if there is none. */
  readonly resolve: Resolve;
  /**
   * The names in the results for the first of the names that the product has; empty if it has none
   * of them.
   */
  readonly named: (names: Alternatives) => readonly string[];
  /** The column of a field of the rule; undefined if no result has it or no command can name it. */
  readonly columnOf: (field: string) => string | undefined;
  /** The fields to use if the table of alerts identifies nobody. */
  readonly otherwise: () => readonly Entity[];
  /** Fields of a data model that the rows need. */
  readonly more: Set<string>;
  /** Fields that are merged from several. */
  readonly steps: Map<string, string>;
}

export const withoutSet = (field: string, model: DataModel | undefined): string => {
  const set = model && `${model.path[1] ?? model.path[0]}.`;
  return set !== undefined && field.startsWith(set) ? field.slice(set.length) : field;
};

export const noColumn = (
  place: Place,
  name: string,
  what: string,
  columns: Iterable<string>,
  hint: string,
) =>
  refused(
    place,
    `\`${name}\` is not a column of the results of ${what}, which have ${[...columns].join(', ')}`,
    hint,
  );

const noField = (place: Place, name: string) =>
  refused(
    place,
    `no event of the log source has a field \`${name}\``,
    'Use the name that rules or the product have for it, or map it in a pipeline of your own.',
  );

/** The fields on their own, or the first of them that an event has, under one name. */
function oneOf(
  steps: Map<string, string>,
  name: string,
  place: Place,
  found: readonly string[],
): readonly string[] {
  const [first, ...others] = new Set(found);
  if (first === undefined || others.length === 0) return first === undefined ? [] : [first];
  if (!/^[A-Za-z_]\w*$/.test(name))
    throw refused(place, `\`${name}\` stands for ${found.join(', ')}`, 'Name one of them.');
  steps.set(name, `coalesce(${found.map((field) => evalField(field, place)).join(', ')})`);
  return [name];
}

/** The same for a field of the table, under the first of its names in the product. */
function oneUsual(
  steps: Map<string, string>,
  place: Place,
  found: readonly string[],
): readonly string[] {
  const fields = found.filter(isNameable);
  const simple = fields.find((field) => /^[A-Za-z_]\w*$/.test(field));
  return fields.length > 1 && simple !== undefined
    ? oneOf(steps, simple, place, fields)
    : fields.slice(0, 1);
}

const unusual = (field: string): boolean =>
  field.startsWith('_') || isOwnColumn(field) || !isNameable(field);

/** Raw events. */
export function rawResult(compiled: CompiledDetection): SplunkResult {
  const steps = new Map<string, string>();
  const usual = compiled.processing?.usual;
  const place = placeOfRule(compiled.rule);
  return {
    more: new Set(),
    steps,
    resolve(name, at, diagnostics) {
      const named = namedField(compiled, name);
      const { names, absent } = named;
      if (splunkOwnFields.has(name)) return oneOf(steps, name, at, names);
      if (absent) throw noField(at, name);
      const guess = guessedName(compiled, named, name, at);
      if (guess) diagnostics.push(guess);
      return oneOf(steps, name, at, names);
    },
    named(names) {
      for (const name of names) {
        const found = isEventHost(name)
          ? ['host']
          : usual
            ? usual.get(name)
            : columnOf(name) === undefined
              ? [name]
              : undefined;
        if (found) return oneUsual(steps, place, found).filter((field) => !unusual(field));
      }
      return [];
    },
    columnOf: (field) => (unusual(field) ? undefined : field),
    otherwise: () => [],
  };
}

/** Rows of a data model, which have all fields of the rule. */
export function modelResult(compiled: CompiledDetection): SplunkResult {
  const more = new Set<string>();
  const steps = new Map<string, string>();
  const model = dataModelOf(compiled);
  const set = model?.path[1] ?? model?.path[0] ?? '';
  const bare = (field: string): string => withoutSet(field, model);
  // the rows also have the fields of the rule, but the usual fields must not depend on them: other
  // rules share the alert
  const usual = new Set(['_time', ...countColumns, ...(model?.fields ?? []).map(bare)]);
  const columns = new Set([...usual, ...(model ? modelColumns(compiled, model).map(bare) : [])]);
  const isField = (field: string): boolean => baseFields.has(field) || field.startsWith(`${set}.`);
  const inRows = (field: string): string => {
    if (isField(field) && !usual.has(bare(field))) more.add(field);
    return bare(field);
  };
  const place = placeOfRule(compiled.rule);
  return {
    more,
    steps,
    resolve(name, at) {
      const names = namedField(compiled, name).names;
      const missing = names.find((field) => !columns.has(field) && !isField(field));
      if (missing !== undefined) {
        const hint = 'Name one of them, or map the field to the data model in a pipeline.';
        throw noColumn(at, name, `the data model ${model?.path.join('.')}`, columns, hint);
      }
      return oneOf(steps, name, at, names.map(inRows));
    },
    named(names) {
      for (const name of names) {
        const column = isEventHost(name) ? 'host' : columnOf(name);
        const found =
          column !== undefined ? [column] : (compiled.processing?.usual?.get(name) ?? [name]);
        if (found.every((field) => usual.has(field) || isField(field)))
          return oneUsual(steps, place, found.map(inRows));
      }
      return [];
    },
    columnOf(field) {
      const name = bare(field);
      return columns.has(name) && !unusual(name) ? name : undefined;
    },
    otherwise: () => modelEntities(set, usual),
  };
}

/**
 * Endpoints and logons have their machine in `dest`; traffic, look-ups and requests come from the
 * machine in `src`.
 */
function modelEntities(set: string, columns: ReadonlySet<string>): readonly Entity[] {
  const system = columns.has('src') && set !== 'Authentication' ? 'src' : 'dest';
  const entities: readonly Entity[] = [
    { field: system, type: 'system' },
    { field: 'user', type: 'user' },
  ];
  return entities.filter(({ field }) => columns.has(field));
}
