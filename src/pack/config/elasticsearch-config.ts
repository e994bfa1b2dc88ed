import {
  type ElasticsearchSettings,
  elasticsearchDefaults,
  elasticsearchSchema as targetSchema,
} from '../../backend/es-qs/settings.ts';
import type { NewDiagnostic } from '../../source/diagnostic.ts';
import { map } from '../../source/schema/schema-builder.ts';
import { lookup, type YamlNode } from '../../source/yaml/tree.ts';
import { parseDuration } from '../settings/duration.ts';
import { rangeDiagnostics } from '../settings/patch.ts';
import { duration, type FromSettings } from '../settings/schema.ts';

const { matching, schedule, actions, ...fields } = targetSchema.properties;

export const elasticsearchSchema = map(
  {
    matching,
    ecs: {
      type: 'boolean',
      description:
        'The index has the types and the letter case of the Elastic Common Schema; false: ' +
        'nothing but the lists here counts. Default: true with the bundle elastic or an ecs- ' +
        'pipeline.',
    },
    ...fields,
    interval: duration(
      'Time between runs of a watch, 60s to 1d. Default: that of defaults, or 5m.',
    ),
    throttle: duration(
      'Time in which a watch acts once, 0 to 365d. Default: suppress.period of defaults, or 1h.',
    ),
    schedule,
    actions,
  },
  targetSchema.description,
);

type Spans = 'interval' | 'throttle';

/**
 * Spans in seconds. Missing ones come from the settings of detections; missing matching and types
 * from the pipelines.
 */
export type ElasticsearchConfig = Pick<
  ElasticsearchSettings,
  'index' | 'timestampField' | 'schedule' | 'actions'
> &
  Partial<
    Pick<
      ElasticsearchSettings,
      Spans | 'matching' | 'textFields' | 'ipFields' | 'booleanFields' | 'wildcardFields'
    >
  > & {
    /**
     * Whether the index has the types and the letter case of ECS. Default: as the pipelines have
     * it.
     */
    readonly ecs?: boolean;
  };

const longestThrottle = 365 * 86_400;

/** What the schema can't check: durations out of range, a schedule of no kind or of two. */
export function elasticsearchDiagnostics(node: YamlNode | undefined): readonly NewDiagnostic[] {
  if (!node) return [];
  const found: NewDiagnostic[] = [...rangeDiagnostics(node, 'PCK001')];
  const report = ({ start, end }: YamlNode, message: string) =>
    found.push({ code: 'PCK001', message, span: { start, end } });
  const throttle = lookup(node, 'throttle');
  if (throttle?.kind === 'scalar' && (parseDuration(throttle.value) ?? 0) > longestThrottle)
    report(throttle, '`throttle` must be from 0 to 365d');
  const schedule = lookup(node, 'schedule');
  const kinds =
    schedule?.kind === 'mapping'
      ? schedule.pairs.filter(({ key }) => key.text !== 'timezone').length
      : 1;
  if (schedule && kinds !== 1)
    report(schedule, `\`elasticsearch.schedule\` must have one kind of schedule, not ${kinds}`);
  return found;
}

export function elasticsearchConfig({
  interval,
  throttle,
  ...rest
}: FromSettings<typeof elasticsearchSchema> = {}): ElasticsearchConfig {
  const { index, timestampField } = elasticsearchDefaults;
  const [every, once] = [parseDuration(interval), parseDuration(throttle)];
  return {
    index,
    timestampField,
    ...rest,
    ...(every === undefined ? {} : { interval: every }),
    ...(once === undefined ? {} : { throttle: once }),
  };
}
