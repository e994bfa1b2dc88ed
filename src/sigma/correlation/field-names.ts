import type { YamlNode } from '../../source/yaml/tree.ts';
import type { Reader } from '../rule/attribute.ts';
import { report } from './report.ts';

/** A field name or a list of them; undefined after a diagnostic. */
export function readTexts(
  reader: Reader,
  node: YamlNode | undefined,
  name: string,
): readonly string[] | undefined {
  if (!node) return [];
  const items = node.kind === 'sequence' ? node.items : [node];
  const texts: string[] = [];
  for (const item of items) {
    if (item.kind !== 'scalar' || item.value === null || item.text === '')
      return report(reader, item, `\`${name}\` must be a field name or a list of them`);
    texts.push(item.text);
  }
  return texts;
}
