import type { ConvertedEntry } from './target.ts';

/** Name of one rule among others: the first digits of its id tell a second rule of a name apart, else a number does. */
export function createDistinctNames(keyOf: (name: string) => string = (name) => name, join = (name: string, mark: string): string => `${name}-${mark}`) {
  const taken = new Set<string>();
  return (name: string, { id }: Pick<ConvertedEntry['rule'], 'id'>): string => {
    const digits = id?.replace(/[^0-9a-z]/gi, '').slice(0, 8) ?? '';
    let free = name;
    if (taken.has(keyOf(free)) && digits !== '') free = join(name, digits);
    for (let number = 2; taken.has(keyOf(free)); number++) free = join(name, String(number));
    taken.add(keyOf(free));
    return free;
  };
}
