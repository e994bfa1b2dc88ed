import { itemsOf, type Query } from '../src/query/tree.ts';
import type { Event } from './judges/spl/value.ts';

/**
 * Near misses and near hits: the event with each field of the rule changed a little, one change at
 * a time.
 */
export function mutations(event: Event, query: Query): Event[] {
  const fields = new Set(
    [...itemsOf(query)].flatMap((item) => (item.field === undefined ? ['_raw'] : [item.field])),
  );
  const changed: Event[] = [];
  for (const field of fields) {
    const value = event[field];
    if (value === undefined) {
      changed.push({ ...event, [field]: '' }, { ...event, [field]: 'something' });
      continue;
    }
    const { [field]: _, ...without } = event;
    changed.push(without);
    for (const text of variants(String(value))) changed.push({ ...event, [field]: text });
  }
  return changed;
}

function variants(text: string): readonly string[] {
  const half = Math.floor(text.length / 2);
  const all = [
    text.toUpperCase(),
    text.toLowerCase(),
    `x${text}`,
    `${text}x`,
    ` ${text} `,
    text.slice(1),
    text.slice(0, -1),
    `${text.slice(0, half)}*${text.slice(half)}`,
    `${text.slice(0, half)}${text.slice(half + 1)}`,
    text.replaceAll('-', '/'),
    text.replaceAll('/', '-'),
    text.replaceAll('\\', '/'),
    text.replaceAll('\\', '\\\\'),
    text.replaceAll(' ', '  '),
    text.replaceAll('"', "'"),
    `${text}\n`,
  ];
  return [...new Set(all)].filter((variant) => variant !== text);
}
