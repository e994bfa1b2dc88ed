import type { DashboardEntity } from './dashboard.ts';
import type { EventDefinitionEntity } from './event-definition.ts';
import type { StreamEntity } from './ingest/detections-stream.ts';
import type { PipelineEntity, PipelineRuleEntity } from './ingest/pipeline-entities.ts';
import type { NotificationEntity } from './notification/notification.ts';
import type { StreamTitleEntity } from './stream.ts';
import type { PackParameter } from './stream-reference.ts';

/** An entity that others of the pack may refer to. */
export type ReferableEntity =
  | StreamTitleEntity
  | StreamEntity
  | NotificationEntity
  | DashboardEntity;

export type Entity = ReferableEntity | EventDefinitionEntity | PipelineRuleEntity | PipelineEntity;

/** What a pack consists of, besides what it says about itself. */
export interface PackParts {
  readonly entities: readonly ReferableEntity[];
  readonly parameters: readonly PackParameter[];
  /** All other entities, which may be thousands. */
  readonly more: () => Iterable<Entity>;
}
