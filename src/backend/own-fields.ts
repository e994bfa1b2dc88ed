import { type CompiledRule, detectionsBelow } from '../query/compile.ts';
import type { Truth } from '../query/three-valued.ts';
import { fieldItemsOf } from '../query/tree.ts';
import type { Conversion, TargetDiagnostic } from './backend.ts';

/** Field names with a special meaning in a target. */
export interface OwnFields {
  readonly has: (field: string) => boolean;
  /** Those of these names that no event lacks. */
  readonly inEveryEvent: (field: string) => boolean;
  /** What the name means there: `is what Splunk calls the sender of an event`. */
  readonly meaning: string;
}

/**
 * Whether every event has the field: false for a field of the rule, undefined where the target
 * gives it to many events.
 */
export const alwaysAs =
  ({ has, inEveryEvent }: OwnFields) =>
  (field: string): Truth =>
    inEveryEvent(field) ? true : has(field) ? undefined : false;

/**
 * A warning for each field of a rule that has such a name, and that no pipeline gives it for the
 * target.
 */
export function withOwnFieldDiagnostics<T>(
  conversion: Conversion<T>,
  compiled: CompiledRule,
  own: OwnFields,
): Conversion<T> {
  if (!conversion.ok) return conversion;
  const found = new Map<string, TargetDiagnostic>();
  for (const { query, processing } of detectionsBelow(compiled))
    for (const { field, file, span } of fieldItemsOf(query)) {
      if (
        field === undefined ||
        found.has(field) ||
        !own.has(field) ||
        processing?.asWritten?.has(field) === false
      )
        continue;
      const message = `the field \`${field}\` ${own.meaning}, whatever the rule means by it`;
      found.set(field, {
        code: 'TGT002',
        message,
        file,
        span,
        hint: 'Map it in a pipeline to the name that it has there; to itself if the name is right.',
      });
    }
  return found.size === 0
    ? conversion
    : { ...conversion, diagnostics: [...conversion.diagnostics, ...found.values()] };
}
