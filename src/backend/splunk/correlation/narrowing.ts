import type { Item, Query } from '../../../query/tree.ts';

/**
 * Fields that name the kind of an event, or its source: the events of one kind may be any number.
 */
const kinds: ReadonlySet<string> = new Set(
  (
    'eventid eventcode event_id event.code event.action event.category event.type ' +
    'event.dataset event.module winlog.event_id channel log_name provider_name ' +
    'winlog.channel winlog.provider_name source sourcetype index host eventsource eventname ' +
    'eventtype event_type operation operationname category type product'
  ).split(' '),
);

export const isKindField = (field: string): boolean => kinds.has(field.toLowerCase());

/**
 * Whether a query asks for more than the kind of an event: for a value of a field, for a keyword,
 * or for the absence of one.
 */
export function narrows(query: Query): boolean {
  switch (query.kind) {
    case 'and':
      return query.operands.some(narrows);
    case 'or':
      return query.operands.every(narrows);
    case 'not':
      return narrows(query.operand);
    default:
      return narrowsItem(query);
  }
}

function narrowsItem({ field, test }: Item): boolean {
  return (
    test.kind !== 'exists' && test.kind !== 'null' && (field === undefined || !isKindField(field))
  );
}
