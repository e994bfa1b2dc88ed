/** Stages of all pipelines run together, in the order of their numbers. */
export const stages = {
  /** Copies that the gates of log sources need. */
  begin: 0,
  /** Copies and flags of a log source whose gate holds; all rules of one with few. */
  prepare: 1,
  rules: 2,
  /**
   * The first of those for expressions that may use up the stack, which ends the stage of a
   * pipeline.
   */
  deepRules: 3,
  /** Was a rule found. */
  found: 20,
  /** What its hit has. */
  tables: 21,
  tags: 22,
  level: 23,
  /** The first of those that make a hit each. */
  hits: 24,
  cleanUp: 99,
} as const;

/** So many rules whose expressions use up the stack do not affect each other. */
export const deepStages = 8;

/** The most hits of a message; more than any message of a test or a recording had. */
export const mostHits = 64;
