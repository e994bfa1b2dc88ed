import type { PackFile } from './detection.ts';

/** What a detection's page says beyond what the packs know of it. */
export interface DetectionPage {
  /** Id of the detection. */
  readonly id: string;
  /** What must be collected for it, an entry each. */
  readonly dataNeeded: readonly string[];
  /** The rule as written. */
  readonly source: string;
}

/** The pages of a pack's detections: rows for the app's view, and readable files for the bundle. */
export interface PackPages {
  readonly pages: readonly DetectionPage[];
  /** Markdown, a file for each log source. */
  readonly files: readonly PackFile[];
}

export const noPages: PackPages = { pages: [], files: [] };
