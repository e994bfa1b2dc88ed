/** The target grep: how the lines that it searches are written. */
export interface GrepSettings {
  /**
   * `json`: one compact JSON object a line, in which backslashes are doubled and quotes escaped.
   * `plain`: the event's text as it is.
   */
  readonly lines: 'json' | 'plain';
}

export const grepDefaults: GrepSettings = { lines: 'json' };
