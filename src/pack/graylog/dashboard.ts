import { uuidV5 } from '../../source/uuid.ts';
import type { PackInfo } from '../model/detection.ts';
import {
  graylogPackId,
  type PackEntity,
  serverConstraints,
  textValue,
  type ValueReference,
} from '../model/pack-entity.ts';
import { type StreamTitleEntity, streamTitle } from './stream.ts';
import {
  alertPage,
  dashboardWidgets,
  type Page,
  type Place,
  type SearchType,
  type Widget,
} from './widgets.ts';

export type DashboardEntity = PackEntity<'dashboard', DashboardData, '2'>;

export interface DashboardData {
  readonly type: 'DASHBOARD';
  readonly title: ValueReference<string>;
  readonly summary: ValueReference<string>;
  readonly description: ValueReference<string>;
  readonly search: {
    readonly queries: readonly DashboardQuery[];
    readonly parameters: readonly never[];
    readonly requires: object;
    readonly owner: null;
    readonly created_at: string;
  };
  readonly properties: readonly never[];
  readonly requires: object;
  readonly state: Readonly<Record<string, DashboardState>>;
  readonly owner: null;
  readonly created_at: string;
}

interface DashboardQuery {
  readonly id: string;
  readonly timerange: typeof week;
  readonly filters: readonly never[];
  readonly query: { readonly type: 'elasticsearch'; readonly query_string: '' };
  readonly search_types: readonly SearchType[];
}

interface DashboardState {
  readonly titles: {
    readonly widget: Readonly<Record<string, string>>;
    readonly tab: { readonly title: string };
  };
  readonly widgets: readonly Widget[];
  readonly widget_mapping: Readonly<Record<string, readonly string[]>>;
  readonly positions: Readonly<Record<string, Place>>;
  readonly formatting: { readonly highlighting: readonly never[] };
  readonly display_mode_settings: { readonly positions: object };
}

/** Widgets, and the id of the stream entity that they read. */
export interface DashboardPart {
  readonly page: Page;
  readonly stream: string;
}

export interface PackDashboard {
  readonly dashboard: DashboardEntity;
  /**
   * Where the server keeps events. Used as the id of a stream of the pack: any that is not the
   * server's own is refused.
   */
  readonly stream: StreamTitleEntity;
}

const week = { type: 'relative', from: 604_800 } as const;
// a fixed date: the same rules give the same pack
const created = '2026-01-01T00:00:00.000Z';

/** A dashboard with what the definitions of the pack raised. */
export function packDashboard(info: PackInfo, minimum: string): PackDashboard {
  const stream = eventsReference(info, minimum);
  const part = { page: alertPage(info.id), stream: stream.id };
  return { dashboard: dashboardOf(info, minimum, [part], 'Alerts'), stream };
}

export const eventsReference = (info: PackInfo, minimum: string): StreamTitleEntity =>
  streamTitle(info, textValue('All events'), minimum);

/** `tab`: the title of its one page, with the widgets of all parts. */
export function dashboardOf(
  info: PackInfo,
  minimum: string,
  parts: readonly DashboardPart[],
  tab: string,
): DashboardEntity {
  const packId = graylogPackId(info);
  const queryId = uuidV5(packId, 'dashboard query');
  const widgets = parts.flatMap(({ page, stream }) => dashboardWidgets(page, stream, week));
  const byId = <T>(value: (one: (typeof widgets)[number]) => T): Readonly<Record<string, T>> =>
    Object.fromEntries(widgets.map((one) => [one.widget.id, value(one)]));
  const state: DashboardState = {
    titles: { widget: byId(({ title }) => title), tab: { title: tab } },
    widgets: widgets.map(({ widget }) => widget),
    widget_mapping: byId(({ search }) => [search.id]),
    positions: byId(({ place }) => place),
    formatting: { highlighting: [] },
    display_mode_settings: { positions: {} },
  };
  const query: DashboardQuery = {
    id: queryId,
    timerange: week,
    filters: [],
    query: { type: 'elasticsearch', query_string: '' },
    search_types: widgets.map(({ search }) => search),
  };
  return {
    v: '1',
    type: { name: 'dashboard', version: '2' },
    id: uuidV5(packId, 'dashboard'),
    constraints: serverConstraints(minimum),
    data: {
      type: 'DASHBOARD',
      title: textValue(info.title),
      summary: textValue(`What the detections of ${info.title} found`),
      description: textValue(''),
      search: { queries: [query], parameters: [], requires: {}, owner: null, created_at: created },
      properties: [],
      requires: {},
      state: { [queryId]: state },
      owner: null,
      created_at: created,
    },
  };
}
