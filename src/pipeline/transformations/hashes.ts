import type { SettledBody, SettledItem, SettledValue } from '../../query/settled.ts';
import { parsePattern } from '../../sigma/value/pattern.ts';
import type { YamlMapping } from '../../source/yaml/tree.ts';
import { ProcessingError } from '../../work/processing-error.ts';
import { plainText } from '../conditions/value-match.ts';
import type { TransformationDefinition } from '../definition.ts';
import { isTrue, placeOf, textList, textOf, textsSchema } from '../parameters.ts';
import type { ItemTransformation } from '../pipeline.ts';
import { PipelineError } from '../pipeline-error.ts';
import { groupFor, textsOfItem } from './split-values.ts';

export const hashesDefinitions = {
  hashes_fields: {
    parameters: {
      valid_hash_algos: {
        ...textsSchema('Names of hashes in capitals: [MD5, SHA1, SHA256].'),
        minItems: 1,
      },
      field_prefix: { type: 'string', default: '' },
      drop_algo_prefix: {
        type: 'boolean',
        default: false,
        description: 'The fields are named by field_prefix alone.',
      },
      field_to_parse: { ...textsSchema('Fields that hold hashes.'), default: ['Hashes', 'Hash'] },
    },
    required: ['valid_hash_algos'],
    create,
  },
} satisfies Readonly<Record<string, TransformationDefinition>>;

interface Naming {
  readonly algorithms: readonly string[];
  readonly prefix: string;
  readonly withAlgorithm: boolean;
}

/** Hashes by how many hexadecimal digits they have. */
const byLength: ReadonlyMap<number, string> = new Map([
  [32, 'MD5'],
  [40, 'SHA1'],
  [64, 'SHA256'],
  [128, 'SHA512'],
]);

function create(item: YamlMapping): ItemTransformation {
  const naming: Naming = {
    algorithms: textList(item, 'valid_hash_algos') ?? [],
    prefix: textOf(item, 'field_prefix') ?? '',
    withAlgorithm: !isTrue(item, 'drop_algo_prefix'),
  };
  if (naming.prefix === '' && !naming.withAlgorithm)
    throw new PipelineError(
      'drop_algo_prefix without a field_prefix leaves no name',
      placeOf(item, 'drop_algo_prefix'),
    );
  const fields = new Set<string | undefined>(
    textList(item, 'field_to_parse') ?? ['Hashes', 'Hash'],
  );
  return {
    kind: 'item',
    apply: (settled) => (fields.has(settled.field) ? split(settled, naming) : undefined),
  };
}

function split(item: SettledItem, naming: Naming): SettledBody | undefined {
  const texts = textsOfItem(item);
  if (!texts) return undefined;
  const byField = new Map<string, SettledValue[]>();
  for (const { value, test } of texts) {
    const { algorithm, hash } = hashOf(plainText(test.pattern));
    // others are left out, as the pipeline's author wants it
    if (!naming.algorithms.includes(algorithm)) continue;
    const field = naming.prefix + (naming.withAlgorithm ? algorithm : '');
    const values = byField.get(field) ?? [];
    byField.set(field, values);
    values.push({ ...value, tests: [{ ...test, pattern: parsePattern(hash) }] });
  }
  if (byField.size === 0)
    throw new ProcessingError(
      `no value is a hash of ${naming.algorithms.join(', ')}`,
      item,
      'Add its name to valid_hash_algos.',
    );
  const entries = Array.from(
    byField,
    ([name, values]): SettledItem => ({
      ...item,
      field: name === 'keyword' ? undefined : name,
      values,
    }),
  );
  return groupFor(item, item.link, entries);
}

/** `MD5=...`, `MD5|...` or a bare hash, with wildcards around it. */
function hashOf(text: string): { readonly algorithm: string; readonly hash: string } {
  const [first = '', second, third] = text.split(text.includes('|') ? '|' : '=');
  if (second !== undefined && third === undefined)
    return { algorithm: first.replace(/^\*+/, '').toUpperCase(), hash: withoutWildcards(second) };
  const hash = withoutWildcards(first);
  return { algorithm: byLength.get(hash.length) ?? '', hash };
}

const withoutWildcards = (text: string): string =>
  text.replace(/^[*?]+/, '').replace(/(?<![*?])[*?]+$/, '');
