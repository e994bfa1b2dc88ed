import { nearestHint } from '../nearest.ts';
import type { YamlScalar } from '../yaml/tree.ts';
import { type Check, report } from './check.ts';
import type { JsonSchema } from './json-schema.ts';

/** Checks the value of a scalar; its type is checked before. */
export function checkScalar(
  check: Check,
  schema: JsonSchema,
  node: YamlScalar,
  label: string,
): void {
  const { value } = node;
  const allowed = allowedValues(schema);
  if (allowed && !allowed.some((one) => one === value)) {
    const hint =
      typeof value === 'string' && allowed.length > 1
        ? nearestHint(value, allowed.map(String))
        : schema.description;
    report(check, node, `${label} must be ${anyOfText(allowed)}, not \`${node.text}\``, hint);
  }
  if (typeof value === 'number') checkNumber(check, schema, node, value, label);
  if (typeof value === 'string') checkString(check, schema, node, value, label);
}

/** The values that a schema lists, all of which are scalars. */
export const allowedValues = ({ enum: values, const: value }: JsonSchema): JsonSchema['enum'] =>
  values ?? (value === undefined ? undefined : [value]);

export const anyOfText = (values: readonly unknown[]): string =>
  `${values.length > 1 ? 'one of ' : ''}${values.map(String).join(', ')}`;

function checkNumber(
  check: Check,
  schema: JsonSchema,
  node: YamlScalar,
  value: number,
  label: string,
): void {
  const { minimum, maximum } = schema;
  if (minimum !== undefined && value < minimum)
    report(check, node, `${label} must be at least ${minimum}, not ${value}`, schema.description);
  if (maximum !== undefined && value > maximum)
    report(check, node, `${label} must be at most ${maximum}, not ${value}`, schema.description);
}

function checkString(
  check: Check,
  schema: JsonSchema,
  node: YamlScalar,
  value: string,
  label: string,
): void {
  const { minLength, maxLength, pattern } = schema;
  if (minLength !== undefined && codePoints(value) < minLength) {
    report(
      check,
      node,
      minLength === 1
        ? `${label} must not be empty`
        : `${label} must have at least ${minLength} characters`,
      schema.description,
    );
  }
  if (maxLength !== undefined && codePoints(value) > maxLength) {
    report(
      check,
      node,
      `${label} must have at most ${maxLength} characters, not ${codePoints(value)}`,
      schema.description,
    );
  }
  if (pattern !== undefined && !compiled(pattern).test(value))
    report(check, node, `${label} has not the right form`, schema.description);
}

const codePoints = (text: string): number => Array.from(text).length;

const patterns = new Map<string, RegExp>();

function compiled(pattern: string): RegExp {
  const expression = patterns.get(pattern) ?? new RegExp(pattern, 'u');
  patterns.set(pattern, expression);
  return expression;
}
