import { type Conversion, converted, type Place, type Remark, refused } from '../backend/backend.ts';
import { baseFields, type DataModel, dataModelOf, modelColumns } from '../backend/splunk/data-model.ts';
import { splunkOwnFields } from '../backend/splunk/own-fields.ts';
import { evalField } from '../backend/splunk/text.ts';
import { type CompiledCorrelation, type CompiledDetection, type CompiledRule, detectionsBelow } from '../query/compile.ts';
import type { PackDetection } from './detection.ts';
import { guessedName, namedField, placeOfName } from './named-fields.ts';
import type { DetectionSettings } from './settings.ts';

type RiskObject = NonNullable<NonNullable<DetectionSettings['risk']>['objects']>[number];

export interface SplunkFields {
  /** With the fields of its settings as the results have them. */
  readonly detection: PackDetection;
  /** Fields of a data model that the rows need for them. */
  readonly more: readonly string[];
  /** Commands behind the search that make a field of several. */
  readonly steps: readonly string[];
}

/** What the results of a search have, and what a name in the settings is called there. */
interface Result {
  readonly resolve: (name: string, place: Place) => readonly string[];
  readonly defaultObjects: () => readonly RiskObject[];
  readonly more: Set<string>;
  readonly steps: Map<string, string>;
}

/** The fields that suppression and risk name, checked against what the results have: raw events, rows of a data model, or groups of a correlation. */
export function splunkFields(compiled: CompiledRule, detection: PackDetection, enterpriseSecurity = false): Conversion<SplunkFields> {
  const { suppress: wanted, risk } = detection.settings;
  // most settings name none, and events have what is taken then: they are shared by thousands of detections
  if (!wanted && !risk?.objects && compiled.kind === 'detection' && !dataModelOf(compiled))
    return { ok: true, value: { detection, more: [], steps: [] }, remarks: [] };
  return converted((remarks) => {
    const result = compiled.kind === 'correlation' ? groups(compiled, detection) : rowsOrEvents(compiled, remarks);
    const { settings } = detection;
    const suppress = settings.suppress && { ...settings.suppress, fields: suppressFields(settings.suppress.fields, compiled, result) };
    const own = settings.risk?.objects ?? [];
    const objects =
      own.length === 0
        ? result.defaultObjects()
        : own.flatMap(({ field, type }, index) => result.resolve(field, placeOfName(compiled, own, index)).map((name): RiskObject => ({ field: name, type })));
    if (objects.length === 0 && enterpriseSecurity) {
      const { file, titleSpan: span } = compiled.rule;
      remarks.push({ code: 'TGT003', message: 'a correlation without a group has no field that names an entity: it makes a finding without one', file, span });
    }
    const { more, steps } = result;
    const changed = { ...settings, ...(suppress ? { suppress } : {}), risk: { ...settings.risk, objects } };
    const group = compiled.kind === 'correlation' ? { group: groupColumns(compiled) } : {};
    return { detection: { ...detection, ...group, settings: changed }, more: [...more], steps: [...steps].map(([name, value]) => `eval ${name}=${value}`) };
  });
}

function suppressFields(fields: readonly string[], compiled: CompiledRule, { resolve }: Result): readonly string[] {
  return [...new Set(fields.flatMap((field, index) => resolve(field, placeOfName(compiled, fields, index))))];
}

const withoutSet = (field: string, model: DataModel | undefined): string => {
  const set = model && `${model.path[1] ?? model.path[0]}.`;
  return set !== undefined && field.startsWith(set) ? field.slice(set.length) : field;
};

function groupColumns(compiled: CompiledCorrelation): readonly string[] {
  const [model] = detectionsBelow(compiled).flatMap((part) => dataModelOf(part) ?? []);
  return compiled.rule.groupBy.map((field) => withoutSet(field, model));
}

function groups(compiled: CompiledCorrelation, { rule }: PackDetection): Result {
  const [model] = detectionsBelow(compiled).flatMap((part) => dataModelOf(part) ?? []);
  const group = groupColumns(compiled);
  const written = rule.kind === 'correlation' && rule.groupBy.length === group.length ? rule.groupBy : [];
  const columns = new Set(['_time', 'sigpack_hits', ...group]);
  return {
    more: new Set(),
    steps: new Map(),
    resolve(name, place) {
      const own = group[written.indexOf(name)];
      if (own !== undefined) return [own];
      const names = namedField(compiled, name).names.map((one) => withoutSet(one, model));
      if (names.every((one) => columns.has(one))) return names;
      if (columns.has(name)) return [name];
      throw noColumn(place, name, 'a correlation', columns, 'Name fields of `group-by`, or set `suppress` and `risk` in the correlation itself.');
    },
    defaultObjects: () => group.map((field, index) => ({ field, type: kindOfField(`${field} ${written[index] ?? ''}`) })),
  };
}

function noColumn(place: Place, name: string, what: string, columns: Iterable<string>, hint: string) {
  return refused(place, `\`${name}\` is no column of the results of ${what}, which have ${[...columns].join(', ')}`, hint);
}

function kindOfField(field: string): RiskObject['type'] {
  if (/user|account|identity/i.test(field)) return 'user';
  return /host|computer|device|dest|src|ip(?:$| )/i.test(field) ? 'system' : 'other';
}

function rowsOrEvents(compiled: CompiledDetection, remarks: Remark[]): Result {
  const more = new Set<string>();
  const steps = new Map<string, string>();
  const model = dataModelOf(compiled);
  const one = (name: string, place: Place, found: readonly string[]): readonly string[] => {
    const [first, ...others] = new Set(found);
    if (first === undefined || others.length === 0) return first === undefined ? [] : [first];
    // the first of them that the event has, under the name that the settings use
    if (!/^[A-Za-z_]\w*$/.test(name)) throw refused(place, `\`${name}\` stands for ${found.join(', ')}`, 'Name one of them.');
    steps.set(name, `coalesce(${found.map((field) => evalField(field, place)).join(', ')})`);
    return [name];
  };
  if (!model) {
    return {
      more,
      steps,
      resolve(name, place) {
        const named = namedField(compiled, name);
        const { names, absent } = named;
        if (splunkOwnFields.has(name)) return one(name, place, names);
        if (absent) throw noField(place, name);
        const guess = guessedName(named, name, place);
        if (guess) remarks.push(guess);
        return one(name, place, names);
      },
      defaultObjects: () => [{ field: 'host', type: 'system' }],
    };
  }
  const set = model.path[1] ?? model.path[0] ?? '';
  const columns = new Set(['_time', 'count', 'firstTime', 'lastTime', ...modelColumns(compiled, model).map((field) => withoutSet(field, model))]);
  return {
    more,
    steps,
    resolve(name, place) {
      const names = namedField(compiled, name).names;
      return one(
        name,
        place,
        names.map((field) => {
          if (columns.has(field)) return field;
          if (!field.startsWith(`${set}.`) && !baseFields.has(field))
            throw noColumn(
              place,
              name,
              `the data model ${model.path.join('.')}`,
              columns,
              'Name one of them, or map the field to the data model in a pipeline.',
            );
          more.add(field);
          return withoutSet(field, model);
        }),
      );
    },
    defaultObjects: () => modelObjects(set, columns),
  };
}

const noField = (place: Place, name: string) =>
  refused(
    place,
    `no event of the log source has a field \`${name}\``,
    'Use the name that rules or the product have for it, or map it in a pipeline of your own.',
  );

/** Endpoints and logons have their machine in `dest`; traffic, look-ups and requests come from the machine in `src`. */
function modelObjects(set: string, columns: ReadonlySet<string>): readonly RiskObject[] {
  const system = columns.has('src') && set !== 'Authentication' ? 'src' : 'dest';
  const objects: readonly RiskObject[] = [
    { field: system, type: 'system' },
    { field: 'user', type: 'user' },
  ];
  return objects.filter(({ field }) => columns.has(field));
}
