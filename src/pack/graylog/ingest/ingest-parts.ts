import { noValue } from '../../../backend/graylog/ingest/hit-fields.ts';
import { planIngest } from '../../../backend/graylog/ingest/ingest-plan.ts';
import type { IngestRule } from '../../../backend/graylog/ingest/ingest-rule.ts';
import type { Level } from '../../../sigma/rule/rule.ts';
import type { GraylogDetection, PackInfo } from '../../model/detection.ts';
import { serverVersion } from '../../settings/server-version.ts';
import type { ContentPackOptions, IngestChoice } from '../content-pack-options.ts';
import { eventDefinitions } from '../event-definition.ts';
import { ingestTexts } from '../notification/message.ts';
import { packNotification } from '../notification/notification.ts';
import type { Entity, PackParts } from '../pack-parts.ts';
import { streamReferences } from '../stream-reference.ts';
import { graylogTitle } from '../title.ts';
import { type Alerting, alertingOf, sharesDefinition } from './alert-terms.ts';
import { detectionsStream } from './detections-stream.ts';
import { hitsDashboard } from './hits-dashboard.ts';
import { levelDefinition } from './level-definition.ts';
import { pipelineEntities } from './pipeline-entities.ts';

/**
 * A pack whose pipelines test messages at ingest. Its event definitions search the stream of hits:
 * those that rules of a level share, and those of correlations and thresholds.
 */
export function ingestParts(
  info: PackInfo,
  detections: readonly GraylogDetection[],
  options: ContentPackOptions,
  choice: IngestChoice,
): PackParts {
  const { minimumServerVersion: minimum, titlePrefix = '', priority = {} } = options;
  const use = 'whose messages the pipelines of the pack test';
  const searched = streamReferences(info, minimum, options.streams, detections, use);
  const streamIds = [...new Set(detections.flatMap(searched.idsFor))];
  const hits = detectionsStream(info, minimum, choice.detectionsStream);
  const notification =
    options.notification &&
    packNotification(info, minimum, options.notification, ingestTexts(choice.linkOf !== undefined));
  const shown = options.dashboard === true ? hitsDashboard(info, minimum, hits.id) : undefined;
  const alerting = alertingOf(detections, serverVersion(minimum) ?? 0);
  const rules = testedRules(detections, alerting, choice);
  const plan = planIngest(rules, { ...choice, pack: info.id });
  const own = detections.filter((g) => !sharesDefinition(g));
  const notificationsOf = (level: Level): readonly string[] =>
    notification?.notifies(level) ? [notification.entity.id] : [];
  return {
    entities: [
      ...searched.entities,
      hits,
      ...(notification ? [notification.entity] : []),
      ...(shown ? [shown.stream, shown.dashboard] : []),
    ],
    parameters: [...searched.parameters, ...(notification?.parameters ?? [])],
    *more(): Generator<Entity> {
      yield* pipelineEntities(plan, info, minimum, streamIds, rules);
      for (const group of alerting.groups)
        yield levelDefinition(group, info, {
          minimumServerVersion: minimum,
          streamId: hits.id,
          titlePrefix,
          priority,
          notificationIds: notificationsOf(group.level),
          links: choice.linkOf !== undefined,
        });
      for (const g of own) {
        const { severity } = g.detection;
        const chosen = priority[severity];
        const link = linkOf(g, choice);
        yield* eventDefinitions(g, info, {
          minimumServerVersion: minimum,
          streamIds: [hits.id],
          definitions: alerting.groups.length + own.length,
          title: graylogTitle(titlePrefix, g.detection),
          ...(chosen === undefined ? {} : { priority: chosen }),
          ...(link === undefined ? {} : { link }),
          notificationIds: notificationsOf(severity),
        });
      }
    },
  };
}

/**
 * The rules of the detections that are on, each once: what correlations count may be a detection,
 * too. Its hits then carry the fields of both.
 */
function testedRules(
  detections: readonly GraylogDetection[],
  { groupOf }: Alerting,
  choice: IngestChoice,
): readonly IngestRule[] {
  const rules = new Map<string, IngestRule>();
  for (const g of detections) {
    if (!g.detection.settings.enabled) continue;
    const group = groupOf(g);
    const link = linkOf(g, choice);
    const known = {
      ...(group === undefined ? {} : { group }),
      ...(link === undefined ? {} : { link }),
    };
    for (const rule of g.tested ?? []) {
      const own = rule.alert ? { ...rule, ...known } : rule;
      const before = rules.get(rule.id);
      rules.set(rule.id, before ? joined(before, own) : own);
    }
  }
  return [...rules.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Undefined where no rule of the pack has one: alerts are not grouped by it then. */
const linkOf = ({ detection }: GraylogDetection, choice: IngestChoice): string | undefined =>
  choice.linkOf && (choice.linkOf(detection.rule.file.path) ?? noValue);

/** Of the same rule; the one that alerts says what the other does not know. */
const joined = (one: IngestRule, other: IngestRule): IngestRule => ({
  ...(other.alert ? other : one),
  hitFields: [...new Set([...one.hitFields, ...other.hitFields])].sort(),
});
