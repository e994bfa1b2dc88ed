import {
  type CategoryLog,
  type EventLog,
  windowsCategory,
  windowsChannels,
} from '../event/windows/log.ts';
import { type CompiledRule, logSourcesOf } from '../query/compile.ts';
import type { Item, Query } from '../query/tree.ts';
import { eventFieldsOf } from '../sigma/correlation/correlation.ts';
import { perSource } from '../sigma/rule/per-source.ts';
import { type LogSource, sourceParts } from '../sigma/rule/rule.ts';
import { patternText } from '../sigma/value/pattern.ts';
import { plural } from '../source/plural.ts';

const eventIdFields = new Set([
  'eventid',
  'eventcode',
  'event_id',
  'event.code',
  'winlog.event_id',
]);

/** What a rule asks of events. */
interface Asked {
  readonly fields: Set<string>;
  readonly eventIds: Set<string>;
  keywords: boolean;
  /** Correlations may share parts on several levels. */
  readonly visited: Set<CompiledRule>;
}

type ChannelLog = Extract<CategoryLog, { readonly kind: 'channel' }>;

/** What a rule needs, as far as it does not depend on the service that is searched. */
interface Needs {
  readonly sources: readonly LogSource[];
  readonly asked: Asked;
  /** Lines before and after those of the channels. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

export interface DataNeeded {
  readonly lines: readonly string[];
  /** By the one Windows service that is searched; undefined if that is no different. */
  readonly ofService?: ReadonlyMap<string, readonly string[]>;
}

/** The data that a rule needs: log sources, channels, event ids and fields, one line each. */
export const dataNeeded = (compiled: CompiledRule): readonly string[] =>
  linesOf(needsOf(compiled), undefined);

/** What must be collected for a log source, whatever its rules test. */
export const dataOfSource = (source: LogSource): readonly string[] =>
  linesOf(
    {
      sources: [source],
      asked: { fields: new Set(), eventIds: new Set(), keywords: false, visited: new Set() },
      before: [],
      after: [],
    },
    undefined,
  );

/** The same, also for each Windows service that may be searched alone: two may have the events. */
export function dataNeededOf(compiled: CompiledRule, services: readonly string[]): DataNeeded {
  const needs = needsOf(compiled);
  const lines = linesOf(needs, undefined);
  if (services.length === 0 || !needs.sources.some((source) => isAudited(source, needs.asked)))
    return { lines };
  const own = services.map((service) => [service, linesOf(needs, service)] as const);
  return own.some(([, others]) => others.join() !== lines.join())
    ? { lines, ofService: new Map(own) }
    : { lines };
}

function needsOf(compiled: CompiledRule): Needs {
  const sources = logSourcesOf(compiled);
  const asked: Asked = {
    fields: new Set(),
    eventIds: new Set(),
    keywords: false,
    visited: new Set(),
  };
  addRule(compiled, asked);
  const before = sources.map((source) => `Log source: ${sourceText(source)}`);
  const definitions = new Set(sources.flatMap(({ definition }) => definition ?? []));
  for (const definition of definitions) before.push(`Setup: ${definition}`);
  const after = [...listed('Event ID', asked.eventIds), ...listed('Field', asked.fields)];
  if (asked.keywords) after.push('Keywords in the whole event');
  return { sources, asked, before, after };
}

function linesOf(
  { sources, asked, before, after }: Needs,
  service: string | undefined,
): readonly string[] {
  const channels = new Set<string>();
  const providers = new Set<string>();
  for (const source of sources) {
    const log = logOf(source);
    if (log?.kind === 'etw') providers.add(log.provider);
    else
      for (const channel of log ? channelsOf(log, asked, service) : channelsBySource(source))
        channels.add(channel);
  }
  return [
    ...before,
    ...listed('Channel', channels),
    ...listed('ETW provider', providers),
    ...after,
  ];
}

/** The log of a category of Windows; undefined for a source that names its service. */
const logOf = ({ product, category, service }: LogSource): CategoryLog | undefined =>
  product !== 'windows' || service !== undefined || category === undefined
    ? undefined
    : windowsCategory(category);

const channelsBySource = ({ product, service = '' }: LogSource): readonly string[] =>
  product === 'windows' ? windowsChannels(service) : [];

/** Whether an audit event may take the place of what the category's service records. */
function isAudited(source: LogSource, { eventIds }: Asked): boolean {
  const log = logOf(source);
  return log?.kind === 'channel' && log.audit !== undefined && eventIds.size === 0;
}

/** `product windows, service dhcp`. */
const sourceText = perSource((source) => {
  const parts = sourceParts.flatMap((name) =>
    source[name] === undefined ? [] : [`${name} ${source[name]}`],
  );
  return parts.length > 0 ? parts.join(', ') : 'any';
});

function listed(name: string, values: ReadonlySet<string>): string[] {
  if (values.size === 0) return [];
  return [`${plural(values.size, name)}: ${[...values].join(', ')}`];
}

/**
 * The channels of a category, with the audit event that has the same unless another service is
 * searched; with event ids only if the rule names none.
 */
function channelsOf(
  log: ChannelLog,
  { fields, eventIds }: Asked,
  service: string | undefined,
): readonly string[] {
  const ids = eventIds.size > 0 ? '' : ` (${eventIdText(log)})`;
  const recorded = windowsChannels(log.service).map((channel) => `${channel}${ids}`);
  if (!log.audit || eventIds.size > 0 || service === log.service) return recorded;
  const audited = auditText(log.audit, fields);
  return service === log.audit.service
    ? [audited]
    : recorded.map((channel) => `${channel} or ${audited}`);
}

function auditText(
  audit: EventLog & { readonly has: ReadonlySet<string> },
  fields: ReadonlySet<string>,
): string {
  const lacking = [...fields].filter((field) => !audit.has.has(field));
  const without = lacking.length > 0 ? `, without ${lacking.join(', ')}` : '';
  return `${windowsChannels(audit.service).join()} (${eventIdText(audit)}${without})`;
}

const eventIdText = ({ eventIds }: EventLog): string =>
  `${plural(eventIds.length, 'event ID')} ${eventIds.join(', ')}`;

function addRule(compiled: CompiledRule, asked: Asked): void {
  if (asked.visited.has(compiled)) return;
  asked.visited.add(compiled);
  if (compiled.kind === 'detection') {
    addQuery(compiled.query, true, asked);
    return;
  }
  for (const part of compiled.parts) addRule(part, asked);
  const { groupBy, valueFields, aliases } = compiled.rule;
  // an alias stands for fields of the rules below
  const fieldsByAlias = new Map(aliases.map((alias) => [alias.name, eventFieldsOf(alias)]));
  for (const field of [...groupBy, ...valueFields])
    for (const real of fieldsByAlias.get(field) ?? [field]) asked.fields.add(real);
}

/** `wanted`: false below an odd number of negations. */
function addQuery(query: Query, wanted: boolean, asked: Asked): void {
  if (query.kind === 'item') addItem(query, wanted, asked);
  else if (query.kind === 'not') addQuery(query.operand, !wanted, asked);
  else for (const operand of query.operands) addQuery(operand, wanted, asked);
}

function addItem({ field, test }: Item, wanted: boolean, asked: Asked): void {
  if (field === undefined) {
    asked.keywords = true;
    return;
  }
  asked.fields.add(field);
  if (test.kind === 'field') asked.fields.add(test.other);
  if (!wanted || !eventIdFields.has(field.toLowerCase())) return;
  const id =
    test.kind === 'number'
      ? String(test.value)
      : test.kind === 'string'
        ? patternText(test.pattern)
        : undefined;
  if (id !== undefined) asked.eventIds.add(id);
}
