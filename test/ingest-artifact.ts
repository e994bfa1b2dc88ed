import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipelineText, ruleText } from '../src/backend/graylog/ingest/texts.ts';
import { ruleLine } from '../src/pack/graylog/ingest/rule-line.ts';
import { uuidV5 } from '../src/source/uuid.ts';

type Json = Readonly<Record<string, unknown>>;

interface Entity {
  readonly id: string;
  readonly type: Json;
  readonly constraints: unknown;
  readonly data: Json;
}

export const hitsTitle = 'Sigma detections (acme)';

/** A rule of a pack: its number is its id, and `value` is what a message has to have. */
export interface IngestExample {
  readonly number: number;
  readonly title: string;
  readonly value: string;
}

const exampleId = (number: number): string =>
  `${String(number).padStart(8, '0')}-0000-4000-8000-000000000000`;

const text = (value: string): Json => ({ '@type': 'string', '@value': value });
const flag = (value: boolean): Json => ({ '@type': 'boolean', '@value': value });

/** Makes a pack that tests at ingest of one that searches, and returns the path of its file. */
export function ingestArtifact(
  folder: string,
  version: string,
  examples: readonly IngestExample[],
  hits = hitsTitle,
): string {
  const path = join(folder, `acme-${version}-graylog.json`);
  const pack = JSON.parse(readFileSync(path, 'utf8')) as Json & {
    readonly id: string;
    readonly entities: readonly Entity[];
  };
  const [first] = pack.entities.filter(({ type }) => type.name === 'event_definition');
  if (!first) throw new Error('the pack has no event definition');
  const streams = pack.entities.filter(({ type }) => type.name === 'stream_title');
  const entity = (name: string, key: string, data: Json): Json => ({
    v: '1',
    type: { name, version: '1' },
    id: uuidV5(pack.id, `${name} ${key}`),
    constraints: first.constraints,
    data,
  });
  const rules = examples.map(({ number, title, value }) => ({
    ...ruleText(
      `acme ${exampleId(number).slice(0, 8)}`,
      `(${JSON.stringify(value)} == to_string($message.TestField))`,
      `  set_field("sigma_rules", string_array_add($message.sigma_rules, "${exampleId(number)}", true));\n` +
        `  let m = create_message(${JSON.stringify(title)}, to_string($message.source), to_date($message.timestamp));\n` +
        `  set_fields(fields: {sigma_rule: "${exampleId(number)}", sigma_title: ${JSON.stringify(title)}, sigma_level: "high", sigma_alert: "true", sigma_entity: "-"}, message: m);\n` +
        `  route_to_stream(name: ${JSON.stringify(hits)}, message: m, remove_from_default: true);\n`,
      [exampleId(number)],
    ),
    title,
  }));
  const half = Math.ceil(rules.length / 2);
  const pipelines = [rules.slice(0, half), rules.slice(half)]
    .filter((some) => some.length > 0)
    .map((some, index) =>
      pipelineText(`acme bucket ${index + 1}`, [
        { number: 5, match: 'pass', rules: some.map(({ name }) => name) },
      ]),
    );
  const given = streams.filter(({ data }) => (data.title as Json)['@value'] !== 'All events');
  const all = entity('stream_title', 'all messages', { title: text('Default Stream') });
  const searched = given.length > 0 ? given : [all];
  const stream = entity('stream', 'hits', {
    title: text(hits),
    description: text(''),
    disabled: flag(false),
    matching_type: text('AND'),
    stream_rules: [],
    alert_conditions: [],
    alarm_callbacks: [],
    outputs: [],
    default_stream: flag(false),
    remove_matches: flag(true),
  });
  const entities = [
    ...pack.entities.filter(({ type }) => type.name !== 'event_definition'),
    ...(given.length > 0 ? [] : [all]),
    stream,
    ...rules.map(({ name, source, ids: [id = ''], title }) =>
      entity('pipeline_rule', name, {
        title: text(name),
        description: text(ruleLine({ id, digest: '0123456789abcdef', title })),
        source: text(source),
      }),
    ),
    ...pipelines.map(({ name, source }) =>
      entity('pipeline', name, {
        title: text(name),
        description: text(''),
        source: text(source),
        connected_streams: searched.map(({ id }) => text(String(id))),
      }),
    ),
    {
      ...first,
      id: uuidV5(pack.id, 'level high'),
      data: {
        ...first.data,
        title: text('Acme detections: high'),
        config: {
          ...(first.data.config as Json),
          query: text('sigma_alert:"true" AND sigma_level:"high"'),
          streams: [stream.id],
        },
      },
    },
  ];
  writeFileSync(path, JSON.stringify({ ...pack, entities }));
  return path;
}
