/** What a project knows of a rule beyond the rule itself. Each part may be missing. */
export interface RuleRecord {
  /** File of the rule, relative to the configuration, with `/`. */
  readonly path?: string;
  /** Address of that file in the repository. */
  readonly sourceUrl?: string;
  /** Address of the playground with the rule in it, from the page. */
  readonly playground?: string;
  /** Version of the pack that brought it, from sigpack.lock. */
  readonly added?: string;
  /** Version that changed it last. */
  readonly changed?: string;
  /** Fields that identify whom an alert is about, the most important one first. */
  readonly entities?: readonly string[];
  /** After `one per`: `hour, for the same Computer`; undefined if each match is an alert. */
  readonly suppression?: string;
  /** What to do about an alert, as written: Markdown. */
  readonly remediation?: string;
  readonly tests?: readonly RuleTest[];
}

/** A test of the rule, as the last run of `docs` found it. */
export interface RuleTest {
  readonly name: string;
  readonly expectation: string;
  readonly passed: boolean;
}
