import type { IngestRule } from '../../../backend/graylog/ingest/ingest-rule.ts';
import { digestOf } from '../../../backend/graylog/ingest/short-names.ts';
import type { IngestPlan } from '../../../backend/graylog/ingest/texts.ts';
import { conditionText } from '../../../backend/graylog/pipeline-rule/print.ts';
import { uuidV5 } from '../../../source/uuid.ts';
import type { PackInfo } from '../../model/detection.ts';
import {
  graylogPackId,
  type PackEntity,
  serverConstraints,
  textValue,
  type ValueReference,
} from '../../model/pack-entity.ts';
import { ruleLine } from './rule-line.ts';

/**
 * A rule of Graylog's pipeline processor. Its title is the name in its source: the server finds
 * rules by either. One with the same title and source is reused, another source fails.
 */
export type PipelineRuleEntity = PackEntity<
  'pipeline_rule',
  {
    readonly title: ValueReference<string>;
    /** One {@link RuleLine} for each Sigma rule in it. */
    readonly description: ValueReference<string>;
    readonly source: ValueReference<string>;
  }
>;

/** A pipeline. The server creates one at each installation, even where it has the title. */
export type PipelineEntity = PackEntity<
  'pipeline',
  {
    readonly title: ValueReference<string>;
    readonly description: ValueReference<string>;
    readonly source: ValueReference<string>;
    /** Ids of the entities of streams whose messages go through it. */
    readonly connected_streams: readonly ValueReference<string>[];
  }
>;

/** `rules`: those of the plan. */
export function* pipelineEntities(
  plan: IngestPlan,
  info: PackInfo,
  minimum: string,
  streamIds: readonly string[],
  rules: readonly IngestRule[],
): Generator<PipelineRuleEntity | PipelineEntity> {
  const packId = graylogPackId(info);
  const constraints = serverConstraints(minimum);
  const lines = new Map(
    rules.map((rule) => [rule.id, ruleLine({ ...rule, digest: conditionDigest(rule) })]),
  );
  for (const { name, source, ids } of plan.rules)
    yield {
      v: '1',
      type: { name: 'pipeline_rule', version: '1' },
      id: uuidV5(packId, `pipeline rule ${name}`),
      constraints,
      data: {
        title: textValue(name),
        description: textValue(descriptionOf(ids, info, lines)),
        source: textValue(source),
      },
    };
  const connected = streamIds.map(textValue);
  for (const { name, source } of plan.pipelines)
    yield {
      v: '1',
      type: { name: 'pipeline', version: '1' },
      id: uuidV5(packId, `pipeline ${name}`),
      constraints,
      data: {
        title: textValue(name),
        description: textValue(`Detections of ${info.title}`),
        source: textValue(source),
        connected_streams: connected,
      },
    };
}

/** Of the whole condition, parts of which may be in helper rules. `sigpack diff` reads it. */
const conditionDigest = ({ condition }: IngestRule): string =>
  digestOf(conditionText(condition), 16);

const descriptionOf = (
  ids: readonly string[],
  { title }: PackInfo,
  lines: ReadonlyMap<string, string>,
): string =>
  ids.length === 0
    ? `Prepares messages for the detections of ${title}`
    : ids.map((id) => lines.get(id) ?? id).join('\n');
