/** What a detection is called in the packs. */
export interface DetectionName {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  /** Name of the macro that the search ends with. */
  readonly filterMacro: string;
}

/** A name; where the plain one is another's, what that is and whose. */
export interface Named extends DetectionName {
  readonly instead?: { readonly name: string; readonly holder: string };
}
