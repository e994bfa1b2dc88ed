import type { TargetDiagnostic } from '../backend.ts';

/** What differs between the products that read Lucene's query syntax. */
export interface Dialect {
  /** `Graylog`, for messages. */
  readonly name: string;
  /**
   * Letters match in either case: by the index itself, by regular expressions with both cases, or
   * only as written.
   */
  readonly matching: 'native' | 'regex' | 'exact';
  /**
   * The engine refuses a term that starts with a wildcard; a regular expression takes its place.
   */
  readonly leadingWildcards: boolean;
  /** `$` in a query would start a parameter. */
  readonly hideDollar: boolean;
  /** An empty text is not stored: absent fields count as empty. */
  readonly emptyIsAbsent: boolean;
  /**
   * Fields whose text is analysed into words, besides the whole-value fields that a term without a
   * field searches.
   */
  readonly analysedFields: readonly string[];
  /** Fields that keywords are searched in; empty: all. */
  readonly keywordFields: readonly string[];
  /** Fields mapped as `ip`. */
  readonly addressFields: readonly string[];
  /** Fields mapped as `boolean`. */
  readonly booleanFields: readonly string[];
  /** Fields that keep the case of letters where the index folds that of others. */
  readonly casedFields: readonly string[];
  /** Keys of fields of the type flattened; a `*` at the end matches any rest. */
  readonly flattenedFields: readonly string[];
  /**
   * A `*` in the name of a field matches any rest: the test is about every field with such a name.
   */
  readonly fieldPatterns: boolean;
  /** Under an odd number of negations, where a wider match would miss events. */
  readonly negated: boolean;
  /** Longest regular expression in characters (`index.max_regex_length`). */
  readonly regexLength: number;
  readonly everything: string;
  readonly nothing: string;
  /** A negation as a disjunction can hold it. */
  readonly alone: (negation: string) => string;
  /** Where the printer notes what the reader of the query should know. */
  readonly diagnostics: TargetDiagnostic[];
}

export const isFlattened = (field: string, { flattenedFields }: Dialect): boolean =>
  flattenedFields.some((name) =>
    name.endsWith('*') ? field.startsWith(name.slice(0, -1)) : field === name,
  );

/** Query text with the number of boolean clauses that it becomes. */
export interface Printed {
  readonly text: string;
  readonly clauses: number;
  /**
   * Terms without a field among them: on the server each is a clause for every field that the index
   * has.
   */
  readonly allFields?: number;
}

export function together(parts: readonly Printed[], separator: string): Printed {
  const only = parts[0];
  if (parts.length === 1 && only) return only;
  let clauses = 0;
  let allFields = 0;
  for (const part of parts) {
    clauses += part.clauses;
    allFields += part.allFields ?? 0;
  }
  return {
    text: parts.map((part) => part.text).join(separator),
    clauses,
    ...(allFields > 0 ? { allFields } : {}),
  };
}
