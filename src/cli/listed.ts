/** One thing that `sigpack list` shows. */
export interface Listed {
  readonly name: string;
  readonly description: string;
  /** What a bundle is made of. */
  readonly pipelines?: readonly string[];
  /** Names that a pipeline gives and that no public source proves. */
  readonly unproved?: readonly string[];
}
