import { nothingPublished, type Published } from '../config/published.ts';
import { stanzaKey } from '../render/conf-text.ts';
import type { DetectionName } from './detection-name.ts';

/** The names and ids that rules were published with. */
export interface NamingHistory {
  readonly published: Published;
  /** Path of a rule's file as in {@link Published}. */
  readonly pathOf: (path: string) => string;
  /** False: names are chosen anew, as for a new pack; ids stay in any case. */
  readonly keepNames: boolean;
  /** True: published rules that are missing now are retired. */
  readonly retire: boolean;
}

export const noHistory: NamingHistory = {
  published: nothingPublished,
  pathOf: (path) => path,
  keepNames: true,
  retire: false,
};

/** Published names, slugs and macros, and the detections that have them. */
export interface PublishedNames {
  readonly byId: ReadonlyMap<
    string,
    Omit<DetectionName, 'filterMacro'> & Partial<Pick<DetectionName, 'filterMacro'>>
  >;
  /** The ids of published detections, by the key of their stanza. */
  readonly names: ReadonlyMap<string, string>;
  readonly slugs: ReadonlySet<string>;
  readonly macros: ReadonlySet<string>;
}

export function publishedNames({ published, keepNames }: NamingHistory): PublishedNames {
  const { detections, retired } = published;
  // a detection that comes back gets its former name; one that was renamed, its last
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
