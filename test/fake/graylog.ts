import { randomUUID } from 'node:crypto';
import { createFakePipelines, type FakePipelines } from './graylog-pipelines.ts';
import { json, type Reply, type Request } from './server.ts';

/*
 * Graylog's interface as an install sees it, for faults that a real server can't be made to have;
 * test/judges/graylog/install.ts has the real one. As on 6.3.7 and 7.0.1: a second upload of a
 * revision is refused, an installation makes every definition anew, revisions with an installation
 * stay.
 */

type Json = Record<string, unknown>;

interface Installation {
  readonly _id: string;
  readonly content_pack_revision: number;
  readonly entities: readonly {
    readonly id: string;
    readonly type: { readonly name: string };
    readonly content_pack_entity_id: string;
  }[];
}

export interface FakeGraylog {
  readonly packs: Map<string, Map<number, Json>>;
  readonly installations: Map<string, Installation[]>;
  readonly definitions: Map<string, Json>;
  /** Notifications and dashboards. */
  readonly extras: Map<string, Json>;
  /** Ids by title. */
  readonly streams: Map<string, string>;
  /** Ids of streams that take no message: 7.0.1 makes those of content packs so. */
  readonly paused: Set<string>;
  readonly pipelines: FakePipelines;
  readonly handle: (request: Request) => Reply;
}

const usesOf = ({ notifications }: Json): readonly Json[] =>
  Array.isArray(notifications) ? notifications : [];

export function createFakeGraylog(authorization: string): FakeGraylog {
  const packs = new Map<string, Map<number, Json>>();
  const installations = new Map<string, Installation[]>();
  const definitions = new Map<string, Json>();
  const extras = new Map<string, Json>();
  const allStreams = new Map(Object.entries(streamIds));
  const paused = new Set<string>();
  const pipelines = createFakePipelines(allStreams);
  const notFound = json(404, { type: 'ApiError', message: 'not found' });

  function install(packId: string, revision: number, body: Json): Reply {
    const pack = packs.get(packId)?.get(revision);
    if (!pack) return notFound;
    const titles = (
      pack.entities as readonly {
        readonly id: string;
        readonly type: { readonly name: string };
        readonly data: Json;
      }[]
    ).filter(({ type }) => type.name === 'stream_title');
    const titleOf = (data: Json): string => String(plain(data.title, body.parameters as Json));
    const streams = new Map(titles.map(({ id, data }) => [id, allStreams.get(titleOf(data))]));
    if ([...streams.values()].includes(undefined))
      return json(500, { message: 'Stream not found' });
    const natives = new Map<string, string>();
    const all = pack.entities as readonly {
      readonly id: string;
      readonly type: { readonly name: string };
      readonly data: Json;
    }[];
    const entities = definitionsLast(all).map(({ id, type, data }) => {
      const made = `${type.name === 'event_definition' ? 'definition' : type.name}-${randomUUID()}`;
      natives.set(id, made);
      if (type.name === 'stream') {
        streams.set(id, made);
        paused.add(made);
        allStreams.set(titleOf(data), made);
      }
      if (type.name === 'notification' || type.name === 'dashboard')
        extras.set(made, {
          ...(withStreams(plain(data, body.parameters as Json), streams) as Json),
          id: made,
        });
      if (type.name === 'event_definition') {
        const { is_scheduled: scheduled, ...rest } = plain(data, body.parameters as Json) as Json;
        const config = rest.config as Json;
        config.streams = (config.streams as readonly string[]).map(
          (stream) => streams.get(stream) ?? stream,
        );
        const notifications = (rest.notifications as readonly Json[]).map((use) => ({
          ...use,
          notification_id: natives.get(String(use.notification_id)),
        }));
        definitions.set(made, {
          ...rest,
          id: made,
          notifications,
          state: scheduled === false ? 'DISABLED' : 'ENABLED',
          updated_at: 'now',
        });
      }
      return { id: made, type, content_pack_entity_id: id };
    });
    const installation = {
      _id: `installation-${randomUUID()}`,
      content_pack_revision: revision,
      entities,
    };
    installations.set(packId, [...(installations.get(packId) ?? []), installation]);
    return json(200, installation);
  }

  function forget(id: string): void {
    definitions.delete(id);
    extras.delete(id);
    for (const [title, stream] of allStreams) if (stream === id) allStreams.delete(title);
  }

  function routePacks([id = '', second, third]: readonly string[], body: Json): Reply {
    if (id === '') {
      const revisions = packs.get(String(body.id)) ?? new Map<number, Json>();
      if (revisions.has(Number(body.rev)))
        return json(400, {
          message: `Content pack ${String(body.id)} with this revision ${String(body.rev)} already found!`,
        });
      packs.set(String(body.id), revisions.set(Number(body.rev), body));
      return json(201, {});
    }
    const there = installations.get(id) ?? [];
    if (second === 'installations' && third !== undefined) {
      for (const entity of there.flatMap(({ _id, entities }) => (_id === third ? entities : [])))
        forget(entity.id);
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
    if (second === undefined)
      return json(200, {
        content_pack_revisions: Object.fromEntries(revisions),
        constraints_result: {},
      });
    if (there.some(({ content_pack_revision: revision }) => revision === Number(second)))
      return json(400, { message: 'there are still installations' });
    revisions.delete(Number(second));
    if (revisions.size === 0) packs.delete(id);
    return { status: 204, body: '' };
  }

  function routeDefinitions(
    method: string,
    id: string | undefined,
    request: Request,
    body: Json,
  ): Reply {
    if (id === undefined)
      return json(200, {
        total: definitions.size,
        count: definitions.size,
        event_definitions: [...definitions.values()],
      });
    const there = definitions.get(id);
    if (!there) return notFound;
    if (method === 'DELETE') definitions.delete(id);
    else if (method === 'PUT') {
      if (body.id !== id) return json(400, { message: 'another id' });
      definitions.set(id, {
        ...body,
        state: request.query.get('schedule') === 'false' ? 'DISABLED' : 'ENABLED',
        updated_at: 'later',
      });
    }
    return json(200, definitions.get(id) ?? {});
  }

  /** As on the real servers, a dashboard is shown as an entity, with keys of the server's own. */
  function catalog(body: Json): Reply {
    const [{ id }] = body.entities as readonly [{ readonly id: string }];
    const there = extras.get(id);
    if (!there)
      return json(500, { type: 'ApiError', message: `Could not find view with id ${id}` });
    const titles = [...allStreams].map(([title, stream]) => ({
      id: `of ${stream}`,
      type: { name: 'stream_title' },
      data: { title: { '@type': 'string', '@value': title } },
    }));
    const shown = withStreams(
      there,
      new Map([...allStreams.values()].map((stream) => [stream, `of ${stream}`])),
    ) as Json;
    const texts = Object.fromEntries(
      ['title', 'summary', 'description'].map((key) => [
        key,
        { '@type': 'string', '@value': shown[key] },
      ]),
    );
    return json(200, {
      entities: [
        {
          id: randomUUID(),
          type: { name: 'dashboard' },
          data: { ...shown, ...texts, favorite: false },
        },
        ...titles,
      ],
    });
  }

  function routeExtras(method: string, id: string, body: Json): Reply {
    const there = extras.get(id);
    if (!there) return notFound;
    if (method === 'DELETE') {
      extras.delete(id);
      // the real server takes a notification out of all definitions that name it, too
      for (const one of definitions.values())
        one.notifications = usesOf(one).filter((use) => use.notification_id !== id);
    } else if (method === 'PUT') extras.set(id, body);
    return json(200, extras.get(id) ?? {});
  }

  function routeSmall(path: string, body: Json): Reply | undefined {
    if (path === '/system/catalog') return catalog(body);
    if (path === '/system/urlwhitelist/check')
      return json(200, { url: body.url, is_whitelisted: false });
    return path === '/views/search' ? json(201, body) : undefined;
  }

  function routeStreams(method: string, path: string): Reply {
    if (path === '/streams')
      return json(200, {
        streams: [...allStreams].map(([title, id]) => ({ id, title, disabled: paused.has(id) })),
      });
    const [, id = '', resumes] = /^\/streams\/([^/]+)(\/resume)?$/.exec(path) ?? [];
    if (![...allStreams.values()].includes(id)) return notFound;
    if (resumes !== undefined && method === 'POST') paused.delete(id);
    else if (resumes === undefined && method === 'DELETE') forget(id);
    else return notFound;
    return { status: 204, body: '' };
  }

  function handle(request: Request): Reply {
    const { method, headers } = request;
    if (headers.authorization !== authorization) return { status: 401, body: '' };
    if (method !== 'GET' && headers['x-requested-by'] === undefined)
      return json(400, { message: 'CSRF protection header is missing' });
    const path = request.path.replace(/^\/api/, '');
    const body =
      request.body.length === 0 ? {} : (JSON.parse(request.body.toString('utf8')) as Json);
    if (path === '/' || path === '')
      return json(200, { version: '6.3.7+fake', cluster_id: 'fake' });
    if (path.startsWith('/streams')) return routeStreams(method, path);
    const small = routeSmall(path, body) ?? pipelines.route(method, path, body);
    if (small) return small;
    const parts = path.split('/').slice(1);
    if (path.startsWith('/system/content_packs')) return routePacks(parts.slice(2), body);
    if (path.startsWith('/views/')) return routeExtras(method, parts[1] ?? '', body);
    if (path.startsWith('/events/notifications/')) return routeExtras(method, parts[2] ?? '', body);
    if (path.startsWith('/events/definitions'))
      return routeDefinitions(method, parts[2], request, body);
    return notFound;
  }
  return {
    packs,
    installations,
    definitions,
    extras,
    streams: allStreams,
    paused,
    pipelines,
    handle,
  };
}

const definitionsLast = <T extends { readonly type: { readonly name: string } }>(
  all: readonly T[],
): readonly T[] =>
  [false, true].flatMap((isLast) =>
    all.filter(({ type }) => (type.name === 'event_definition') === isLast),
  );

const streamIds: Readonly<Record<string, string>> = {
  'Default Stream': '000000000000000000000001',
  'All events': '000000000000000000000002',
};

function withStreams(value: unknown, streams: ReadonlyMap<string, string | undefined>): unknown {
  if (Array.isArray(value)) return value.map((inner) => withStreams(inner, streams));
  if (typeof value !== 'object' || value === null) return value;
  const named = (one: unknown): unknown => streams.get(String(one)) ?? one;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === 'streams' && Array.isArray(inner) ? inner.map(named) : withStreams(inner, streams),
    ]),
  );
}

function plain(value: unknown, parameters: Json): unknown {
  if (Array.isArray(value)) return value.map((inner) => plain(inner, parameters));
  if (typeof value !== 'object' || value === null) return value;
  const { '@type': type, '@value': inner } = value as Json;
  if (type === 'parameter') return (parameters[String(inner)] as Json | undefined)?.['@value'];
  if (type !== undefined) return inner;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, plain(one, parameters)]),
  );
}
