export interface FieldSpec {
  readonly data_type: 'string';
  readonly providers: readonly {
    readonly type: 'template-v1';
    readonly template: string;
    readonly require_values: false;
  }[];
}

/** A field of an event with its name. */
export type FieldEntry = readonly [string, FieldSpec];

/** The value of the template, even if one of its fields is missing. */
export const templateSpec = (template: string): FieldSpec => ({
  data_type: 'string',
  providers: [{ type: 'template-v1', template, require_values: false }],
});
