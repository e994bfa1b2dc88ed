import { type CategoryLog, type EventLog, windowsCategory, windowsChannels } from '../event/windows-log.ts';
import { type CompiledRule, logSourcesOf } from '../query/compile.ts';
import type { Item, Query } from '../query/tree.ts';
import { eventFieldsOf } from '../sigma/correlation.ts';
import { patternText } from '../sigma/pattern.ts';
import type { LogSource } from '../sigma/rule.ts';

const eventIdFields = new Set(['eventid', 'eventcode', 'event_id', 'event.code', 'winlog.event_id']);

interface Taken {
  readonly fields: Set<string>;
  readonly eventIds: Set<string>;
  keywords: boolean;
  /** Correlations may share parts, level upon level. */
  readonly visited: Set<CompiledRule>;
}

type ChannelLog = Extract<CategoryLog, { readonly kind: 'channel' }>;

interface Needed {
  readonly channels: Set<string>;
  readonly providers: Set<string>;
  readonly service: string | undefined;
}

/**
 * What must be collected for a rule to work: log sources, channels, event ids and fields, a line each. `service`: the one Windows service that is
 * searched, where two could have the events.
 */
export function dataNeeded(compiled: CompiledRule, service?: string): readonly string[] {
  const sources = logSourcesOf(compiled);
  const taken: Taken = { fields: new Set(), eventIds: new Set(), keywords: false, visited: new Set() };
  takeRule(compiled, taken);
  const needed: Needed = { channels: new Set(), providers: new Set(), service };
  for (const source of sources) takeChannels(source, taken, needed);
  return [
    ...sources.map((source) => `Log source: ${sourceText(source)}`),
    ...[...new Set(sources.flatMap(({ definition }) => definition ?? []))].map((definition) => `Setup: ${definition}`),
    ...listed('Channel', needed.channels),
    ...listed('ETW provider', needed.providers),
    ...listed('Event ID', taken.eventIds),
    ...listed('Field', taken.fields),
    ...(taken.keywords ? ['Keywords in the whole event'] : []),
  ];
}

/** `product windows, service dhcp`. */
function sourceText(source: LogSource): string {
  const parts = (['product', 'category', 'service'] as const).flatMap((name) => (source[name] === undefined ? [] : [`${name} ${source[name]}`]));
  return parts.length > 0 ? parts.join(', ') : 'any';
}

function listed(name: string, values: ReadonlySet<string>): string[] {
  if (values.size === 0) return [];
  return [`${name}${values.size > 1 ? 's' : ''}: ${[...values].join(', ')}`];
}

/** Where Windows writes what a source names; event ids only where the rule names none of its own. */
function takeChannels({ product, category, service }: LogSource, taken: Taken, needed: Needed): void {
  if (product !== 'windows') return;
  const log = category === undefined ? undefined : windowsCategory(category);
  if (service !== undefined || log === undefined) for (const channel of windowsChannels(service ?? '')) needed.channels.add(channel);
  else if (log.kind === 'etw') needed.providers.add(log.provider);
  else for (const channel of channelsOf(log, taken, needed.service)) needed.channels.add(channel);
}

/** Of a category that a service records, with the audit event that has the same unless another service is searched. */
function channelsOf(log: ChannelLog, { fields, eventIds }: Taken, service: string | undefined): readonly string[] {
  const ids = eventIds.size > 0 ? '' : ` (${eventIdText(log)})`;
  const recorded = windowsChannels(log.service).map((channel) => `${channel}${ids}`);
  if (!log.audit || eventIds.size > 0 || service === log.service) return recorded;
  const audited = auditText(log.audit, fields);
  return service === log.audit.service ? [audited] : recorded.map((channel) => `${channel} or ${audited}`);
}

function auditText(audit: EventLog & { readonly has: ReadonlySet<string> }, fields: ReadonlySet<string>): string {
  const lacking = [...fields].filter((field) => !audit.has.has(field));
  const without = lacking.length > 0 ? `, without ${lacking.join(', ')}` : '';
  return `${windowsChannels(audit.service).join()} (${eventIdText(audit)}${without})`;
}

const eventIdText = ({ eventIds }: EventLog): string => `event ID${eventIds.length > 1 ? 's' : ''} ${eventIds.join(', ')}`;

function takeRule(compiled: CompiledRule, taken: Taken): void {
  if (taken.visited.has(compiled)) return;
  taken.visited.add(compiled);
  if (compiled.kind === 'detection') {
    takeQuery(compiled.query, true, taken);
    return;
  }
  for (const part of compiled.parts) takeRule(part, taken);
  const { groupBy, valueFields, aliases } = compiled.rule;
  // an alias stands for fields of the rules below
  const named = new Map(aliases.map((alias) => [alias.name, eventFieldsOf(alias)]));
  for (const field of [...groupBy, ...valueFields]) for (const real of named.get(field) ?? [field]) taken.fields.add(real);
}

/** `wanted`: the event has it, rather than that it must not. */
function takeQuery(query: Query, wanted: boolean, taken: Taken): void {
  if (query.kind === 'item') takeItem(query, wanted, taken);
  else if (query.kind === 'not') takeQuery(query.operand, !wanted, taken);
  else for (const operand of query.operands) takeQuery(operand, wanted, taken);
}

function takeItem({ field, test }: Item, wanted: boolean, taken: Taken): void {
  if (field === undefined) {
    taken.keywords = true;
    return;
  }
  taken.fields.add(field);
  if (test.kind === 'field') taken.fields.add(test.other);
  if (!wanted || !eventIdFields.has(field.toLowerCase())) return;
  const id = test.kind === 'number' ? String(test.value) : test.kind === 'string' ? patternText(test.pattern) : undefined;
  if (id !== undefined) taken.eventIds.add(id);
}
