import { randomUUID } from 'node:crypto';
import { json, type Reply, type Request } from './server.ts';

/*
 * Graylog's interface as an install sees it, for faults that a real server can't be made to have; test/judges/graylog/install.ts has the real one. As
 * on 6.3.7 and 7.0.1: a second upload of a revision is refused, an installation makes every definition anew, revisions with an installation stay.
 */

type Json = Record<string, unknown>;

interface Installation {
  readonly _id: string;
  readonly content_pack_revision: number;
  readonly entities: readonly { readonly id: string; readonly type: { readonly name: string }; readonly content_pack_entity_id: string }[];
}

export interface FakeGraylog {
  readonly packs: Map<string, Map<number, Json>>;
  readonly installations: Map<string, Installation[]>;
  readonly definitions: Map<string, Json>;
  readonly handle: (request: Request) => Reply;
}

export function createFakeGraylog(authorization: string): FakeGraylog {
  const packs = new Map<string, Map<number, Json>>();
  const installations = new Map<string, Installation[]>();
  const definitions = new Map<string, Json>();
  const notFound = json(404, { type: 'ApiError', message: 'not found' });

  function install(packId: string, revision: number, body: Json): Reply {
    const pack = packs.get(packId)?.get(revision);
    if (!pack) return notFound;
    const titles = (pack.entities as readonly { readonly id: string; readonly type: { readonly name: string }; readonly data: Json }[]).filter(
      ({ type }) => type.name === 'stream_title',
    );
    const streams = new Set(titles.map(({ id }) => id));
    if (titles.some(({ data }) => plain(data.title, body.parameters as Json) !== 'Default Stream')) return json(500, { message: 'Stream not found' });
    const entities = (pack.entities as readonly { readonly id: string; readonly type: { readonly name: string }; readonly data: Json }[]).map(
      ({ id, type, data }) => {
        const made = `definition-${randomUUID()}`;
        if (type.name === 'event_definition') {
          const { is_scheduled: scheduled, ...rest } = plain(data, body.parameters as Json) as Json;
          const config = rest.config as Json;
          config.streams = (config.streams as readonly string[]).map((stream) => (streams.has(stream) ? '000000000000000000000001' : stream));
          definitions.set(made, { ...rest, id: made, notifications: [], state: scheduled === false ? 'DISABLED' : 'ENABLED', updated_at: 'now' });
        }
        return { id: made, type, content_pack_entity_id: id };
      },
    );
    const installation = { _id: `installation-${randomUUID()}`, content_pack_revision: revision, entities };
    installations.set(packId, [...(installations.get(packId) ?? []), installation]);
    return json(200, installation);
  }

  function routePacks([id = '', second, third]: readonly string[], body: Json): Reply {
    if (id === '') {
      const revisions = packs.get(String(body.id)) ?? new Map<number, Json>();
      if (revisions.has(Number(body.rev)))
        return json(400, { message: `Content pack ${String(body.id)} with this revision ${String(body.rev)} already found!` });
      packs.set(String(body.id), revisions.set(Number(body.rev), body));
      return json(201, {});
    }
    const there = installations.get(id) ?? [];
    if (second === 'installations' && third !== undefined) {
      for (const entity of there.flatMap(({ _id, entities }) => (_id === third ? entities : []))) definitions.delete(entity.id);
      installations.set(
        id,
        there.filter(({ _id }) => _id !== third),
      );
      return json(200, {});
    }
    if (second === 'installations') return json(200, { total: there.length, installations: there });
    if (third === 'installations') return install(id, Number(second), body);
    const revisions = packs.get(id);
    if (!revisions) return notFound;
    if (second === undefined) return json(200, { content_pack_revisions: Object.fromEntries(revisions), constraints_result: {} });
    if (there.some(({ content_pack_revision: revision }) => revision === Number(second))) return json(400, { message: 'there are still installations' });
    revisions.delete(Number(second));
    if (revisions.size === 0) packs.delete(id);
    return { status: 204, body: '' };
  }

  function routeDefinitions(method: string, id: string | undefined, request: Request, body: Json): Reply {
    if (id === undefined) return json(200, { total: definitions.size, count: definitions.size, event_definitions: [...definitions.values()] });
    const there = definitions.get(id);
    if (!there) return notFound;
    if (method === 'DELETE') definitions.delete(id);
    else if (method === 'PUT') {
      if (body.id !== id) return json(400, { message: 'another id' });
      definitions.set(id, { ...body, state: request.query.get('schedule') === 'false' ? 'DISABLED' : 'ENABLED', updated_at: 'later' });
    }
    return json(200, definitions.get(id) ?? {});
  }

  function handle(request: Request): Reply {
    const { method, headers } = request;
    if (headers.authorization !== authorization) return { status: 401, body: '' };
    if (method !== 'GET' && headers['x-requested-by'] === undefined) return json(400, { message: 'CSRF protection header is missing' });
    const path = request.path.replace(/^\/api/, '');
    const body = request.body.length === 0 ? {} : (JSON.parse(request.body.toString('utf8')) as Json);
    if (path === '/' || path === '') return json(200, { version: '6.3.7+fake', cluster_id: 'fake' });
    if (path === '/streams') return json(200, { streams: [{ id: '000000000000000000000001', title: 'Default Stream' }] });
    const parts = path.split('/').slice(1);
    if (path.startsWith('/system/content_packs')) return routePacks(parts.slice(2), body);
    if (path.startsWith('/events/definitions')) return routeDefinitions(method, parts[2], request, body);
    return notFound;
  }
  return { packs, installations, definitions, handle };
}

function plain(value: unknown, parameters: Json): unknown {
  if (Array.isArray(value)) return value.map((inner) => plain(inner, parameters));
  if (typeof value !== 'object' || value === null) return value;
  const { '@type': type, '@value': inner } = value as Json;
  if (type === 'parameter') return (parameters[String(inner)] as Json | undefined)?.['@value'];
  if (type !== undefined) return inner;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one, parameters)]));
}
