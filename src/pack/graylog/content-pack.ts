import { isRecord } from '../../source/record.ts';
import type { GraylogDetection, PackInfo } from '../model/detection.ts';
import { graylogPackId } from '../model/pack-entity.ts';
import { createByteWriter } from '../render/byte-writer.ts';
import { firstDifference } from '../render/json-difference.ts';
import type { Json } from '../render/json-value.ts';
import type { Render } from '../render/template.ts';
import { checkWholePack, createPackCheck, type ServerOptions } from './content-pack-check.ts';
import type { ContentPackOptions } from './content-pack-options.ts';
import { type EventDefinitionEntity, keyFieldsOf } from './event-definition.ts';
import { ingestParts } from './ingest/ingest-parts.ts';
import type { Entity } from './pack-parts.ts';
import { searchParts } from './search-parts.ts';
import type { PackParameter } from './stream-reference.ts';
import { isTemplateField } from './window.ts';

export interface ContentPackInput {
  readonly info: PackInfo;
  readonly detections: readonly GraylogDetection[];
  readonly options: ContentPackOptions;
  readonly render: Render;
}

export interface ContentPack {
  /** JSON, ready to install. */
  readonly text: string;
  /** The same as UTF-8. */
  readonly bytes: Uint8Array;
  /** Why the pack must not be installed; empty if it is sound. */
  readonly reasons: readonly string[];
  /** The server's database can't hold that many detections. */
  readonly tooLarge: boolean;
}

interface PackModel {
  readonly v: '1';
  readonly id: string;
  readonly rev: number;
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly vendor: string;
  readonly url: string;
  readonly parameters: readonly PackParameter[];
  readonly entities: readonly Entity[];
}

/**
 * Renders the content pack and checks it by the rules of the server. The output of custom templates
 * is read back and compared with the model.
 */
export function renderContentPack({
  info,
  detections,
  options,
  render,
}: ContentPackInput): ContentPack {
  const parts = options.ingest
    ? ingestParts(info, detections, options, options.ingest)
    : searchParts(info, detections, options);
  const all = function* (): Generator<Entity> {
    yield* parts.entities;
    yield* parts.more();
  };
  const envelope = packModel(info, parts.parameters, []);
  const rendered = options.templatesAreOurs
    ? renderOne(envelope, all(), parts.entities, render, options)
    : renderAll({ ...envelope, entities: [...all()] }, render, options);
  return {
    bytes: rendered.bytes,
    reasons: [...detections.flatMap(settingErrors), ...rendered.reasons],
    tooLarge: rendered.tooLarge,
    get text() {
      return Buffer.from(rendered.bytes).toString();
    },
  };
}

const serverOf = ({
  minimumServerVersion,
  leadingWildcards,
}: ContentPackOptions): ServerOptions => ({
  minimumServerVersion,
  ...(leadingWildcards === undefined ? {} : { leadingWildcards }),
});

type Rendered = Pick<ContentPack, 'bytes' | 'reasons' | 'tooLarge'>;

/**
 * Renders the entities one by one without keeping them, and stops where the pack would become too
 * large for the server.
 */
function renderOne(
  envelope: PackModel,
  entities: Iterable<Entity>,
  referable: readonly Entity[],
  render: Render,
  options: ContentPackOptions,
): Rendered {
  const check = createPackCheck({ ...envelope }, { ...serverOf(options), referable });
  const [head = '', tail = ''] = render('graylog/content-pack.json.hbs', {
    pack: envelope,
    entities: entitiesMarker,
  }).split(entitiesMarker);
  const writer = createByteWriter();
  writer.add(head);
  let between = '';
  let fits = true;
  for (const entity of entities) {
    fits = check.add(entity) && fits;
    if (!fits) continue;
    writer.add(between);
    writer.add(renderEntity(entity, render).trimEnd());
    between = ',\n';
  }
  writer.add(tail);
  return { bytes: writer.bytes(), reasons: check.reasons(), tooLarge: !fits };
}

function renderAll(pack: PackModel, render: Render, options: ContentPackOptions): Rendered {
  const entities = pack.entities
    .map((entity) => renderEntity(entity, render).trimEnd())
    .join(',\n');
  // a custom template may do more with the entities than print them
  const text = render('graylog/content-pack.json.hbs', { pack, entities });
  const { reasons, tooLarge } = textErrors(text, pack, options);
  return { bytes: Buffer.from(text), reasons, tooLarge };
}

// JSON always escapes this character
const entitiesMarker = '\u0000entities\u0000';

function packModel(
  info: PackInfo,
  parameters: readonly PackParameter[],
  entities: readonly Entity[],
): PackModel {
  return {
    v: '1',
    id: graylogPackId(info),
    rev: info.revision,
    name: info.title,
    summary: `${info.title} ${info.version}`,
    description: [
      info.description,
      info.author && `Author: ${info.author}`,
      info.license && `Licence: ${info.license}`,
    ]
      .filter((part) => part)
      .join('\n\n'),
    vendor: info.vendor,
    url: info.url,
    parameters,
    entities,
  };
}

function renderEntity(entity: Entity, render: Render): string {
  if (!isEventDefinition(entity)) return render(templateOf[entity.type.name], { entity });
  // a template must not refer to missing fields, so what a server version lacks is null
  const {
    remediation_steps: remediationSteps = null,
    tags = null,
    tactics_techniques: tacticsTechniques = null,
  } = entity.data;
  return render('graylog/event-definition.json.hbs', {
    entity,
    remediationSteps,
    tags,
    tacticsTechniques,
  });
}

const templateOf = {
  stream_title: 'graylog/stream-title.json.hbs',
  stream: 'graylog/stream.json.hbs',
  notification: 'graylog/notification.json.hbs',
  dashboard: 'graylog/dashboard.json.hbs',
  pipeline_rule: 'graylog/pipeline-rule.json.hbs',
  pipeline: 'graylog/pipeline.json.hbs',
} as const;

const isEventDefinition = (entity: Entity): entity is EventDefinitionEntity =>
  entity.type.name === 'event_definition';

function settingErrors(g: GraylogDetection): string[] {
  const { detection, search } = g;
  // the fields of a group are not a setting, and Graylog keeps them without a template
  const fields =
    search.kind === 'aggregation' ? [] : keyFieldsOf(g).filter((field) => !isTemplateField(field));
  const reasons = fields.map(
    (field) =>
      `${detection.name}: key field ${JSON.stringify(field)} cannot be in a template of ` +
      'Graylog; use A-Z a-z 0-9 _ - @',
  );
  if (search.kind === 'filter' && search.queries.length > 1 && detection.settings.threshold > 1) {
    reasons.push(
      `${detection.name}: a threshold needs one query, and this detection has ` +
        `${search.queries.length}, counted each for itself`,
    );
  }
  return reasons;
}

function textErrors(
  text: string,
  pack: PackModel,
  options: ContentPackOptions,
): Omit<Rendered, 'bytes'> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return {
      reasons: [
        `the templates give no JSON: ${error instanceof Error ? error.message : String(error)}`,
      ],
      tooLarge: false,
    };
  }
  const difference = options.customTemplates
    ? searchDifference(parsed, pack)
    : firstDifference(parsed, pack);
  const found =
    difference === undefined
      ? []
      : [`the templates say something else than the detections at ${difference}`];
  const { reasons, tooLarge } = checkWholePack(parsed, serverOf(options));
  return { reasons: [...found, ...reasons], tooLarge };
}

/** What custom templates must not change. */
function searchDifference(parsed: unknown, pack: PackModel): string | undefined {
  const expected = new Map(
    pack.entities.map((entity) => [`${entity.type.name} ${entity.id}`, kept(entity)]),
  );
  const entities: unknown[] =
    isRecord(parsed) && Array.isArray(parsed.entities) ? parsed.entities : [];
  for (const entity of entities) {
    if (!isRecord(entity) || !isRecord(entity.type) || !isRecord(entity.data)) continue;
    const key = `${entity.type.name} ${entity.id}`;
    const difference = expected.has(key)
      ? firstDifference(kept(entity), expected.get(key), `$.entities(${key})`)
      : undefined;
    if (difference !== undefined) return difference;
    expected.delete(key);
  }
  const [missing] = expected.keys();
  return missing === undefined ? undefined : `$.entities(${missing})`;
}

function kept(entity: Entity | Json): unknown {
  const data: unknown = entity.data;
  if (!isRecord(data)) return data;
  return 'config' in data ? data.config : data;
}
