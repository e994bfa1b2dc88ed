import type { Target } from './config.ts';

/** A detection as a pack was published with it, from sigpack.lock: its names stay. */
export interface PublishedDetection {
  /** The id of the detection, as in the packs. */
  readonly id: string;
  readonly title: string;
  /** File of the rule, relative to the folder of the configuration, with `/`. */
  readonly file: string;
  readonly name: string;
  readonly slug: string;
  /** Name of its macro for false positives; undefined if it has no search in the app. */
  readonly filterMacro?: string;
  /** The rule has no id: it is recognized by its file, then by its title. */
  readonly generated: boolean;
  /** It has a search in the Splunk app. */
  readonly inSplunk: boolean;
  /**
   * Targets that have it disabled; undefined if all have it enabled, or if the lock is from a
   * version that did not record them.
   */
  readonly off?: readonly Target[];
}

/**
 * A detection that is no longer in the pack, but in the app as a disabled stanza: Splunk keeps what
 * an update leaves out.
 */
export interface RetiredDetection {
  readonly id: string;
  readonly title: string;
  readonly name: string;
  readonly slug: string;
  /** Of its former search: an admin's definition of the macro is still there. */
  readonly filterMacro?: string;
  /** The version that retired it. */
  readonly retired: string;
  /** It had a search in the Splunk app. */
  readonly inSplunk: boolean;
}

export interface Published {
  readonly detections: readonly PublishedDetection[];
  readonly retired: readonly RetiredDetection[];
  readonly groups?: readonly PublishedGroup[];
}

/** A search for several detections that the app once scheduled. */
export interface PublishedGroup {
  readonly id: string;
  readonly name: string;
  /** The version that retired it; undefined: it is in the app. */
  readonly retired?: string;
}

export const nothingPublished: Published = { detections: [], retired: [] };
