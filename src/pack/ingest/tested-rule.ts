import type { EntityField, IngestRule } from '../../backend/graylog/ingest/ingest-rule.ts';
import type { CompiledDetection } from '../../query/compile.ts';
import type { AlertFields } from '../alert/fields.ts';
import { keyFieldsOf } from '../graylog/event-definition.ts';
import { attackReferences } from '../model/attack-tags.ts';
import type { GraylogDetection } from '../model/detection.ts';
import { usualGraylogAlert } from '../result/usual-graylog-alert.ts';

/** The rules that messages are tested by, and the search of their hits. */
export type IngestSearch = Required<Pick<GraylogDetection, 'search' | 'tested'>>;

/** The rule as pipelines test it, before the fields of its hits are known. */
export function testedRule(
  compiled: CompiledDetection,
  condition: IngestRule['condition'],
  named: Pick<IngestRule, 'id' | 'title' | 'level' | 'alert'>,
): IngestRule {
  const { rule, processing } = compiled;
  const { tactics, techniques } = attackReferences(rule.tags);
  return {
    ...named,
    ...(rule.status === undefined ? {} : { status: rule.status }),
    tactics,
    techniques,
    entityFields: entityFields(usualGraylogAlert(compiled)),
    hitFields: [],
    logSource: processing?.logsource ?? rule.logsource,
    condition,
  };
}

/** Every message has one. */
const sender: EntityField = { name: 'source', type: 'system' };

/** The detection with the fields that its hits carry: those of its key, and what alerts show. */
export function withHitFields(g: GraylogDetection): GraylogDetection {
  const { tested, detection } = g;
  // a correlation has set those that it needs
  if (!tested || detection.rule.kind === 'correlation') return g;
  const { alert, settings } = detection;
  // its alerts have no fields, so they do not say what its hits are about
  const isCounted = settings.threshold > 1;
  const fields = new Set([...keyFieldsOf(g), ...settings.graylog.keyFields]);
  for (const field of alert?.shown ?? []) if (fields.size < mostFields) fields.add(field);
  return {
    ...g,
    tested: tested.map((rule) => ({
      ...rule,
      ...(isCounted ? {} : { entityFields: entityFields(alert) }),
      hitFields: [...fields],
    })),
  };
}

/** Of a hit, besides those of its key: as many as an event of search mode has. */
const mostFields = 15;

const kinds = ['system', 'user', 'other'] as const;

/** Machines first: a user such as SYSTEM is one of many machines. The sender comes last. */
function entityFields(alert: AlertFields | undefined): readonly EntityField[] {
  const named = (alert?.entities ?? []).filter(({ field }) => field !== sender.name);
  const sorted = kinds.flatMap((kind) => named.filter(({ type }) => type === kind));
  return [...sorted.map(({ field, type }) => ({ name: field, type })), sender];
}
