import type { DetectionPage } from '../../docs/detection-page.ts';
import type { PackInfo, SearchMacro, SplunkDetection } from '../../pack/model/detection.ts';
import type { Tombstone } from '../../pack/naming/tombstone.ts';
import type { Renderer } from '../../pack/render/template.ts';

/** What the Splunk app is rendered from. */
export interface SplunkAppInput {
  readonly info: PackInfo;
  readonly detections: readonly SplunkDetection[];
  /** Index macros and others that searches call; the filter macros are made here. */
  readonly macros: readonly SearchMacro[];
  readonly enterpriseSecurity?: boolean;
  /** Stanzas of retired detections. */
  readonly tombstones?: readonly Tombstone[];
  readonly render: Renderer;
  /**
   * The templates are those that Sigpack's tests read back: their settings are checked instead,
   * which costs a fifth of it.
   */
  readonly templatesAreOurs?: boolean;
  /** Bytes of files that are no templates: `splunk/static/appIcon.png`. */
  readonly assets: ReadonlyMap<string, Uint8Array>;
  /** ATT&CK technique id to its name. */
  readonly attackNames?: ReadonlyMap<string, string>;
  /** Index that keeps the results of alerts; default: none. */
  readonly summaryIndex?: string | undefined;
  /** What the app's view shows of a detection beyond its rule's head. */
  readonly pages?: readonly DetectionPage[];
}
