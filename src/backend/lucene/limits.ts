/** What OpenSearch has by default, seen on a server; Elasticsearch has the latter two. */
export const queryStringLimits = {
  /** Characters of a query. */
  length: 32_000,
  /**
   * Terms, phrases, patterns and ranges in one query; twice: in one group, and in all groups
   * together.
   */
  clauses: 1_024,
  /** Characters of a regular expression, between its slashes: `index.max_regex_length`. */
  regexLength: 1_000,
} as const;
