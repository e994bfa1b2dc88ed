import type { Item, Query } from '../src/query/tree.ts';
import { matches, type TestEvent } from './matcher.ts';

/** Whether the event at a place of the list is meant. */
type Means = (place: number) => boolean;

/** What an item looks at in each event: by place the numbers of events that have just that. */
interface Parts {
  readonly events: readonly TestEvent[];
  readonly numbers: readonly (readonly number[])[];
}

const [untried, meant, other] = [0, 1, 2];

/**
 * Which of the events a query means, by `matches`: places in the list. Near misses of an event have
 * most values in common, so that an item is tried once for each value of its field, and a keyword
 * once for each text.
 */
export function meantAmong(events: readonly TestEvent[]): (query: Query) => ReadonlySet<number> {
  const known = new Map<string | undefined, Parts>();
  const partsOf = (field: string | undefined): Parts => {
    const parts = known.get(field) ?? partsIn(events, field);
    known.set(field, parts);
    return parts;
  };

  function itemMeans(item: Item): Means {
    // looks at two fields
    if (item.test.kind === 'field') return (place) => matches(item, events[place] ?? {});
    const parts = partsOf(item.field);
    const tried = new Uint8Array(parts.events.length);
    const isMeant = (number: number): boolean => {
      if (tried[number] === untried)
        tried[number] = matches(item, parts.events[number] ?? {}) ? meant : other;
      return tried[number] === meant;
    };
    return (place) => parts.numbers[place]?.some(isMeant) ?? false;
  }

  function means(query: Query): Means {
    if (query.kind === 'item') return itemMeans(query);
    if (query.kind === 'not') {
      const operand = means(query.operand);
      return (place) => !operand(place);
    }
    const operands = query.operands.map(means);
    return query.kind === 'and'
      ? (place) => operands.every((operand) => operand(place))
      : (place) => operands.some((operand) => operand(place));
  }

  return (query) => {
    const isMeant = means(query);
    return new Set([...events.keys()].filter(isMeant));
  };
}

/** `field`: undefined for all texts, each by itself. */
function partsIn(events: readonly TestEvent[], field: string | undefined): Parts {
  const parts: TestEvent[] = [];
  const known = new Map<unknown, number>();
  const numberOf = (value: unknown, name: string): number => {
    const number = known.get(value) ?? parts.push({ [name]: value }) - 1;
    known.set(value, number);
    return number;
  };
  const numbers = events.map((event) => {
    if (field !== undefined) return [numberOf(event[field], field)];
    const texts = typeof event._raw === 'string' ? [event._raw] : Object.values(event).map(String);
    return [...new Set(texts)].map((text) => numberOf(text, 'text'));
  });
  return { events: parts, numbers };
}
