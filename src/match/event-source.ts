import type { LogSource } from '../sigma/rule/rule.ts';

/** The log source of an event, as far as it is known: which rules may be about the event. */
export interface EventSource {
  /** Equal for events that the same rules may be about. */
  readonly key: string;
  /** Whether a rule with that log source may be about the event. */
  readonly allows: (rule: LogSource) => boolean;
}

const parts = ['product', 'category', 'service'] as const;

/**
 * The source of events with a known log source; parts that are undefined may be anything. Letter
 * case does not count.
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
