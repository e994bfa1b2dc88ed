import { lookup, type YamlMapping } from '../../source/yaml.ts';

/** The texts of a list that the schema has checked; undefined where there is none. */
export function textList(item: YamlMapping, name: string): readonly string[] | undefined {
  const node = lookup(item, name);
  return node?.kind === 'sequence' ? node.items.flatMap((one) => (one.kind === 'scalar' ? [one.text] : [])) : undefined;
}
