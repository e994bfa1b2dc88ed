import type { Level } from '../../sigma/rule/rule.ts';
import type { Entity } from '../alert/fields.ts';
import type { PackDetection } from '../model/detection.ts';
import { confValue } from '../render/conf-text.ts';

/** Of a detection whose settings have none. */
export const riskScores: Readonly<Record<Level, number>> = {
  informational: 10,
  low: 20,
  medium: 40,
  high: 60,
  critical: 80,
};

const theHost: readonly Entity[] = [{ field: 'host', type: 'system' }];

/**
 * Who and what a result is about, the most important first; else the host, which every event has.
 */
export const entitiesOf = ({ alert, settings }: PackDetection): readonly Entity[] =>
  settings.risk?.objects ?? alert?.entities ?? theHost;

/** An entity as in `_entities` and `_risk`. */
export const scoredEntity = ({ field, type }: Entity, detection: PackDetection) => ({
  risk_object_field: confValue(field),
  risk_object_type: type,
  risk_score: riskScoreOf(detection),
});

export const riskScoreOf = ({ settings, severity }: PackDetection): number =>
  settings.risk?.score ?? riskScores[severity];

/**
 * Fields of the result that the texts of an alert show, each once: entities, then threat objects.
 * Hashes are left out, as nobody reads them in a sentence.
 */
export function namedFields(detection: PackDetection): readonly string[] {
  const threats = (detection.alert?.threatObjects ?? []).filter(
    ({ type }) => !type.endsWith('_hash'),
  );
  return [...new Set([...entitiesOf(detection), ...threats].map(({ field }) => field))];
}
