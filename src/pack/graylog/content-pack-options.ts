import type { Level } from '../../sigma/rule/rule.ts';
import type { ServerOptions } from './content-pack-check.ts';
import type { NotificationChoice } from './notification/notification.ts';
import type { StreamChoice } from './stream-reference.ts';

export interface ContentPackOptions extends ServerOptions {
  /** For detections whose settings name no streams. */
  readonly streams: StreamChoice;
  /** Default: the pack has no notification. */
  readonly notification?: NotificationChoice | undefined;
  /** Default: the pack has no dashboard. */
  readonly dashboard?: boolean;
  /** Prefix of each title. */
  readonly titlePrefix?: string;
  /** For the levels whose priority differs from the one of the same name in Graylog. */
  readonly priority?: Readonly<Partial<Record<Level, number>>>;
  /**
   * With custom templates, texts may differ from the model and entities may be added; ids, searches
   * and streams must stay.
   */
  readonly customTemplates?: boolean;
  /**
   * The templates are the built-in ones, which the tests of Sigpack compare with the model. Reading
   * ten megabytes back costs more than writing them, so it is left out.
   */
  readonly templatesAreOurs?: boolean;
  /** Rules are tested at ingest. Default: event definitions search for each of them. */
  readonly ingest?: IngestChoice;
}

/** What a pack for ingest needs to know besides. */
export interface IngestChoice {
  /** Title of the stream that the pack brings for hits. */
  readonly detectionsStream: string;
  /** Address of a rule by the path of its file. Default: hits and alerts have no addresses. */
  readonly linkOf?: (path: string) => string | undefined;
}
