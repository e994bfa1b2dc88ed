import { isIP } from 'node:net';
import { type Item, itemsOf, type Query } from '../src/query/tree.ts';
import type { TestEvent } from './matcher.ts';

/** A known disagreement between what a rule means and what a target's query finds. */
interface KnownFault {
  readonly targets: readonly string[];
  readonly reason: string;
  /**
   * Whether the item is one that the target gets wrong for this text of its field, which may be one
   * of several.
   */
  readonly applies: (item: Item, text: string, texts: readonly string[]) => boolean;
}

const faults: readonly KnownFault[] = [
  {
    targets: ['splunk', 'grep'],
    reason:
      'comparisons, parts of dates and endings like another field fail where a field has several values, of which grep sees none',
    applies: ({ test }, _, texts) =>
      (test.kind === 'compare' || test.kind === 'time' || test.kind === 'field') &&
      texts.length > 1,
  },
  {
    targets: ['graylog', 'es-qs'],
    reason:
      "`$` of PCRE also stands before a line break at the end of the value; in Lucene's expressions it is left out",
    applies: ({ test }, text) =>
      test.kind === 'regex' && test.source.includes('$') && text.endsWith('\n'),
  },
  {
    targets: ['graylog', 'es-qs', 'logpoint', 'grep'],
    reason: 'the expression of an IPv6 block takes texts for addresses that are none',
    applies: ({ test }, text) => test.kind === 'cidr' && test.version === 6 && isIP(text) === 0,
  },
];

export interface KnownFaults {
  readonly isKnown: (query: Query, event: TestEvent) => boolean;
  /** Reasons of those that were not met: what was mended must leave the list. */
  readonly unused: () => readonly string[];
}

/** The known faults of a target. */
export function knownFaultsOf(target: string): KnownFaults {
  const own = faults.filter(({ targets }) => targets.includes(target));
  const met = new Set<KnownFault>();
  return {
    isKnown(query, event) {
      const fault = own.find(({ applies }) =>
        [...itemsOf(query)].some((item) => {
          const texts =
            item.field === undefined ? [] : [event[item.field] ?? []].flat().map(String);
          return texts.some((text) => applies(item, text, texts));
        }),
      );
      if (fault) met.add(fault);
      return fault !== undefined;
    },
    unused: () => own.filter((fault) => !met.has(fault)).map(({ reason }) => reason),
  };
}
