import { lookup, type YamlNode } from '../source/yaml.ts';
import { optionalText, type Reader, requiredText } from './attribute.ts';
import type { RuleReference } from './correlation.ts';
import { readDetection } from './detection-reader.ts';
import type { FilterRule } from './filter.ts';
import { readLogSource } from './rule-reader.ts';

const notSelections = new Set(['rules']);

/** A filter from a document that has `filter:`. Undefined after a fatal complaint. */
export function readFilterRule(reader: Reader): FilterRule | undefined {
  const title = requiredText(reader, 'title');
  const logsource = readLogSource(reader);
  const node = reader.attributes.get('filter');
  if (node?.kind !== 'mapping') {
    reader.bag.add(reader.file, { code: 'SIG060', message: '`filter` must be a map', span: node ?? reader.anchor });
    return undefined;
  }
  const rules = readRules(lookup(node, 'rules'));
  if (rules === 'wrong') {
    const span = lookup(node, 'rules') ?? node.pairs[0]?.key ?? node;
    reader.bag.add(reader.file, { code: 'SIG060', message: '`rules` must list the ids or names of the rules to filter, or be `any`', span });
    return undefined;
  }
  const detection = readDetection(reader, node, notSelections);
  if (title === undefined || !logsource || !detection) return undefined;
  const id = optionalText(reader, 'id');
  const titleSpan = reader.attributes.get('title') ?? reader.anchor;
  return { kind: 'filter', file: reader.file, span: reader.document, title, titleSpan, logsource, rules, detection, ...(id === undefined ? {} : { id }) };
}

function readRules(node: YamlNode | undefined): readonly RuleReference[] | undefined | 'wrong' {
  if (node?.kind === 'scalar') return node.text === 'any' ? undefined : 'wrong';
  if (node?.kind !== 'sequence' || node.items.length === 0) return 'wrong';
  const references: RuleReference[] = [];
  for (const item of node.items) {
    if (item.kind !== 'scalar' || item.value === null) return 'wrong';
    references.push({ name: item.text, start: item.start, end: item.end });
  }
  return references;
}
