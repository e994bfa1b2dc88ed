import type { Checks } from '../checks.ts';
import type { GraylogServer, Json } from './server.ts';

interface Widget extends Json {
  readonly id: string;
  readonly config: Json;
}

interface Search extends Json {
  readonly id: string;
  readonly row_groups?: readonly Json[];
}

interface View {
  readonly title: Json;
  readonly search: {
    readonly queries: readonly { readonly id: string; readonly search_types: readonly Search[] }[];
  };
  readonly state: Readonly<
    Record<
      string,
      {
        readonly widgets: readonly Widget[];
        readonly widget_mapping: Readonly<Record<string, readonly string[]>>;
      }
    >
  >;
}

const expected = [
  'count',
  'keys',
  'levels',
  'newest',
  'priority',
  'rules',
  'tactics',
  'techniques',
];
const eventsStream = '000000000000000000000002';

/**
 * The dashboard with this title is on the server with all its widgets, and what its widgets ask the
 * server answers.
 */
export async function checkDashboard(
  server: GraylogServer,
  title: string,
  { check }: Checks,
): Promise<void> {
  const view = await viewOn(server, title);
  check(`the dashboard ${title} is there`, view !== undefined);
  const [state] = Object.values(view?.state ?? {});
  const [query] = view?.search.queries ?? [];
  if (!view || !state || !query) return;
  check(
    'the widgets of the dashboard',
    JSON.stringify(state.widgets.map(({ id }) => id).sort()) === JSON.stringify(expected),
    state.widgets,
  );
  check(
    'each widget has its search',
    state.widgets.every(({ id }) =>
      state.widget_mapping[id]?.every((one) =>
        query.search_types.some((search) => search.id === one),
      ),
    ),
  );
  // the judge's storage has no groups by time
  const asked = query.search_types.filter(({ row_groups: rows = [] }) =>
    rows.every((row) => row.type !== 'time'),
  );
  const results = await resultsOf(
    server,
    query.id,
    asked.map(({ row_limit: _, column_limit: __, ...search }) => ({
      ...search,
      streams: [eventsStream],
    })),
  );
  for (const { id } of asked) {
    const result = results[id];
    const rows = (result?.rows ?? result?.messages ?? []) as readonly unknown[];
    check(
      `the search ${id} of the dashboard finds what was raised`,
      rows.length > 0,
      result ?? results,
    );
  }
}

/** The server shows what is installed as a content pack of it. */
async function viewOn(server: GraylogServer, title: string): Promise<View | undefined> {
  const { catalog = [], entities = catalog } = (await server.call(
    'GET',
    '/system/catalog',
  )) as unknown as Record<string, readonly { id: string; title: string; type: Json }[]>;
  const found = entities?.find((one) => one.type.name === 'dashboard' && one.title === title);
  if (!found) return undefined;
  const shown = (await server.call('POST', '/system/catalog', {
    entities: [{ id: found.id, type: { name: 'dashboard', version: '2' } }],
  })) as unknown as {
    readonly entities: readonly { readonly type: Json; readonly data: View }[];
  };
  return shown.entities.find(({ type }) => type.name === 'dashboard')?.data;
}

async function resultsOf(
  server: GraylogServer,
  queryId: string,
  searches: readonly Json[],
): Promise<Readonly<Record<string, Json>>> {
  const id = '0123456789abcdef01234567';
  const timerange = { type: 'relative', from: 3600 };
  const query = {
    id: queryId,
    timerange,
    filters: [],
    query: { type: 'elasticsearch', query_string: '' },
    search_types: searches,
  };
  const body = { id, queries: [query], parameters: [] };
  const { results } = (await server.call('POST', '/views/search/sync?timeout=30000', body)) as {
    readonly results: Readonly<Record<string, Json>>;
  };
  return (results[queryId]?.search_types ?? {}) as Readonly<Record<string, Json>>;
}
