import type { LogSource } from '../../sigma/rule/rule.ts';
import type { Entity, ThreatObjectType } from './fields.ts';

/** Security domains of Enterprise Security. */
export type SecurityDomain = 'access' | 'endpoint' | 'network' | 'threat' | 'identity' | 'audit';

/**
 * A row of the table: what an alert on a log source is about, by the field names of Sigma. `a|b` is
 * the first of them that the product has. `cim.a` is a column of a data model of the Common
 * Information Model.
 */
export interface AlertRow {
  /** All keys given must be the same in the rule. */
  readonly source: LogSource;
  /** The most important one first. */
  readonly entities: Readonly<Record<string, Entity['type']>>;
  readonly threatObjects?: Readonly<Record<string, ThreatObjectType>>;
  /** Other fields that an alert shows, separated by blanks. */
  readonly shown?: string;
  readonly domain: SecurityDomain;
  /** Hours without a second alert on the same entities. */
  readonly hours: number;
}

/** The column of a data model that a name in the table refers to. */
export const columnOf = (name: string): string | undefined =>
  name.startsWith('cim.') ? name.slice('cim.'.length) : undefined;

/** The field with the machine that an event is from, which each store names differently. */
const eventHost = '@host';
/** The same if it may be a machine that collects the events of others, and so identifies nobody. */
const eventRelay = '@relay';

export const isEventHost = (name: string): boolean => name === eventHost || name === eventRelay;
export const withoutRelay = (names: readonly string[]): readonly string[] =>
  names.filter((name) => name !== eventRelay);
