import type { DetectionPage } from '../../docs/detection-page.ts';
import type { PackInfo, SearchMacro, SplunkDetection } from '../../pack/model/detection.ts';
import type { Tombstone } from '../../pack/naming/tombstone.ts';
import type { Renderer } from '../../pack/render/template.ts';
import type { SplunkGroups } from '../../pack/splunk/grouped/groups.ts';

/** What the Splunk app is rendered from. */
export interface SplunkAppInput {
  readonly info: PackInfo;
  readonly detections: readonly SplunkDetection[];
  /** Index macros and others that searches call; the filter macros are made here. */
  readonly macros: readonly SearchMacro[];
  readonly enterpriseSecurity?: boolean;
  /** Stanzas of retired detections. */
  readonly tombstones?: readonly Tombstone[];
  /** What is scheduled in place of searches of the detections. Default: nothing. */
  readonly groups?: SplunkGroups;
  readonly render: Renderer;
  /**
   * The templates are the built-in ones, which the tests of Sigpack read back: their settings are
   * checked instead, in a fifth of the time.
   */
  readonly templatesAreOurs?: boolean;
  /** Bytes of files that are not templates, such as `splunk/static/appIcon.png`. */
  readonly assets: ReadonlyMap<string, Uint8Array>;
  /** Names of ATT&CK techniques by id. */
  readonly attackNames?: ReadonlyMap<string, string>;
  /** Index that keeps the results of alerts. Default: none. */
  readonly summaryIndex?: string | undefined;
  /** What the app's view shows of a detection beyond the head of its rule. */
  readonly pages?: readonly DetectionPage[];
}
