import { filterFits } from '../../sigma/filter/filter.ts';
import { perSource } from '../../sigma/rule/per-source.ts';
import type { LogSource } from '../../sigma/rule/rule.ts';
import { once } from '../../source/cache.ts';
import type { Entity, ThreatObject } from './fields.ts';
import { type AlertRow, columnOf, isEventHost, type SecurityDomain } from './row.ts';
import { cloudRows } from './rows-cloud.ts';
import { hostRows } from './rows-hosts.ts';
import { networkRows } from './rows-network.ts';
import { windowsRows } from './rows-windows.ts';

/** A field under each of its possible names, the preferred one first. */
export type Alternatives = readonly string[];

/** What alerts on a log source are about, by the field names of Sigma. */
export interface AlertSource {
  readonly entities: readonly { readonly names: Alternatives; readonly type: Entity['type'] }[];
  readonly threatObjects: readonly {
    readonly names: Alternatives;
    readonly type: ThreatObject['type'];
  }[];
  readonly shown: readonly Alternatives[];
  readonly domain: SecurityDomain;
  /** Seconds. */
  readonly period: number;
  /** All names above that pipelines may change. */
  readonly names: readonly string[];
}

interface TableEntry {
  readonly source: LogSource;
  readonly alert: () => AlertSource;
}

const keysOf = ({ category, product, service }: LogSource): number =>
  Number(category !== undefined) + Number(product !== undefined) + Number(service !== undefined);

// the most specific rows first
const table = once((): readonly TableEntry[] =>
  [...windowsRows, ...cloudRows, ...hostRows, ...networkRows]
    .map((row) => ({ source: row.source, alert: once(() => read(row)) }))
    .sort((a, b) => keysOf(b.source) - keysOf(a.source)),
);

/** All log sources that have a row in the table. */
export const tableSources = once((): readonly LogSource[] => table().map(({ source }) => source));

function read({ entities, threatObjects = {}, shown = '', domain, hours }: AlertRow): AlertSource {
  const named = <Type extends string>(fields: Readonly<Record<string, Type>>) =>
    Object.entries(fields).map(([names, type]) => ({ names: names.split('|'), type }));
  const alert = {
    entities: named(entities),
    threatObjects: named(threatObjects),
    shown: shown.split(' ').flatMap((names) => (names === '' ? [] : [names.split('|')])),
    domain,
    period: hours * 3600,
  };
  const names = new Set(
    [...alert.entities, ...alert.threatObjects].flatMap((field) => field.names),
  );
  for (const field of alert.shown.flat()) names.add(field);
  return {
    ...alert,
    names: [...names].filter((name) => !isEventHost(name) && columnOf(name) === undefined),
  };
}

/** The row of a log source; undefined if it has none. */
export const alertSourceOf = perSource((source) =>
  table()
    .find((entry) => filterFits(entry.source, source))
    ?.alert(),
);

/** Fields that the pipelines of a target are asked to name. */
export const usualNames = (source: LogSource): readonly string[] =>
  alertSourceOf(source)?.names ?? none;

const none: readonly string[] = [];
