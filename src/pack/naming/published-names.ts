import { nothingPublished, type Published } from '../config/published.ts';
import { stanzaKey } from '../render/conf-text.ts';
import type { DetectionName } from './detection-name.ts';

/** Where rules were published before: what their names and ids were. */
export interface NamingHistory {
  readonly published: Published;
  /** Path of a rule's file as {@link Published} has it. */
  readonly pathOf: (path: string) => string;
  /** False: names are made anew, as for a new pack; ids stay all the same. */
  readonly keepNames: boolean;
  /** True: published rules that are not among those at hand are retired. */
  readonly retire: boolean;
}

export const noHistory: NamingHistory = {
  published: nothingPublished,
  pathOf: (path) => path,
  keepNames: true,
  retire: false,
};

/** What names, slugs and macros were published before, and for which detection. */
export interface PublishedNames {
  readonly byId: ReadonlyMap<
    string,
    Omit<DetectionName, 'filterMacro'> & Partial<Pick<DetectionName, 'filterMacro'>>
  >;
  /** The id of what was published under a name, by what the stanza is called. */
  readonly names: ReadonlyMap<string, string>;
  readonly slugs: ReadonlySet<string>;
  readonly macros: ReadonlySet<string>;
}

export function publishedNames({ published, keepNames }: NamingHistory): PublishedNames {
  const { detections, retired } = published;
  // a detection that comes back has the name that it had; one that was renamed has its last
  const kept = keepNames ? [...retired, ...detections] : [];
  const taken = keepNames ? kept : retired;
  return {
    byId: new Map(
      kept.map(({ id, name, slug, filterMacro }) => [
        id.toLowerCase(),
        { id, name, slug, ...(filterMacro === undefined ? {} : { filterMacro }) },
      ]),
    ),
    names: new Map(taken.map(({ id, name }) => [stanzaKey(name), id.toLowerCase()])),
    slugs: new Set(taken.map(({ slug }) => slug)),
    macros: new Set(taken.flatMap(({ filterMacro }) => filterMacro ?? [])),
  };
}
