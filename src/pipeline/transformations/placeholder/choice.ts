import type { JsonSchema } from '../../../source/schema/json-schema.ts';
import type { YamlMapping } from '../../../source/yaml/tree.ts';
import { placeOf, textList } from '../../parameters.ts';
import { PipelineError } from '../../pipeline-error.ts';

const names: JsonSchema = {
  type: ['string', 'array', 'null'],
  items: { type: 'string' },
  description: 'A list of names of placeholders, without percent signs.',
};

export const choiceParameters = { include: names, exclude: names } as const satisfies Readonly<
  Record<string, JsonSchema>
>;

/** Which placeholders a transformation fills: those under `include`, or all but `exclude`. */
export function chosenPlaceholders(item: YamlMapping): (name: string) => boolean {
  const include = textList(item, 'include');
  const exclude = textList(item, 'exclude');
  if (include && exclude)
    throw new PipelineError(
      '`include` and `exclude` exclude each other',
      placeOf(item, 'exclude'),
      'Keep one of them.',
    );
  const named = new Set(include ?? exclude ?? []);
  return include ? (name) => named.has(name) : (name) => !named.has(name);
}
