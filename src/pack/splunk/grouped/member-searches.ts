import { ruleIdsIn } from '../../../backend/splunk/grouped/grouped-search.ts';
import type { ConfFile } from '../../render/conf-reader.ts';

/** The id of a detection is in a comment above its stanza. */
const idAbove = /^# ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\n\[([^\n]*)\]$/gim;
/** A search for several detections is none of them. */
const groupAbove = /^# group [0-9a-f-]{36}\n\[([^\n]*)\]$/gim;

/** What savedsearches.conf of an app has of detections and of searches for several of them. */
export interface NamedSearches {
  /** By name, the ids of detections that have one. */
  readonly ids: ReadonlyMap<string, string>;
  /** Names of grouped searches. */
  readonly groups: ReadonlySet<string>;
  /** By the name of a detection, that of the grouped search that runs it. */
  readonly runBy: ReadonlyMap<string, string>;
}

/** `text` is that of the file, `stanzas` what it says. */
export function namedSearches(text: string, { stanzas }: ConfFile): NamedSearches {
  const ids = new Map([...text.matchAll(idAbove)].map(([, id = '', name = '']) => [name, id]));
  const groups = new Set([...text.matchAll(groupAbove)].map(([, name = '']) => name));
  const groupOf = new Map(
    [...groups].flatMap((name) =>
      ruleIdsIn(stanzas.get(name)?.get('search') ?? '').map((id) => [id, name] as const),
    ),
  );
  const runBy = [...ids].flatMap(([name, id]) => {
    const group = groupOf.get(id);
    return group === undefined ? [] : [[name, group] as const];
  });
  return { ids, groups, runBy: new Map(runBy) };
}
