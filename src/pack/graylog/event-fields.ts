import { hitFields } from '../../backend/graylog/ingest/hit-fields.ts';
import type { PackDetection } from '../model/detection.ts';
import { type FieldEntry, templateSpec } from './field-spec.ts';

/**
 * Fields that tell which rule of which pack raised an event. Dashboards and notifications read
 * them.
 */
export const sigmaFields = {
  pack: 'sigma_pack',
  rule: 'sigma_rule',
  id: 'sigma_rule_id',
  level: 'sigma_level',
  tactic: 'sigma_tactic',
  technique: 'sigma_technique',
  techniques: 'sigma_techniques',
} as const;

const names: ReadonlySet<string> = new Set(Object.values(sigmaFields));

/** Whether Sigpack sets an event field of this name, which a message must not replace. */
export const isSigmaField = (name: string): boolean => names.has(name);

/** Those that the dashboard needs, for packs that have no room for more. */
const needed: ReadonlySet<string> = new Set([
  sigmaFields.pack,
  sigmaFields.rule,
  sigmaFields.level,
  sigmaFields.technique,
]);

/** The same text in each event. Empty fields are left out. */
export function sigmaEventFields(
  { id, name, severity, attack }: PackDetection,
  packId: string,
  few: boolean,
): readonly FieldEntry[] {
  const techniques = attack.techniques.filter((technique) =>
    /^T\d{4}(?:\.\d{3})?$/.test(technique),
  );
  const tactics = attack.tactics.filter((tactic) => /^[a-z-]+$/.test(tactic));
  const entries: FieldEntry[] = [];
  const add = (field: string, value: string | undefined): void => {
    if (value !== undefined && value !== '' && !(few && !needed.has(field)))
      entries.push([field, templateSpec(value)]);
  };
  add(sigmaFields.pack, packId);
  add(sigmaFields.rule, withoutTemplates(name));
  add(sigmaFields.id, id);
  add(sigmaFields.level, severity);
  add(sigmaFields.tactic, tactics[0]);
  // an event field holds one text: charts group by the first one, the list has all of them
  add(sigmaFields.technique, techniques[0]);
  add(sigmaFields.techniques, techniques.join(' '));
  return entries;
}

/** The name of the field with the address of the rule, in hits and in events. */
export const linkName = hitFields.link;

export const linkField = (address: string): FieldEntry => [
  linkName,
  templateSpec(withoutTemplates(address)),
];

// Graylog's templates read a backslash as an escape, and drop the whole field if one is invalid
const withoutTemplates = (text: string): string =>
  text.replaceAll('\\', '/').replaceAll('${', '$ {');
