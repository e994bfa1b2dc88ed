import { randomUUID } from 'node:crypto';
import { json, type Reply } from './server.ts';

/*
 * Pipelines as on the real 6.3.7 and 7.0.1: titles are unique and come from the source, to_stream
 * replaces all of a stream and refuses what is not there, meters show what was loaded.
 */

type Json = Record<string, unknown>;

export interface FakeText {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly source: string;
}

export interface FakePipelines {
  readonly rules: Map<string, FakeText>;
  readonly pipelines: Map<string, FakeText>;
  /** Ids of pipelines by the id of a stream. */
  readonly connections: Map<string, readonly string[]>;
  /** Class names. */
  readonly processors: string[];
  /** How often meters are asked for in vain before the server has loaded what is there. */
  slowness: number;
  /** Pipelines and rules that a message of the stream meets, each name with its source. */
  readonly active: (streamId: string) => readonly string[];
  readonly route: (method: string, path: string, body: Json) => Reply | undefined;
}

const notFound = json(404, { message: 'not found' });

export function createFakePipelines(streams: ReadonlyMap<string, string>): FakePipelines {
  const rules = new Map<string, FakeText>();
  const pipelines = new Map<string, FakeText>();
  const connections = new Map<string, readonly string[]>();
  let asked = 0;

  function routeTexts(texts: Map<string, FakeText>, method: string, id: string, body: Json): Reply {
    const source = String(body.source);
    const title = /^(?:rule|pipeline) "([^"]*)"/.exec(source)?.[1] ?? '';
    const made = { title, description: String(body.description), source };
    if (method === 'POST' && id === 'multiple')
      return json(
        200,
        [...texts.values()].filter((one) => (body.rules as readonly string[]).includes(one.title)),
      );
    if (method === 'POST') {
      if (title === '' || !source.endsWith('end\n')) return json(400, [{ type: 'syntax_error' }]);
      if ([...texts.values()].some((one) => one.title === title))
        return json(500, { message: 'E11000 duplicate key error' });
      asked = 0;
      const text = { id: randomUUID(), ...made };
      texts.set(text.id, text);
      return json(200, text);
    }
    if (method === 'GET') return json(200, [...texts.values()]);
    if (!texts.has(id)) return notFound;
    if (method === 'DELETE') texts.delete(id);
    else texts.set(id, { id, ...made });
    return json(200, texts.get(id) ?? {});
  }

  function connect({ stream_id: stream, pipeline_ids: ids }: Json): Reply {
    const list = ids as readonly string[];
    if (![...streams.values()].includes(String(stream))) return notFound;
    if (list.some((id) => !pipelines.has(id))) return notFound;
    connections.set(String(stream), list);
    return json(200, { stream_id: stream, pipeline_ids: list });
  }

  function metrics({ metrics: names }: Json): Reply {
    asked += 1;
    const known = (names as readonly string[]).filter((name) => {
      const [id = '', , stage] =
        /\.ast\.(?:Rule|Pipeline)\.(.+)\.executed$/.exec(name)?.[1]?.split('.') ?? [];
      if (stage !== undefined) return pipelines.get(id)?.source.includes(`\nstage ${stage} `);
      return rules.has(id) || pipelines.has(id);
    });
    const shown = asked > fake.slowness ? known : [];
    return json(200, { total: shown.length, metrics: shown.map((name) => ({ full_name: name })) });
  }

  const fake: FakePipelines = {
    rules,
    pipelines,
    connections,
    processors: [
      'org.graylog2.messageprocessors.MessageFilterChainProcessor',
      'org.graylog.plugins.pipelineprocessor.processors.PipelineInterpreter',
    ],
    slowness: 0,
    active: (streamId) =>
      (connections.get(streamId) ?? []).flatMap((id) => {
        const { source = '' } = pipelines.get(id) ?? {};
        const names = [...source.matchAll(/^\s*rule "([^"]*)"/gm)].map(([, name = '']) => name);
        return [source, ...names.map((name) => sourceOf(rules, name))];
      }),
    route(method, path, body) {
      const [, , , kind, id = ''] = path.split('/');
      if (path === '/cluster/metrics/multiple') return json(200, {});
      if (path === '/system/metrics/multiple') return metrics(body);
      if (path === '/system/messageprocessors/config')
        return json(200, {
          processor_order: fake.processors.map((name) => ({ class_name: name })),
          disabled_processors: [],
        });
      if (!path.startsWith('/system/pipelines/')) return undefined;
      if (kind === 'rule') return routeTexts(rules, method, id, body);
      if (kind === 'pipeline') return routeTexts(pipelines, method, id, body);
      return method === 'POST'
        ? connect(body)
        : json(
            200,
            [...connections].map(([stream, ids]) => ({ stream_id: stream, pipeline_ids: ids })),
          );
    },
  };
  return fake;
}

const sourceOf = (texts: ReadonlyMap<string, FakeText>, title: string): string =>
  [...texts.values()].find((one) => one.title === title)?.source ?? `no rule ${title}`;
