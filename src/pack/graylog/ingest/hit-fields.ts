/** Names of the fields of a hit that alerts, dashboards and correlations read. */
export const hitFields = {
  rule: 'sigma_rule',
  title: 'sigma_title',
  level: 'sigma_level',
  tactics: 'sigma_tactics',
  techniques: 'sigma_techniques',
  entity: 'sigma_entity',
  alert: 'sigma_alert',
  group: 'sigma_group',
} as const;
