import type { PackDetection } from './detection.ts';
import type { FieldSpec } from './event-definition.ts';

/** Fields that say of each event which rule raised it. Dashboards and notifications read them. */
export const sigmaFields = {
  rule: 'sigma_rule',
  id: 'sigma_rule_id',
  level: 'sigma_level',
  tactic: 'sigma_tactic',
  technique: 'sigma_technique',
  techniques: 'sigma_techniques',
} as const;

const sigmaNames: ReadonlySet<string> = new Set(Object.values(sigmaFields));

/** Whether events have a constant of Sigpack under that name, which what a message says must not replace. */
export const isSigmaField = (name: string): boolean => sigmaNames.has(name);

/** Those that the dashboard needs, of packs that have no room for more. */
const needed: ReadonlySet<string> = new Set([sigmaFields.rule, sigmaFields.level, sigmaFields.technique]);

/** The same text in each event. A field with nothing to say is left out. */
export function sigmaEventFields({ id, name, severity, attack }: PackDetection, few: boolean): Readonly<Record<string, FieldSpec>> {
  const techniques = attack.techniques.filter((technique) => /^T\d{4}(?:\.\d{3})?$/.test(technique));
  const tactics = attack.tactics.filter((tactic) => /^[a-z-]+$/.test(tactic));
  const values: readonly (readonly [string, string | undefined])[] = [
    [sigmaFields.rule, withoutTemplates(name)],
    [sigmaFields.id, id],
    [sigmaFields.level, severity],
    [sigmaFields.tactic, tactics[0]],
    // an event field holds one text: charts group by the first one, the list has all of them
    [sigmaFields.technique, techniques[0]],
    [sigmaFields.techniques, techniques.join(' ')],
  ];
  return Object.fromEntries(
    values.flatMap(([field, value]) => (value === undefined || value === '' || (few && !needed.has(field)) ? [] : [[field, constant(value)]])),
  );
}

const constant = (template: string): FieldSpec => ({ data_type: 'string', providers: [{ type: 'template-v1', template, require_values: false }] });

// Graylog's templates take a backslash for an escape, and drop the whole field where one is wrong
const withoutTemplates = (text: string): string => text.replaceAll('\\', '/').replaceAll('${', '$ {');
