import { type LogSource, sourceParts } from '../sigma/rule/rule.ts';

/** The log source of an event, as far as it is known: which rules may be about the event. */
export interface EventSource {
  /** Equal for events that the same rules may be about. */
  readonly key: string;
  /** Whether a rule with that log source may be about the event. */
  readonly allows: (rule: LogSource) => boolean;
}

/**
 * The source of events with a known log source; parts that are undefined may be anything. Letter
 * case does not count.
 */
export function sourceOfParts(source: LogSource): EventSource {
  const given = sourceParts.map((part) => source[part]?.toLowerCase());
  return {
    key: JSON.stringify(given),
    allows: (rule) =>
      sourceParts.every(
        (part, at) =>
          rule[part] === undefined ||
          given[at] === undefined ||
          rule[part].toLowerCase() === given[at],
      ),
  };
}
