interface NewField {
  readonly name: string;
  /** The name in eval. */
  readonly printed: string;
  /** An expression of eval. */
  readonly value: string;
  /** Names of the fields that the expression reads. */
  readonly reads: readonly string[];
}

/**
 * Commands that set fields. Where one reads a field that another before it sets, all values are
 * read first, into fields whose names begin with `prefix`.
 */
export function newFieldSteps(fields: readonly NewField[], prefix: string): readonly string[] {
  const overwritten = fields.some(({ name }, index) =>
    fields.slice(index + 1).some(({ reads }) => reads.includes(name)),
  );
  if (!overwritten) return fields.map(({ printed, value }) => `eval ${printed}=${value}`);
  return [
    ...fields.map(({ value }, index) => `eval ${prefix}${index + 1}=${value}`),
    ...fields.map(({ printed }, index) => `eval ${printed}=${prefix}${index + 1}`),
  ];
}
