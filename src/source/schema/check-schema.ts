import type { DiagnosticCode } from '../code/catalogue.ts';
import type { NewDiagnostic } from '../diagnostic.ts';
import { nearestHint } from '../nearest.ts';
import { counted } from '../plural.ts';
import type { YamlMapping, YamlNode, YamlScalar, YamlSequence } from '../yaml/tree.ts';
import { type Check, report } from './check.ts';
import { allowedValues, anyOfText, checkScalar } from './check-scalar.ts';
import type { JsonSchema } from './json-schema.ts';
import { hasType, nodeName, typeName, typesOf } from './node-type.ts';

const nothingRetired: ReadonlyMap<string, string> = new Map();

/**
 * What is wrong with a YAML tree by a schema, in the tree's order. `name` stands for the root in
 * messages. `retired`: hints for the last two keys of paths that the schema had once.
 */
export function checkSchema(
  root: JsonSchema,
  node: YamlNode,
  code: DiagnosticCode,
  name = 'the file',
  retired = nothingRetired,
): readonly NewDiagnostic[] {
  const check: Check = { root, code, found: [], retired };
  checkNode(check, root, node, name, '');
  return check.found;
}

/** `label` is the path as shown; `path` what the paths of children start with. */
function checkNode(
  check: Check,
  given: JsonSchema,
  node: YamlNode,
  label: string,
  path: string,
): void {
  const schema = resolve(check.root, given);
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches && !checkBranches(check, schema, branches, node, label, path)) return;
  if (!checkType(check, schema, node, label)) return;
  if (node.kind === 'mapping') checkMapping(check, schema, node, label, path);
  else if (node.kind === 'sequence') checkSequence(check, schema, node, label, path);
  else checkScalar(check, schema, node, label);
}

/** A reference's own description wins over that of what it refers to. */
function resolve(root: JsonSchema, schema: JsonSchema): JsonSchema {
  if (schema.$ref === undefined) return schema;
  const target = root.$defs?.[schema.$ref.replace('#/$defs/', '')];
  if (!target) throw new Error(`schema has no ${schema.$ref}`);
  const { $ref: _, ...own } = schema;
  return { ...resolve(root, target), ...own };
}

/**
 * True when a branch fits. Where none does, the branch of the value's own type that comes nearest
 * says why.
 */
function checkBranches(
  check: Check,
  schema: JsonSchema,
  branches: readonly JsonSchema[],
  node: YamlNode,
  label: string,
  path: string,
): boolean {
  const meant = meantBranches(check, branches, node, path);
  if (meant.length === 0) return false;
  let nearMiss: NewDiagnostic[] | undefined;
  for (const branch of meant) {
    const inner: Check = { ...check, found: [] };
    checkNode(
      inner,
      {
        ...branch,
        ...(schema.description === undefined ? {} : { description: schema.description }),
      },
      node,
      label,
      path,
    );
    if (inner.found.length === 0) return true;
    if (
      inner.found.length < (nearMiss?.length ?? Number.POSITIVE_INFINITY) &&
      isMeant(branch, node)
    )
      nearMiss = inner.found;
  }
  if (nearMiss) check.found.push(...nearMiss);
  else {
    const wanted = branches
      .map((branch) => resolve(check.root, branch))
      .flatMap(({ const: value, type }) =>
        value === undefined ? typesOf(type).map(typeName) : [String(value)],
      );
    report(
      check,
      node,
      `${label} must be ${[...new Set(wanted)].join(' or ')}, not ${nodeName(node)}`,
      schema.description,
    );
  }
  return false;
}

/** Words to choose from are scalars. */
function isMeant({ type, enum: words, const: word }: JsonSchema, node: YamlNode): boolean {
  if (type !== undefined) return hasType(node, type);
  return word === undefined && (words === undefined || node.kind === 'scalar');
}

/** The key that has another value in each of them, such as `type: email` and `type: http`. */
const telling = (branches: readonly JsonSchema[]): string | undefined =>
  Object.keys(branches[0]?.properties ?? {}).find((key) =>
    branches.every(({ properties = {} }) => properties[key]?.const !== undefined),
  );

/** What the value of that key leaves of them; a value of none of them is reported. */
function meantBranches(
  check: Check,
  branches: readonly JsonSchema[],
  node: YamlNode,
  path: string,
): readonly JsonSchema[] {
  const resolved = branches.map((branch) => resolve(check.root, branch));
  const key = node.kind === 'mapping' ? telling(resolved) : undefined;
  const given =
    node.kind === 'mapping' ? node.pairs.find((pair) => pair.key.text === key)?.value : undefined;
  if (key === undefined || given === undefined) return resolved;
  const values = resolved.flatMap(({ properties = {} }) => properties[key]?.const ?? []);
  if (given.kind !== 'scalar' || !values.some((value) => value === given.value)) {
    checkNode(check, { enum: values }, given, `\`${path}${key}\``, '');
    return [];
  }
  return resolved.filter(({ properties = {} }) => properties[key]?.const === given.value);
}

function checkType(check: Check, schema: JsonSchema, node: YamlNode, label: string): boolean {
  const allowed = allowedValues(schema);
  if (allowed && node.kind !== 'scalar') {
    const hint = node.kind === 'sequence' && allowed.length > 1 ? oneWord : schema.description;
    report(check, node, `${label} must be ${anyOfText(allowed)}, not ${nodeName(node)}`, hint);
    return false;
  }
  if (schema.type === undefined || hasType(node, schema.type)) return true;
  const wanted = typesOf(schema.type).map(typeName).join(' or ');
  if (node.kind === 'scalar' && node.value === null && node.text === '') {
    report(
      check,
      node,
      `${label} is empty, it must be ${wanted}`,
      'Give it a value or remove the key.',
    );
  } else {
    const hint = fitsQuoted(check, schema, node)
      ? `Quote the value: '${node.text}'`
      : schema.description;
    report(check, node, `${label} must be ${wanted}, not ${nodeName(node)}`, hint);
  }
  return false;
}

/** True for a value without quotes that is right with them. */
function fitsQuoted(check: Check, schema: JsonSchema, node: YamlNode): node is YamlScalar {
  if (node.kind !== 'scalar' || !node.plain || node.value === null) return false;
  if (!typesOf(schema.type).includes('string')) return false;
  const trial: Check = { ...check, found: [] };
  checkScalar(trial, schema, { ...node, value: node.text }, '');
  return trial.found.length === 0;
}

const oneWord = 'Write one of them, without brackets or dashes.';

function checkMapping(
  check: Check,
  schema: JsonSchema,
  node: YamlMapping,
  label: string,
  path: string,
): void {
  const known = schema.properties ?? {};
  for (const { key, value: given } of node.pairs) {
    const name = key.text;
    // nothing after the colon has no place of its own
    const value = given.end > given.start ? given : { ...given, start: key.start, end: key.end };
    const property = Object.hasOwn(known, name) ? known[name] : undefined;
    if (property) {
      checkNode(check, property, value, `\`${path}${name}\``, `${path}${name}.`);
      continue;
    }
    if (schema.additionalProperties === false) {
      const hint =
        check.retired.get(`${path}${name}`.split('.').slice(-2).join('.')) ??
        elsewhereHint(check.root, name) ??
        nearestHint(name, Object.keys(known));
      report(check, key, `${label} has no key \`${name}\``, hint);
      continue;
    }
    if (schema.propertyNames)
      checkScalar(
        check,
        resolve(check.root, schema.propertyNames),
        { ...key, value: name },
        `key \`${name}\``,
      );
    if (typeof schema.additionalProperties === 'object')
      checkNode(check, schema.additionalProperties, value, `\`${path}${name}\``, `${path}${name}.`);
  }
  for (const name of schema.required ?? []) {
    if (node.pairs.some((pair) => pair.key.text === name)) continue;
    report(
      check,
      { start: node.start, end: node.start },
      `${label} lacks the key \`${name}\``,
      known[name]?.description,
    );
  }
}

/** Where the file has that key; undefined where no map at its top does. */
function elsewhereHint(root: JsonSchema, name: string): string | undefined {
  const places = Object.entries(root.properties ?? {}).flatMap(([key, schema]) =>
    Object.hasOwn(resolve(root, schema).properties ?? {}, name) ? [`\`${key}\``] : [],
  );
  return places.length === 0 ? undefined : `Write it under ${places.join(' or ')}.`;
}

function checkSequence(
  check: Check,
  schema: JsonSchema,
  node: YamlSequence,
  label: string,
  path: string,
): void {
  if (schema.maxItems !== undefined && node.items.length > schema.maxItems) {
    report(
      check,
      node,
      `${label} must have at most ${schema.maxItems} entries`,
      schema.description,
    );
  }
  if (schema.minItems !== undefined && node.items.length < schema.minItems) {
    report(
      check,
      node,
      `${label} must have at least ${counted(schema.minItems, 'entry', 'entries')}`,
      schema.description,
    );
  }
  const { items } = schema;
  if (!items) return;
  const base = path.slice(0, -1);
  for (const [at, item] of node.items.entries())
    checkNode(check, items, item, `\`${base}[${at}]\``, `${base}[${at}].`);
}
