import { isUuid } from '../sigma/rule/rule-id.ts';
import type { Span } from '../source/span.ts';
import { lookup, type YamlNode } from '../source/yaml/tree.ts';
import type { Checked } from './check.ts';

const types: ReadonlySet<string> = new Set(['derived', 'obsolete', 'merged', 'renamed', 'similar']);

/** Another rule that `related` names. */
export interface RelatedId {
  /** In lower case. */
  readonly id: string;
  readonly span: Span;
}

/** The ids of other rules under `related`; reports anything else. */
export function checkRelated({ rule, document, report }: Checked): readonly RelatedId[] {
  const node = lookup(document, 'related');
  if (!node) return [];
  if (node.kind !== 'sequence') {
    report('LNT005', node, '`related` must be a list of maps');
    return [];
  }
  return node.items.flatMap((item): readonly RelatedId[] => {
    const id = lookup(item, 'id');
    const type = lookup(item, 'type');
    if (item.kind !== 'mapping')
      report('LNT005', item, 'an entry of `related` must be a map of `id` and `type`');
    else if (!id) report('LNT005', item.pairs[0]?.key ?? item, 'the entry has no `id`');
    if (item.kind !== 'mapping' || !id) return [];
    if (!type) report('LNT005', item.pairs[0]?.key ?? item, 'the entry has no `type`', typeHint);
    else if (!types.has(textOf(type)))
      report('LNT005', type, `\`${textOf(type)}\` is not a type of a relation`, typeHint);
    const text = textOf(id);
    const span = { start: id.start, end: id.end };
    if (!isUuid(text))
      report(
        'LNT005',
        span,
        `\`${text}\` is not an id of a rule`,
        'Write the UUID of the other rule.',
      );
    else if (text.toLowerCase() === rule.id?.toLowerCase())
      report('LNT005', span, 'the rule is related to itself', 'Write the UUID of the other rule.');
    else return [{ id: text.toLowerCase(), span }];
    return [];
  });
}

const typeHint = `Use one of ${[...types].join(', ')}.`;

const textOf = (node: YamlNode): string => (node.kind === 'scalar' ? node.text : '');
