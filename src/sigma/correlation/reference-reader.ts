import { spanOf } from '../../source/span.ts';
import { lookup, type YamlMapping, type YamlNode } from '../../source/yaml/tree.ts';
import type { Reader } from '../rule/attribute.ts';
import type { Alias, RuleReference } from './correlation.ts';
import { report } from './report.ts';

/** The entries of `rules`: a list, or a single reference. */
export function listedRules(correlation: YamlMapping | undefined): readonly YamlNode[] {
  const rules = lookup(correlation, 'rules');
  return rules?.kind === 'sequence' ? rules.items : rules ? [rules] : [];
}

/** The rules that a correlation refers to; undefined after a diagnostic. */
export function readReferences(
  reader: Reader,
  node: YamlMapping,
): readonly RuleReference[] | undefined {
  const references: RuleReference[] = [];
  const seen = new Set<string>();
  for (const item of listedRules(node)) {
    if (item.kind !== 'scalar' || item.value === null)
      return report(reader, item, 'a reference must be the id or name of a rule');
    if (seen.has(item.text))
      return report(reader, item, `\`${item.text}\` is named twice`, 'Name each rule once.');
    seen.add(item.text);
    references.push({ name: item.text, start: item.start, end: item.end });
  }
  return references.length > 0
    ? references
    : report(
        reader,
        lookup(node, 'rules') ?? node.pairs[0]?.key ?? node,
        'the correlation names no rules',
        'Add `rules:` with ids or names.',
      );
}

/** The aliases of a correlation; undefined after a diagnostic. */
export function readAliases(
  reader: Reader,
  node: YamlNode | undefined,
): readonly Alias[] | undefined {
  if (!node) return [];
  if (node.kind !== 'mapping') return report(reader, node, '`aliases` must be a map');
  const aliases: Alias[] = [];
  for (const { key, value } of node.pairs) {
    if (value.kind !== 'mapping')
      return report(reader, value, `alias \`${key.text}\` must map each rule to a field`);
    const fields = new Map<string, string>();
    const references: RuleReference[] = [];
    for (const pair of value.pairs) {
      if (pair.value.kind !== 'scalar' || pair.value.value === null || pair.value.text === '')
        return report(reader, pair.value, 'an alias names one field per rule');
      fields.set(pair.key.text, pair.value.text);
      references.push({ name: pair.key.text, start: pair.key.start, end: pair.key.end });
    }
    aliases.push({ name: key.text, fields, references, span: spanOf(key) });
  }
  return aliases;
}
