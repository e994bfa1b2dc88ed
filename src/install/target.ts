import type { InstallObject, InstallPlan } from './plan.ts';

/** A version of a pack, as one kind of place has it; `content` is that place's alone. */
export interface PackVersion<C> {
  readonly version: string;
  readonly digest: string;
  readonly objects: readonly InstallObject[];
  readonly content: C;
  /** It is someone else's, which Sigpack took over. */
  readonly isForeign?: boolean;
  /** What it needs of the place and leaves as it is, by name. */
  readonly refers?: readonly string[];
}

/** What the admin set where such settings belong, in place of the pack's. */
export interface Override {
  /** A stanza. */
  readonly name: string;
  readonly file: string;
  readonly settings: readonly string[];
  /** The pack has no such stanza: the settings do nothing. */
  readonly unused?: true;
}

/** What a place does not show. */
export interface Unseen {
  /** `what is changed on the members`. */
  readonly what: string;
  /** It shows a version and nothing else. */
  readonly all?: true;
}

/** What a place has of a pack. */
export interface InstalledPack<C> {
  /** Undefined: the pack is not installed. */
  readonly version: string | undefined;
  /** The product that the pack was made for, by its own description. */
  readonly madeFor?: string | undefined;
  /**
   * What is in the pack's place and is not Sigpack's, in words; an install takes it over only with
   * `adopt`.
   */
  readonly foreign?: string;
  /** What the pack calls itself there. */
  readonly title?: string | undefined;
  /** Changes that would not be found. */
  readonly unseen?: Unseen | undefined;
  /** As {@link PackVersion} has it; undefined where the place does not keep it. */
  readonly digest: string | undefined;
  readonly current: readonly InstallObject[];
  /** What Sigpack wrote there, the version that is installed first. */
  readonly known: readonly (readonly InstallObject[])[];
  /** As a plan has it: what Sigpack did not write there is the admin's. */
  readonly isShared?: boolean;
  /** As a plan has it: objects in which no change of someone else stays. */
  readonly putsBack?: (key: string) => boolean;
  /** Lines for `status`: what to change in the place, and what of the admin's is kept there. */
  readonly hints?: readonly string[];
  /**
   * What an install does with an object that the version of this digest lacks; without it, it is
   * removed, as by a rollback.
   */
  readonly gone?: (key: string, digest: string) => 'remove' | 'disable' | undefined;
  /** What a rollback returns to. */
  readonly previous: PackVersion<C> | undefined;
  /** Settings of the admin's that the place prefers, and that an install leaves alone. */
  readonly overrides?: readonly Override[];
  /** The same as long as nothing changes. */
  readonly state: string;
}

/** Forward to a version, or back to the one before. */
export type Direction = 'install' | 'rollback';

export type Progress = (done: number, total: number, label: string) => void;

export interface Applying<C> {
  readonly plan: InstallPlan;
  readonly wanted: PackVersion<C>;
  readonly progress: Progress;
  readonly direction: Direction;
}

export interface Uninstalled {
  readonly objects: number;
  /** Where what was kept lies, and what is to be done now. */
  readonly notes: readonly string[];
}

/** A place that a pack is brought to. */
export interface InstallTarget<C> {
  readonly kind: string;
  /** Of the pack, as the place knows it. */
  readonly id: string;
  /** The artifact as it is to be there; an InstallError where it does not fit the place. */
  readonly wanted: () => Promise<PackVersion<C>>;
  /** Reads all of it anew. */
  readonly installed: () => Promise<InstalledPack<C>>;
  /**
   * What to know before an install: what it makes the server start, what becomes of an admin's
   * settings.
   */
  readonly advice?: (wanted: PackVersion<C>) => Promise<readonly string[]>;
  /**
   * Does what the plan says; where it throws, the next plan finds what was done. Returns what to
   * know: a restart that is needed.
   */
  readonly apply: (applying: Applying<C>) => Promise<readonly string[]>;
  /** Takes the pack away. What was someone else's is kept, or the pack is not taken away. */
  readonly uninstall: (progress: Progress) => Promise<Uninstalled>;
}
