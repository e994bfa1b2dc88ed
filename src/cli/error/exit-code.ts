/** Exit codes of the command line; documented in README.md. */
export const exitCodes = {
  /** Everything was done. */
  success: 0,
  /**
   * Diagnostics reached `--fail-on`, a budget was passed, or what was asked for a difference has
   * one. What is sound was still built.
   */
  findings: 1,
  /** Wrong arguments or an unreadable configuration. Nothing was done. */
  usage: 2,
  /** A bug in Sigpack or an error of the machine (disk full, no permission). */
  internal: 3,
  /** A server refused, could not be reached, or has something else than the plan was made for. */
  remote: 4,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
