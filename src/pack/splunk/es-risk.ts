import type { PackDetection } from '../model/detection.ts';
import { confValue } from '../render/conf-text.ts';
import { entitiesOf, namedFields, scoredEntity } from './es-entity.ts';
import { labelled, resultToken } from './es-token.ts';

/**
 * An intermediate finding: it adds risk to its entities and notifies nobody. `title`: without other
 * tokens than those that are meant.
 */
export function addRisk(
  settings: Map<string, string>,
  title: string,
  detection: PackDetection,
): void {
  const objects = entitiesOf(detection).map((entity) => scoredEntity(entity, detection));
  const threats = (detection.alert?.threatObjects ?? []).map(({ field, type }) => ({
    threat_object_field: confValue(field),
    threat_object_type: type,
  }));
  const found = namedFields(detection).flatMap((field) => labelled(field, resultToken(field)));
  settings.set('action.risk', '1');
  settings.set('action.risk.param._risk', JSON.stringify([...objects, ...threats]));
  settings.set(
    'action.risk.param._risk_message',
    found.length === 0 ? title : `${title}: ${found.join(', ')}`,
  );
  // each object has a score of its own
  settings.set('action.risk.param._risk_score', '0');
  settings.set('action.risk.param.verbose', '0');
}
