import { hitFields } from '../../../backend/graylog/ingest/hit-fields.ts';
import type { PackInfo } from '../../model/detection.ts';
import { type DashboardEntity, dashboardOf } from '../dashboard.ts';
import { type Chart, countChart, frequencies, overTime, type Page } from '../widgets.ts';

const { title, level, entity, tactics, techniques, rule } = hitFields;

const charts: readonly Chart[] = [
  countChart('Hits'),
  overTime(level, 'levels', 'By level over time', [3, 1, 10, 4]),
  frequencies([title, level], 'rules', 'Most frequent rules', [1, 5, 6, 5]),
  frequencies([entity], 'entities', 'Most frequent hosts, users and other entities', [7, 5, 6, 5]),
  overTime(tactics, 'tactics', 'ATT&CK tactics over time', [1, 10, 6, 5]),
  overTime(techniques, 'techniques', 'ATT&CK techniques over time', [7, 10, 6, 5]),
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
