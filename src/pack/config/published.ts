import type { Target } from './config.ts';

/** A detection as a pack was published with it, from sigpack.lock: what it is called stays. */
export interface PublishedDetection {
  /** The detection's id, as in the packs. */
  readonly id: string;
  readonly title: string;
  /** Of the rule, relative to the configuration's folder, with `/`. */
  readonly file: string;
  readonly name: string;
  readonly slug: string;
  /** Name of its macro for false positives; undefined where it has no search in the app. */
  readonly filterMacro?: string;
  /** The rule has no id of its own: it is known again by its file, then by its title. */
  readonly generated: boolean;
  /** It has a search in the Splunk app. */
  readonly inSplunk: boolean;
  /**
   * Targets that have it switched off; undefined where all have it on, or the lock is of a version
   * that did not write them.
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
  /** Of the search that it had: an admin's definition of it is still there. */
  readonly filterMacro?: string;
  /** The version that retired it. */
  readonly retired: string;
  /** It had a search in the Splunk app. */
  readonly inSplunk: boolean;
}

export interface Published {
  readonly detections: readonly PublishedDetection[];
  readonly retired: readonly RetiredDetection[];
}

export const nothingPublished: Published = { detections: [], retired: [] };
