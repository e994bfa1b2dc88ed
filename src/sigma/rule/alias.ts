import type { Level, Status } from './rule.ts';

/**
 * Other words for a status. `testing` is from the first schema of Sigma; `production` comes from
 * its description of `stable`.
 */
export const statusAliases: ReadonlyMap<string, Status> = new Map([
  ['testing', 'test'],
  ['production', 'stable'],
  ['prod', 'stable'],
]);

export const levelAliases: ReadonlyMap<string, Level> = new Map([
  ['info', 'informational'],
  ['information', 'informational'],
  ['med', 'medium'],
  ['moderate', 'medium'],
  ['crit', 'critical'],
]);
