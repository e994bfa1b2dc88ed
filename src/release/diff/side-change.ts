/** A test case whose events a rule newly finds, or no longer finds. */
export interface SideChange {
  readonly id: string;
  readonly title: string;
  /** The name of the case. */
  readonly test: string;
  /** Number of matches; of a correlation, how often it fires. */
  readonly before: number;
  readonly after: number;
  readonly events: number;
}
