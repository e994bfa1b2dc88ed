import { uuidV5 } from '../../source/uuid.ts';
import type { PackInfo } from '../model/detection.ts';
import {
  graylogPackId,
  type PackEntity,
  serverConstraints,
  type ValueReference,
} from '../model/pack-entity.ts';

/** Refers to a stream of the server. Installing fails unless exactly one stream has the title. */
export type StreamTitleEntity = PackEntity<
  'stream_title',
  { readonly title: ValueReference<string> }
>;

export const streamTitle = (
  info: PackInfo,
  title: ValueReference<string>,
  minimum: string,
): StreamTitleEntity => ({
  v: '1',
  type: { name: 'stream_title', version: '1' },
  id: uuidV5(graylogPackId(info), `stream ${title['@type']} ${title['@value']}`),
  constraints: serverConstraints(minimum),
  data: { title },
});
