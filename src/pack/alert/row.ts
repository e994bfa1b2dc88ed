import type { LogSource } from '../../sigma/rule/rule.ts';
import type { Entity, ThreatObjectType } from './fields.ts';

/** Enterprise Security's domains. */
export type SecurityDomain = 'access' | 'endpoint' | 'network' | 'threat' | 'identity' | 'audit';

/**
 * A line of the table: what an alert on a log source is about, in Sigma's names of fields. `a|b` is
 * the first of them that the product has. `cim.a` is a column of a data model of the Common
 * Information Model.
 */
export interface AlertRow {
  /** Every key given must be the same in the rule. */
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

/** The column of a data model that a name of the table is for. */
export const columnOf = (name: string): string | undefined =>
  name.startsWith('cim.') ? name.slice('cim.'.length) : undefined;

/**
 * The field with the machine that an event is from, which each store has under a name of its own.
 */
const eventHost = '@host';
/**
 * The same where it may well be a machine that collects the events of others, so that it tells
 * nobody apart.
 */
const eventRelay = '@relay';

export const isEventHost = (name: string): boolean => name === eventHost || name === eventRelay;
export const withoutRelay = (names: readonly string[]): readonly string[] =>
  names.filter((name) => name !== eventRelay);
