import type { CompiledDetection } from '../../query/compile.ts';
import { and, type Item, itemsOf, not, or, type Query } from '../../query/tree.ts';
import { ANY } from '../../sigma/value/pattern.ts';
import { type Conversion, converted, type Place, placeOfRule, refused } from '../backend.ts';
import { dataModelState, inDataModel } from './scope.ts';
import { bounded, isExactQuery, printSearch } from './search-stage.ts';
import { joinStages, type SplunkOptions, splunkStages } from './splunk.ts';
import { looseValue, searchField } from './text.ts';
import { printWhere } from './where-stage.ts';

/**
 * Where a rule is searched instead of an index: `Endpoint.Processes`, or `Web.Web.Proxy` for a data
 * set below the root.
 */
export interface DataModel {
  /** The parts of the name: data model, root data set, data sets below. */
  readonly path: readonly string[];
  /** Fields of the results besides those of the rule. */
  readonly fields: readonly string[];
}

const modelName = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/;

/**
 * The data model that the state `data_model_set` of a pipeline names, with the fields of its state
 * `fields`; undefined where none does.
 */
export function dataModelOf(part: CompiledDetection): DataModel | undefined {
  if (!inDataModel(part)) return undefined;
  const { rule, processing } = part;
  const name = processing?.state.get(dataModelState);
  const place = placeOfRule(rule);
  if (typeof name !== 'string' || !modelName.test(name)) {
    throw refused(
      place,
      `\`${String(name)}\` is not a data model of Splunk`,
      'Set data_model_set to a data model and a data set, such as Endpoint.Processes.',
    );
  }
  const path = name.split('.');
  const listed = processing?.state.get('fields') ?? [];
  // a list, or the keys of a map, as pySigma's guide writes them
  const fields = Array.isArray(listed)
    ? listed.map(String)
    : typeof listed === 'object'
      ? Object.keys(listed)
      : [String(listed)];
  return { path, fields: fields.map((field) => modelField(field, path, place)) };
}

export const dataModelName = ({ path }: DataModel): string => path.join('.');

/** Every event of a data model has these, without the name of a data set before them. */
export const baseFields: ReadonlySet<string> = new Set(['_time', 'host', 'source', 'sourcetype']);

function modelField(field: string, path: readonly string[], place: Place): string {
  if (baseFields.has(field)) return field;
  const [dataSet = '', ...rest] = field.split('.');
  if (modelName.test(field) && rest.length > 0 && dataSet === (path[1] ?? path[0]))
    return searchField(field, place);
  throw refused(
    place,
    `the data model ${path.join('.')} has no field \`${field}\``,
    `Map it to a field of the data set (${path[1] ?? path[0]}.some_field) in a pipeline, or ` +
      'search this rule without the data model.',
  );
}

/** What the Common Information Model and `fillnull_value` write for a missing value. */
const missing = 'unknown';

function isMissing(item: Item): Query {
  return or([
    { ...item, test: { kind: 'null' } },
    { ...item, test: { kind: 'string', pattern: [missing], cased: false } },
  ]);
}

/** The query with tests for missing values as a data model has them. */
function inModel(query: Query): Query {
  if (query.kind === 'not') return not(inModel(query.operand));
  if (query.kind !== 'item') return (query.kind === 'and' ? and : or)(query.operands.map(inModel));
  const { test } = query;
  switch (test.kind) {
    case 'null':
      return isMissing(query);
    case 'exists':
      return not(isMissing(query));
    case 'string':
      if (test.pattern.length === 0) return or([query, isMissing(query)]);
      return test.pattern.length === 1 && test.pattern[0] === ANY ? not(isMissing(query)) : query;
    case 'regex':
      return and([query, not(isMissing(query))]);
    case 'field':
      return and([query, not(isMissing(query)), not(isMissing({ ...query, field: test.other }))]);
    default:
      return query;
  }
}

/**
 * Order and address blocks are left to `where`: in the summaries of a data model, values are texts.
 */
function indexable(query: Query, side: 'over' | 'under'): Query {
  if (query.kind === 'not')
    return not(indexable(query.operand, side === 'over' ? 'under' : 'over'));
  if (query.kind !== 'item')
    return (query.kind === 'and' ? and : or)(
      query.operands.map((operand) => indexable(operand, side)),
    );
  if (query.test.kind !== 'cidr' && query.test.kind !== 'compare') return query;
  return side === 'over' ? { ...query, test: { kind: 'exists' } } : { kind: 'or', operands: [] };
}

function fieldsOf(query: Query, path: readonly string[]): readonly string[] {
  const fields = new Set<string>();
  for (const item of itemsOf(query)) {
    if (item.field === undefined) {
      throw refused(
        item,
        'a data model has no text to find keywords in',
        'Search this rule without the data model, or give the values a field.',
      );
    }
    fields.add(modelField(item.field, path, item));
    if (item.test.kind === 'field') fields.add(modelField(item.test.other, path, item));
  }
  return [...fields];
}

const hasCidr = (query: Query): boolean => itemsOf(query).some(({ test }) => test.kind === 'cidr');

/** Fields of the Common Information Model that hold several values of one event. */
const lists: ReadonlySet<string> = new Set(
  'answer additional_answers recipient orig_recipient cve bugtraq cert msft mskb xref tag'.split(
    ' ',
  ),
);
const mayBeList = (field: string): boolean => lists.has(field.slice(field.lastIndexOf('.') + 1));

/**
 * `tstats` over the data model: its where clause lets through all that the rule means, a `where`
 * command drops the rest. A row is the equal events of one second, with their `count`. Manual:
 * Search Reference, "tstats".
 */
export function dataModelSearch(
  query: Query,
  model: DataModel,
  options: SplunkOptions,
  more: readonly string[] = [],
  single: readonly string[] = more,
): string {
  const { path } = model;
  const own = fieldsOf(query, path);
  const modelQuery = inModel(query);
  const exact = (part: Query) => isExactQuery(part, options.cloudSafe) && !hasCidr(part);
  const over = bounded(indexable(modelQuery, 'over'), 'over', options.cloudSafe);
  const node = path.length > 2 ? `nodename=${path.slice(1).join('.')}` : '';
  const where = [node, printSearch(over, looseValue(options.cloudSafe))]
    .filter((part) => part !== '')
    .join(' ');
  const rest = exact(modelQuery)
    ? undefined
    : modelQuery.kind === 'and'
      ? and(modelQuery.operands.filter((operand) => !exact(operand)))
      : modelQuery;
  const needed = new Set([...single, ...(rest === undefined ? [] : fieldsOf(rest, path))]);
  const columns = [...new Set([...model.fields, ...own, ...more])].filter(
    (field) => field !== '_time',
  );
  // `BY` makes a row of each value, and an event with two of them would count twice
  const several = columns.filter((field) => mayBeList(field) && !needed.has(field));
  const by = ['_time span=1s', ...columns.filter((field) => !several.includes(field))];
  const counts = [
    'count',
    'min(_time) AS firstTime',
    'max(_time) AS lastTime',
    ...several.map((field) => `values(${field}) AS ${field}`),
  ];
  const tstats =
    `| tstats summariesonly=false fillnull_value="${missing}" ${counts.join(' ')} FROM ` +
    `datamodel=${path.slice(0, 2).join('.')}`;
  const search = `${tstats}${where === '' ? '' : ` WHERE ${where}`} BY ${by.join(' ')}`;
  if (rest === undefined) return search;
  return `${search} | where ${printWhere(rest)}`;
}

/** Fields that the rows of a rule's search have, with the name of the data set before them. */
export const modelColumns = ({ query }: CompiledDetection, model: DataModel): readonly string[] => [
  ...model.fields,
  ...fieldsOf(query, model.path),
];

/** Takes the data set's name off the fields, for filters, alerts and readers. */
export const withoutDataSet = ({ path }: DataModel): string =>
  `rename ${path[1] ?? path[0]}.* AS *`;

/** Fields that a correlation groups by and counts, which the rows must have. */
export const modelFields = (
  fields: readonly string[],
  { path }: DataModel,
  place: Place,
): readonly string[] => fields.map((field) => modelField(field, path, place));

/**
 * The search of a rule with `more` fields in the rows of a data model: over its data model, else
 * behind its scope, such as an index macro in backticks.
 */
export function detectionSearch(
  compiled: CompiledDetection,
  scope: string,
  options: SplunkOptions,
  more: readonly string[] = [],
  single: readonly string[] = [],
): Conversion<string> {
  return converted(() => {
    const model = dataModelOf(compiled);
    if (!model) return joinStages(splunkStages(compiled.query, options), scope);
    const set = model.path[1] ?? model.path[0];
    const inRows = single.map((field) => (baseFields.has(field) ? field : `${set}.${field}`));
    return (
      `${dataModelSearch(compiled.query, model, options, more, inRows)} | ` +
      `${withoutDataSet(model)}`
    );
  });
}
