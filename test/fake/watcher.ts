import { json, type Reply, type Request } from './server.ts';

/*
 * Watcher's interface as the Elasticsearch guide describes it (8 and 9: "Create or update watch
 * API", "Query watches API", "Delete watch API"). As the server does, it answers with throttle
 * periods in milliseconds.
 */

type Json = Record<string, unknown>;

export interface FakeWatcher {
  readonly watches: Map<string, { body: Json; active: boolean }>;
  readonly handle: (request: Request) => Reply;
}

const sections = new Set([
  'trigger',
  'input',
  'condition',
  'transform',
  'actions',
  'metadata',
  'throttle_period',
  'throttle_period_in_millis',
]);

export function createFakeWatcher(authorization: string): FakeWatcher {
  const watches = new Map<string, { body: Json; active: boolean }>();
  function handle({ method, path, query, headers, body }: Request): Reply {
    if (headers.authorization !== authorization)
      return json(401, {
        error: { type: 'security_exception', reason: 'unable to authenticate' },
        status: 401,
      });
    const given = body.length === 0 ? {} : (JSON.parse(body.toString('utf8')) as Json);
    if (path === '/_watcher/_query/watches') {
      const all = [...watches].map(([id, watch]) => ({
        _id: id,
        watch: watch.body,
        status: { state: { active: watch.active } },
        _seq_no: 1,
        _primary_term: 1,
      }));
      return json(200, { count: all.length, watches: all.slice(0, Number(given.size ?? 10)) });
    }
    const id = decodeURIComponent(/^\/_watcher\/watch\/([^/]+)$/.exec(path)?.[1] ?? '');
    if (id === '')
      return json(400, { error: { reason: `no handler found for uri [${path}]` }, status: 400 });
    if (method === 'DELETE')
      return watches.delete(id)
        ? json(200, { found: true, _id: id })
        : json(404, { found: false, _id: id });
    if (method !== 'PUT') return json(405, {});
    const unknown = Object.keys(given).find((key) => !sections.has(key));
    if (unknown !== undefined)
      return json(400, {
        error: {
          type: 'parse_exception',
          reason: `could not parse watch [${id}]. unexpected field [${unknown}]`,
        },
        status: 400,
      });
    if (!('trigger' in given))
      return json(400, { error: { reason: 'missing required field [trigger]' }, status: 400 });
    const { throttle_period: period, ...rest } = given;
    const kept =
      typeof period === 'string'
        ? { ...rest, throttle_period_in_millis: Number(period.slice(0, -1)) * 1000 }
        : rest;
    const created = !watches.has(id);
    watches.set(id, { body: kept, active: query.get('active') !== 'false' });
    return json(created ? 201 : 200, { _id: id, created });
  }
  return { watches, handle };
}
