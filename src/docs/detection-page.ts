import type { PackFile, SearchScope } from '../pack/model/detection.ts';

/** What a detection's page says beyond what the packs know of it. */
export interface DetectionPage {
  /** Id of the detection. */
  readonly id: string;
  /** What must be collected for it, an entry each. */
  readonly dataNeeded: readonly string[];
  /**
   * The same where one service of Windows alone is searched, by that; none where it makes no
   * difference.
   */
  readonly dataNeededOf?: ReadonlyMap<string, readonly string[]>;
  /** The rule as written. */
  readonly source: string;
}

/** What must be collected for a search: no service that it does not look at. */
export function searchedData(
  page: DetectionPage | undefined,
  scopes: readonly SearchScope[],
): readonly string[] {
  const [service, ...others] = new Set(scopes.map(({ source }) => source.service));
  const own =
    service === undefined || others.length > 0 ? undefined : page?.dataNeededOf?.get(service);
  return own ?? page?.dataNeeded ?? [];
}

/** The pages of a pack's detections: rows for the app's view, and readable files for the bundle. */
export interface PackPages {
  readonly pages: readonly DetectionPage[];
  /** Markdown, a file for each log source. */
  readonly files: readonly PackFile[];
}

export const noPages: PackPages = { pages: [], files: [] };
