import type { JsonSchema } from './json-schema.ts';

export type Properties = Readonly<Record<string, JsonSchema>>;

type More<Key extends keyof JsonSchema> = Pick<JsonSchema, Key | 'default' | 'examples'>;

/** A text of one line. */
export const text = (description: string, more: More<'minLength' | 'maxLength' | 'pattern'> = {}) =>
  ({
    type: 'string',
    minLength: 1,
    pattern: '^[^\\p{Cc}]*$',
    description,
    ...more,
  }) as const satisfies JsonSchema;

export const list = <const Item extends JsonSchema>(
  items: Item,
  description: string,
  more: More<'minItems' | 'maxItems'> = {},
) => ({ type: 'array', items, description, ...more }) as const satisfies JsonSchema;

export interface MapSchema<Of extends Properties, Required extends keyof Of> {
  readonly type: 'object';
  readonly description: string;
  readonly additionalProperties: false;
  readonly properties: Of;
  readonly required?: readonly Required[];
}

/** A map of these keys and no others. */
export const map = <const Of extends Properties, const Required extends keyof Of & string = never>(
  properties: Of,
  description: string,
  required: readonly Required[] = [],
): MapSchema<Of, Required> => ({
  type: 'object',
  description,
  additionalProperties: false,
  properties,
  ...(required.length === 0 ? {} : { required }),
});
