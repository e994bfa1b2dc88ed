/** What a detection is called in the packs. */
export interface DetectionName {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  /** Name of the macro that the search ends with. */
  readonly filterMacro: string;
}

/** A name and, if another rule has the plain one, that name and its holder. */
export interface Named extends DetectionName {
  readonly instead?: { readonly name: string; readonly holder: string };
}
