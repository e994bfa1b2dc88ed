/** Names of the fields of a hit, which alerts, dashboards and correlations read. */
export const hitFields = {
  rule: 'sigma_rule',
  title: 'sigma_title',
  level: 'sigma_level',
  alert: 'sigma_alert',
  status: 'sigma_status',
  tactics: 'sigma_tactics',
  techniques: 'sigma_techniques',
  group: 'sigma_group',
  link: 'sigma_link',
  entity: 'sigma_entity',
  entityType: 'sigma_entity_type',
} as const;

/** What a field of a hit has that alerts are grouped by, where there is nothing to put in it. */
export const noValue = '-';
