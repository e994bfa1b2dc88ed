import type { GraylogDetection, PackInfo } from '../model/detection.ts';
import type { ContentPackOptions } from './content-pack-options.ts';
import { packDashboard } from './dashboard.ts';
import { eventDefinitions } from './event-definition.ts';
import { packNotification } from './notification/notification.ts';
import type { Entity, PackParts } from './pack-parts.ts';
import { streamReferences } from './stream-reference.ts';
import { graylogTitle } from './title.ts';

/** A pack whose event definitions search for each detection. */
export function searchParts(
  info: PackInfo,
  detections: readonly GraylogDetection[],
  options: ContentPackOptions,
): PackParts {
  const { minimumServerVersion: minimum } = options;
  const streams = streamReferences(info, minimum, options.streams, detections);
  const notification =
    options.notification && packNotification(info, minimum, options.notification);
  const page = options.dashboard === true ? packDashboard(info, minimum) : undefined;
  // rules may search the stream that the dashboard shows
  const titles = new Map(
    [...streams.entities, ...(page ? [page.stream] : [])].map((entity) => [entity.id, entity]),
  );
  return {
    entities: [
      ...titles.values(),
      ...(notification ? [notification.entity] : []),
      ...(page ? [page.dashboard] : []),
    ],
    parameters: [...streams.parameters, ...(notification?.parameters ?? [])],
    *more(): Generator<Entity> {
      for (const g of detections) {
        const { severity, name } = g.detection;
        const title = graylogTitle(options.titlePrefix ?? '', g.detection);
        const priority = options.priority?.[severity];
        yield* eventDefinitions(g, info, {
          minimumServerVersion: minimum,
          streamIds: streams.idsFor(g),
          definitions: detections.length,
          ...(title === name ? {} : { title }),
          ...(priority === undefined ? {} : { priority }),
          notificationIds: notification?.notifies(severity) ? [notification.entity.id] : [],
        });
      }
    },
  };
}
