/** A case of a test whose events a rule finds now and did not before, or the other way round. */
export interface SideChange {
  readonly id: string;
  readonly title: string;
  /** The name of the case. */
  readonly test: string;
  /** Matches, of a correlation how often it fires. */
  readonly before: number;
  readonly after: number;
  readonly events: number;
}
