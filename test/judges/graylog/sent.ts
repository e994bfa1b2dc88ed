import type { TestEvent } from '../../matcher.ts';
import type { Documents } from '../proof-data.ts';

interface Choice {
  /** Kinds of fields that are known already; new ones are added. Also `numeric`, text or not. */
  readonly kinds?: Map<string, string>;
  /** Of the near misses of a rule, so many are sent. */
  readonly nearMisses?: number;
}

/**
 * Some of the near misses of each rule, and of all events those whose fields are of the kinds of
 * the first: an index keeps one kind a field.
 */
export function messages(
  all: Documents,
  { kinds = new Map(), nearMisses = 4 }: Choice = {},
): Documents {
  const fits = (event: TestEvent): boolean => {
    const entries = Object.entries(event);
    if (!entries.every(([name, value]) => isOf(kinds.get(name), value))) return false;
    for (const [name, value] of entries) if (!kinds.has(name)) kinds.set(name, typeof value);
    return true;
  };
  const recorded = all.list.slice(0, all.recorded);
  const refused = recorded.find((event) => !fits(event));
  if (refused)
    throw new Error(`a recorded event has a field of another kind: ${JSON.stringify(refused)}`);
  const near = all.list.slice(all.recorded);
  const step = Math.max(1, Math.floor(near.length / (nearMisses * all.own.size)));
  return {
    ...all,
    list: [...recorded, ...near.filter((event, index) => index % step === 0 && fits(event))],
  };
}

const isOf = (kind: string | undefined, value: unknown): boolean =>
  kind === undefined ||
  kind === typeof value ||
  (kind === 'numeric' && value !== '' && Number.isFinite(Number(value)));
