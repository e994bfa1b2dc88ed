import { hitFields } from '../../../backend/graylog/ingest/hit-fields.ts';
import type { PackInfo } from '../../model/detection.ts';
import { dashboardOf, eventsReference, type PackDashboard } from '../dashboard.ts';
import { alertList, type Chart, countChart, frequencies, overTime, type Page } from '../widgets.ts';

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
    at: [1, 21, 12, 8],
    columns: ['timestamp', level, title, entity, techniques, rule],
  },
  counted: 'Hits',
  query: { type: 'elasticsearch', query_string: `${hitFields.alert}:"true"` },
};

/**
 * A dashboard of what rules found, and of the alerts, since no hit says what a correlation found.
 * `hits`: id of the entity of the stream with the hits.
 */
export function hitsDashboard(info: PackInfo, minimum: string, hits: string): PackDashboard {
  const stream = eventsReference(info, minimum);
  const parts = [
    { page, stream: hits },
    { page: alertList(info.id, [1, 15, 12, 6]), stream: stream.id },
  ];
  return { dashboard: dashboardOf(info, minimum, parts, 'Detections'), stream };
}
