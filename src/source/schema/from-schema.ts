import type { DiagnosticCode } from '../code/catalogue.ts';
import type { NewDiagnostic } from '../diagnostic.ts';
import { failed, ok, type Result } from '../result.ts';
import { toPlain, type YamlNode } from '../yaml/tree.ts';
import { checkSchema } from './check-schema.ts';
import type { JsonSchema } from './json-schema.ts';

/**
 * The type of the values that fit a schema, which is written `as const satisfies JsonSchema` or
 * made by `schema-builder.ts`. `Root` is the schema whose `$defs` it refers to. What a schema
 * leaves open is `unknown`.
 */
export type FromSchema<S, Root = S> = S extends { readonly $ref: `#/$defs/${infer Name}` }
  ? FromSchema<Definition<Name, Root>, Root>
  : S extends { readonly const: infer Value }
    ? Value
    : S extends { readonly enum: readonly (infer Value)[] }
      ? Value
      : S extends Branches<infer Branch>
        ? FromSchema<Branch, Root>
        : S extends { readonly type: readonly (infer Type)[] }
          ? OfType<Type, S, Root>
          : S extends { readonly type: infer Type }
            ? OfType<Type, S, Root>
            : unknown;

type Definition<Name extends string, Root> = Root extends {
  readonly $defs: { readonly [name in Name]: infer S };
}
  ? S
  : never;

type Branches<Branch> =
  | { readonly anyOf: readonly Branch[] }
  | { readonly oneOf: readonly Branch[] };

type OfType<Type, S, Root> = Type extends 'string'
  ? string
  : Type extends 'integer' | 'number'
    ? number
    : Type extends 'boolean'
      ? boolean
      : Type extends 'null'
        ? null
        : Type extends 'array'
          ? readonly (S extends { readonly items: infer Item } ? FromSchema<Item, Root> : unknown)[]
          : Type extends 'object'
            ? MapFrom<S, Root>
            : never;

type MapFrom<S, Root> = S extends { readonly properties: infer Properties }
  ? {
      readonly [Key in keyof Properties & RequiredKey<S>]: FromSchema<Properties[Key], Root>;
    } & {
      readonly [Key in Exclude<keyof Properties, RequiredKey<S>>]?: FromSchema<
        Properties[Key],
        Root
      >;
    }
  : S extends { readonly additionalProperties: infer Value extends object }
    ? Readonly<Record<string, FromSchema<Value, Root>>>
    : Readonly<Record<string, unknown>>;

type RequiredKey<S> = 'required' extends keyof S
  ? S extends { readonly required?: readonly (infer Key)[] }
    ? Key
    : never
  : never;

/**
 * What a YAML tree holds that fits a schema, or what is wrong with it. Parameters are those of
 * {@link checkSchema}.
 */
export function fromSchema<const S extends JsonSchema>(
  schema: S,
  node: YamlNode,
  code: DiagnosticCode,
  name?: string,
  retired?: ReadonlyMap<string, string>,
): Result<FromSchema<S>, readonly NewDiagnostic[]> {
  const diagnostics = checkSchema(schema, node, code, name, retired);
  const value = toPlain(node);
  return fits<S>(value, diagnostics) ? ok(value) : failed(diagnostics);
}

/** The check of the schema is what proves the type. */
const fits = <S>(_value: unknown, diagnostics: readonly NewDiagnostic[]): _value is FromSchema<S> =>
  diagnostics.length === 0;
