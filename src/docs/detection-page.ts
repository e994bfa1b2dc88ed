import type { PackFile, SearchScope } from '../pack/model/detection.ts';

/** What the page of a detection adds to the detection itself. */
export interface DetectionPage {
  /** Id of the detection. */
  readonly id: string;
  /** The data that must be collected for it, one entry each. */
  readonly dataNeeded: readonly string[];
  /** The same by the one Windows service that is searched; undefined if that is no different. */
  readonly dataNeededOf?: ReadonlyMap<string, readonly string[]>;
  /** The rule as written. */
  readonly source: string;
}

/** The data that must be collected for a search, without services that it does not look at. */
export function searchedData(
  page: DetectionPage | undefined,
  scopes: readonly SearchScope[],
): readonly string[] {
  const [service, ...others] = new Set(scopes.map(({ source }) => source.service));
  const own =
    service === undefined || others.length > 0 ? undefined : page?.dataNeededOf?.get(service);
  return own ?? page?.dataNeeded ?? [];
}

/** The pages of a pack: rows for the app's view, and readable files for the bundle. */
export interface PackPages {
  readonly pages: readonly DetectionPage[];
  /** Markdown, one file per log source. */
  readonly files: readonly PackFile[];
}

export const noPages: PackPages = { pages: [], files: [] };
