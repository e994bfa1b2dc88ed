import { hitFields } from '../../../backend/graylog/ingest/hit-fields.ts';
import type { PackInfo } from '../../model/detection.ts';
import { type DashboardEntity, dashboardOf } from '../dashboard.ts';
import type { Chart, Page } from '../widgets.ts';

const { title, level, entity, tactics, techniques, rule } = hitFields;

const overTime = (name: string, text: string, at: Chart['at'], field: string): Chart => ({
  name,
  title: text,
  at,
  kind: 'bar',
  rows: ['timestamp'],
  columns: [field],
});

const charts: readonly Chart[] = [
  { name: 'count', title: 'Hits', at: [1, 1, 2, 4], kind: 'numeric', rows: [], columns: [] },
  overTime('levels', 'By level over time', [3, 1, 10, 4], level),
  {
    name: 'rules',
    title: 'Most frequent rules',
    at: [1, 5, 6, 5],
    kind: 'table',
    rows: [title, level],
    columns: [],
  },
  {
    name: 'entities',
    title: 'Most frequent hosts, users and other entities',
    at: [7, 5, 6, 5],
    kind: 'table',
    rows: [entity],
    columns: [],
  },
  overTime('tactics', 'ATT&CK tactics over time', [1, 10, 6, 5], tactics),
  overTime('techniques', 'ATT&CK techniques over time', [7, 10, 6, 5], techniques),
];

/** Hits of rules that only correlations count are none of an analyst. */
const page: Page = {
  charts,
  newest: {
    name: 'newest',
    title: 'Newest hits',
    at: [1, 15, 12, 8],
    columns: ['timestamp', level, title, entity, techniques, rule],
  },
  counted: 'Hits',
  query: { type: 'elasticsearch', query_string: `${hitFields.alert}:"true"` },
};

/** A dashboard of what rules found. `stream`: id of the entity of the stream with the hits. */
export const hitsDashboard = (info: PackInfo, minimum: string, stream: string): DashboardEntity =>
  dashboardOf(info, minimum, page, stream, 'Detections');
