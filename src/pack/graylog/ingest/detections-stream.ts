import { uuidV5 } from '../../../source/uuid.ts';
import type { PackInfo } from '../../model/detection.ts';
import {
  flagValue,
  graylogPackId,
  type PackEntity,
  serverConstraints,
  textValue,
  type ValueReference,
} from '../../model/pack-entity.ts';

/** A stream that the pack brings. The server makes it in its default index set. */
export type StreamEntity = PackEntity<
  'stream',
  {
    readonly title: ValueReference<string>;
    readonly description: ValueReference<string>;
    readonly disabled: ValueReference<boolean>;
    readonly matching_type: ValueReference<string>;
    readonly stream_rules: readonly never[];
    readonly alert_conditions: readonly never[];
    readonly alarm_callbacks: readonly never[];
    readonly outputs: readonly never[];
    readonly default_stream: ValueReference<boolean>;
    readonly remove_matches: ValueReference<boolean>;
  }
>;

/** The title of the stream. The default is unique among packs, as a route needs it. */
export const detectionsTitle = (
  { id }: Pick<PackInfo, 'id'>,
  { detectionsStream }: { readonly detectionsStream?: string },
): string => detectionsStream ?? `Sigma detections (${id})`;

/** The title of the admin's own pipeline, which an install makes. */
export const tuningTitle = (id: string): string => `${id} tuning`;

/** Where hits go: one message for each rule and message. No message gets there by a stream rule. */
export const detectionsStream = (info: PackInfo, minimum: string, title: string): StreamEntity => ({
  v: '1',
  type: { name: 'stream', version: '1' },
  id: uuidV5(graylogPackId(info), 'detections'),
  constraints: serverConstraints(minimum),
  data: {
    title: textValue(title),
    description: textValue(`What the rules of ${info.title} found: a message for each hit`),
    disabled: flagValue(false),
    matching_type: textValue('AND'),
    stream_rules: [],
    alert_conditions: [],
    alarm_callbacks: [],
    outputs: [],
    default_stream: flagValue(false),
    remove_matches: flagValue(true),
  },
});
