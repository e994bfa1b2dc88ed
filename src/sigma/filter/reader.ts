import type { NewDiagnostic } from '../../source/diagnostic.ts';
import { failed, ok, type Result } from '../../source/result.ts';
import { spanOf } from '../../source/span.ts';
import { lookup, type YamlMapping } from '../../source/yaml/tree.ts';
import type { RuleReference } from '../correlation/correlation.ts';
import { optionalText, type Reader, requiredText, textSpan } from '../rule/attribute.ts';
import { reportSlips } from '../rule/attribute-name.ts';
import { isNotSelection, readDetection } from '../rule/detection-reader.ts';
import { withKnownKeys } from '../rule/known-keys.ts';
import { readLogSource } from '../rule/reader.ts';
import type { FilterRule } from './filter.ts';

const notSelections = new Set(['rules']);

/**
 * Reads a filter from a document that has `filter:`. One with errors still reaches its rules, so
 * that they are left out: without its condition they would find what nobody wants. Undefined if it
 * is unknown which rules those are.
 */
export function readFilterRule(reader: Reader): FilterRule | undefined {
  const title = requiredText(reader, 'title');
  reportSlips(reader);
  const logsource = readLogSource(reader);
  const written = reader.attributes.get('filter');
  const node =
    written?.kind === 'mapping'
      ? withKnownKeys(reader, written, notSelections, isNotSelection)
      : written;
  if (node?.kind !== 'mapping')
    reader.bag.add(reader.file, {
      code: 'SIG060',
      message: '`filter` must be a map',
      span: node ?? reader.anchor,
    });
  const read = node?.kind === 'mapping' ? readRules(node) : undefined;
  if (read?.ok === false) reader.bag.add(reader.file, read.error);
  const rules = read?.ok ? read.value : undefined;
  const detection =
    node?.kind === 'mapping' && read?.ok
      ? readDetection(reader, node, { name: 'filter', skip: notSelections })
      : undefined;
  const isSound = title !== undefined && logsource !== undefined;
  if (!logsource && !rules) return undefined;
  const id = optionalText(reader, 'id');
  const idSpan = textSpan(reader, 'id');
  const date = optionalText(reader, 'date');
  const modified = optionalText(reader, 'modified');
  return {
    kind: 'filter',
    file: reader.file,
    span: spanOf(reader.document),
    title: title ?? id ?? 'without a title',
    titleSpan: spanOf(reader.attributes.get('title') ?? reader.anchor),
    logsource: logsource ?? {},
    rules,
    detection: isSound ? detection : undefined,
    ...(id === undefined ? {} : { id }),
    ...(idSpan ? { idSpan } : {}),
    ...(date === undefined ? {} : { date }),
    ...(modified === undefined ? {} : { modified }),
  };
}

/** The rules that the filter names; undefined for every rule of the log source. */
function readRules(
  filter: YamlMapping,
): Result<readonly RuleReference[] | undefined, NewDiagnostic> {
  const node = lookup(filter, 'rules');
  if (
    node?.kind === 'sequence'
      ? node.items.length === 0
      : node?.kind === 'scalar' && node.text.trim().toLowerCase() === 'any'
  )
    return ok(undefined);
  const items = node?.kind === 'sequence' ? node.items : [];
  const references = items.flatMap((item): RuleReference[] =>
    item.kind === 'scalar' && item.value !== null
      ? [{ name: item.text, start: item.start, end: item.end }]
      : [],
  );
  if (references.length > 0 && references.length === items.length) return ok(references);
  const span =
    node && node.end > node.start
      ? node
      : (filter.pairs.find(({ key }) => key.text === 'rules')?.key ??
        filter.pairs[0]?.key ??
        filter);
  return failed({
    code: 'SIG060',
    message: '`rules` must list the ids or names of the rules to filter, or be `any`',
    span,
    hint:
      node?.kind === 'scalar' && node.value !== null
        ? `Write a list, \`rules: [${node.text}]\`, or \`rules: any\` for every rule of the ` +
          'log source.'
        : 'Write `rules: any`, or an empty list, for every rule of the log source.',
  });
}
