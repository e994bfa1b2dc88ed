import { checkSchema } from '../../source/schema/check-schema.ts';
import type { JsonSchema } from '../../source/schema/json-schema.ts';
import type { Span } from '../../source/span.ts';
import {
  lookup,
  type YamlMapping,
  type YamlNode,
  type YamlScalar,
} from '../../source/yaml/tree.ts';
import { type PipelineDiagnostics, PipelineError } from '../pipeline-error.ts';

/** An entry of a pipeline that is a map with a known `type`. */
export interface TypedEntry<D> {
  readonly mapping: YamlMapping;
  readonly type: YamlScalar;
  readonly definition: D;
}

/** What entries of one kind are called in messages. */
export interface EntryKind {
  readonly noun: 'item' | 'condition' | 'finalizer';
  /** Where to report that one has no type. */
  readonly untypedAt: (node: YamlNode) => Span;
  readonly unknownType: (type: YamlScalar) => PipelineError;
}

export const startOf = ({ start }: YamlNode): Span => ({ start, end: start });

/** Throws {@link PipelineError} for an entry without a type among `definitions`. */
export function typedEntry<D>(
  node: YamlNode,
  definitions: Readonly<Record<string, D>>,
  { noun, untypedAt, unknownType }: EntryKind,
): TypedEntry<D> {
  if (node.kind !== 'mapping')
    throw new PipelineError(
      `${noun === 'item' ? 'an' : 'a'} ${noun} must be a map`,
      node,
      'Write its `type` and what that takes.',
    );
  const type = lookup(node, 'type');
  if (type?.kind !== 'scalar' || type.value === null)
    throw new PipelineError(
      `the ${noun} lacks its \`type\``,
      untypedAt(node),
      `Known: ${Object.keys(definitions).join(', ')}.`,
    );
  const definition = Object.hasOwn(definitions, type.text) ? definitions[type.text] : undefined;
  if (!definition) throw unknownType(type);
  return { mapping: node, type, definition };
}

/** False after diagnostics about the keys of an entry and their values. */
export function fitsSchema(
  { file, bag }: PipelineDiagnostics,
  { mapping, type }: Omit<TypedEntry<unknown>, 'definition'>,
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = [],
): boolean {
  const schema: JsonSchema = { type: 'object', properties, required, additionalProperties: false };
  const diagnostics = checkSchema(schema, mapping, 'PIP001', `\`${type.text}\``);
  for (const diagnostic of diagnostics) bag.add(file, diagnostic);
  return diagnostics.length === 0;
}
