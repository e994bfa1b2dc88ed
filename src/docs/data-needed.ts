import { type CompiledRule, logSourcesOf } from '../query/compile.ts';
import type { Item, Query } from '../query/tree.ts';
import { patternText } from '../sigma/pattern.ts';
import type { LogSource } from '../sigma/rule.ts';
import { windowsCategory, windowsChannel } from './windows-log.ts';

const eventIdFields = new Set(['eventid', 'eventcode', 'event_id', 'event.code', 'winlog.event_id']);

interface Taken {
  readonly fields: Set<string>;
  readonly eventIds: Set<string>;
  keywords: boolean;
}

/** What must be collected for a rule to work: log sources, channels, event ids and fields, a line each. */
export function dataNeeded(compiled: CompiledRule): readonly string[] {
  const sources = logSourcesOf(compiled);
  const taken: Taken = { fields: new Set(), eventIds: new Set(), keywords: false };
  takeRule(compiled, taken);
  const channels = new Set<string>();
  for (const source of sources) for (const channel of channelsOf(source, taken.eventIds.size > 0)) channels.add(channel);
  return [
    ...sources.map((source) => `Log source: ${sourceText(source)}`),
    ...[...new Set(sources.flatMap(({ definition }) => definition ?? []))].map((definition) => `Setup: ${definition}`),
    ...listed('Channel', channels),
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

function channelsOf({ product, category, service }: LogSource, namesEvents: boolean): readonly string[] {
  if (product !== 'windows') return [];
  const log = category === undefined ? undefined : windowsCategory(category);
  const channel = windowsChannel(service ?? log?.service ?? '');
  if (channel === undefined) return [];
  const ids = log && service === undefined && !namesEvents ? ` (event ID ${log.eventIds.join(', ')})` : '';
  // a process is also written by Windows' own audit policy
  return category === 'process_creation' && service === undefined ? [`${channel}${ids}`, 'Security (event ID 4688)'] : [`${channel}${ids}`];
}

function takeRule(compiled: CompiledRule, taken: Taken): void {
  if (compiled.kind === 'detection') {
    takeQuery(compiled.query, true, taken);
    return;
  }
  for (const part of compiled.parts) takeRule(part, taken);
  const { groupBy, valueFields, aliases } = compiled.rule;
  // an alias stands for fields of the rules below
  const named = new Map(aliases.map((alias) => [alias.name, [...alias.fields.values()]]));
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
