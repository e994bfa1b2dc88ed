import { sigmaFields } from './event-fields.ts';

export interface TimeRange {
  readonly type: 'relative';
  readonly from: number;
}

export interface Query {
  readonly type: 'elasticsearch';
  readonly query_string: string;
}

interface Searched {
  readonly id: string;
  readonly timerange: TimeRange;
  readonly query: Query;
  readonly streams: readonly string[];
  readonly filters: readonly never[];
}

/** A widget as the server's web interface stores it: what it draws. */
export interface Widget extends Omit<Searched, 'filters'> {
  readonly type: 'aggregation' | 'messages';
  readonly config: object;
}

/** What the server searches for a widget. */
export interface SearchType extends Searched {
  readonly type: 'pivot' | 'messages';
}

export interface Place {
  readonly col: number;
  readonly row: number;
  readonly height: number;
  readonly width: number;
}

export interface DashboardWidget {
  readonly title: string;
  readonly place: Place;
  readonly widget: Widget;
  readonly search: SearchType;
}

export interface Drawing {
  readonly name: string;
  readonly title: string;
  /** Column, row, width and height on a grid of twelve columns. */
  readonly at: readonly [number, number, number, number];
}

export interface Chart extends Drawing {
  readonly kind: 'bar' | 'table' | 'numeric' | 'pie';
  readonly rows: readonly string[];
  readonly columns: readonly string[];
}

/** A table of messages, the newest first. */
export interface MessageTable extends Drawing {
  readonly columns: readonly string[];
}

/** What the widgets of a dashboard show. */
export interface Page {
  readonly charts: readonly Chart[];
  readonly newest: MessageTable;
  /** What a chart counts. */
  readonly counted: string;
  readonly query: Query;
}

/** What the charts of a page have in common: where they are and what they are called. */
type Placed = readonly [name: string, title: string, at: Drawing['at']];

/** The number of all that the page counts. */
export const countChart = (title: string): Chart => ({
  name: 'count',
  title,
  at: [1, 1, 2, 4],
  kind: 'numeric',
  rows: [],
  columns: [],
});

/** Bars over time, stacked by the values of a field. */
export const overTime = (field: string, ...[name, title, at]: Placed): Chart => ({
  name,
  title,
  at,
  kind: 'bar',
  rows: ['timestamp'],
  columns: [field],
});

/** A table of the most frequent values of fields. */
export const frequencies = (fields: readonly string[], ...[name, title, at]: Placed): Chart => ({
  name,
  title,
  at,
  kind: 'table',
  rows: fields,
  columns: [],
});

const eventField = (name: string): string => `fields.${name}`;
const [rule, level, technique, tactic] = [
  sigmaFields.rule,
  sigmaFields.level,
  sigmaFields.technique,
  sigmaFields.tactic,
].map(eventField) as [string, string, string, string];

const alertCharts: readonly Chart[] = [
  countChart('Alerts'),
  overTime(level, 'levels', 'By level over time', [3, 1, 7, 4]),
  {
    name: 'priority',
    title: 'By priority',
    at: [10, 1, 3, 4],
    kind: 'pie',
    rows: ['priority'],
    columns: [],
  },
  frequencies([rule, level], 'rules', 'Most frequent rules', [1, 5, 6, 5]),
  frequencies(['key'], 'keys', 'Most frequent hosts, users and other keys', [7, 5, 6, 5]),
  overTime(technique, 'techniques', 'ATT&CK techniques over time', [1, 10, 6, 5]),
  overTime(tactic, 'tactics', 'ATT&CK tactics over time', [7, 10, 6, 5]),
];
const newestAlerts: MessageTable = {
  name: 'newest',
  title: 'Newest alerts',
  at: [1, 15, 12, 8],
  columns: [
    'timestamp',
    eventField(sigmaFields.level),
    'message',
    'key',
    eventField(sigmaFields.techniques),
  ],
};

/** Values that a chart or a table shows. */
const mostValues = 15;
const mostMessages = 150;
/** What a pack's event definitions raised: other packs raise events with the same fields. */
export const alertPage = (packId: string): Page => ({
  charts: alertCharts,
  newest: newestAlerts,
  counted: 'Alerts',
  query: alertsOf(packId),
});

/** Only the newest of them, beside widgets of something else. */
export const alertList = (packId: string, at: Drawing['at']): Page => ({
  charts: [],
  newest: {
    name: 'alerts',
    title: 'Newest alerts, also those of correlations',
    at,
    columns: ['timestamp', level, rule, 'key', eventField(sigmaFields.techniques)],
  },
  counted: 'Alerts',
  query: alertsOf(packId),
});

const alertsOf = (packId: string): Query => ({
  type: 'elasticsearch',
  query_string: `${eventField(sigmaFields.pack)}:"${packId}"`,
});

/** `stream`: id of the stream entity with the events. */
export function dashboardWidgets(
  { charts, newest, counted, query }: Page,
  stream: string,
  timerange: TimeRange,
): readonly DashboardWidget[] {
  const common = { timerange, query, streams: [stream] };
  const widgets = charts.map(
    (chart): DashboardWidget => ({
      title: chart.title,
      place: placeOf(chart),
      widget: { ...common, id: chart.name, type: 'aggregation', config: drawn(chart, counted) },
      search: { ...common, id: searchOf(chart.name), type: 'pivot', filters: [], ...pivot(chart) },
    }),
  );
  const fields = {
    fields: newest.columns,
    show_message_row: false,
    show_summary: false,
    decorators: [],
  };
  return [
    ...widgets,
    {
      title: newest.title,
      place: placeOf(newest),
      widget: {
        ...common,
        id: newest.name,
        type: 'messages',
        config: {
          ...fields,
          sort: [{ type: 'pivot', field: 'timestamp', direction: 'Descending' }],
        },
      },
      search: {
        ...common,
        id: searchOf(newest.name),
        type: 'messages',
        filters: [],
        ...messageList,
      },
    },
  ];
}

const searchOf = (name: string): string => `${name}-search`;
const placeOf = ({ at: [col, row, width, height] }: Drawing): Place => ({
  col,
  row,
  height,
  width,
});

const messageList = {
  limit: mostMessages,
  offset: 0,
  sort: [{ field: 'timestamp', order: 'DESC' }],
  decorators: [],
};

const isTime = (field: string): boolean => field === 'timestamp';
const interval = { type: 'auto', scaling: 1 } as const;

const pivotField = (field: string): object =>
  isTime(field)
    ? { type: 'time', fields: [field], config: { interval } }
    : { type: 'values', fields: [field], config: { limit: mostValues } };

const group = (field: string): object =>
  isTime(field)
    ? { type: 'time', fields: [field], interval }
    : { type: 'values', fields: [field], limit: mostValues, skip_empty_values: false };

/** A table is sorted by its count, the most frequent first. */
const sortOf = ({ kind, rows }: Chart): readonly object[] =>
  rows.length > 0 && kind === 'table'
    ? [{ type: 'series', field: 'count()', direction: 'Descending' }]
    : [];

const drawings = {
  bar: { barmode: 'stack' },
  numeric: { trend: false, trend_preference: 'NEUTRAL' },
} as const;

function drawn(chart: Chart, counted: string): object {
  const { kind, rows, columns: across } = chart;
  return {
    row_pivots: rows.map(pivotField),
    column_pivots: across.map(pivotField),
    series: [{ config: { name: counted }, function: 'count()' }],
    sort: sortOf(chart),
    visualization: kind,
    ...(kind === 'bar' || kind === 'numeric' ? { visualization_config: drawings[kind] } : {}),
    rollup: true,
    event_annotation: false,
  };
}

const pivot = (chart: Chart): object => ({
  name: 'chart',
  row_groups: chart.rows.map(group),
  column_groups: chart.columns.map(group),
  series: [{ type: 'count', id: 'count()' }],
  sort: sortOf(chart),
  rollup: true,
});
