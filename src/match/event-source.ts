import type { LogSource } from '../sigma/rule/rule.ts';

/** What is known of where an event comes from: the rules that may be about it. */
export interface EventSource {
  /** Events of one key are asked the same rules. */
  readonly key: string;
  readonly allows: (rule: LogSource) => boolean;
}

const parts = ['product', 'category', 'service'] as const;

/**
 * The source of events whose log source is known by its parts; those that are undefined may be
 * anything. Letter case does not count.
 */
export function sourceOfParts(source: LogSource): EventSource {
  const given = parts.map((part) => source[part]?.toLowerCase());
  return {
    key: JSON.stringify(given),
    allows: (rule) =>
      parts.every(
        (part, at) =>
          rule[part] === undefined ||
          given[at] === undefined ||
          rule[part].toLowerCase() === given[at],
      ),
  };
}
