import type { RuleHead } from '../sigma/rule/rule.ts';
import { type Span, spanOf } from '../source/span.ts';
import { parseYaml } from '../source/yaml/parse.ts';
import { lookup, spanOfKey } from '../source/yaml/tree.ts';

export type SourcePart = 'category' | 'product' | 'service';

/**
 * The place of a part of the rule's log source, or of its key. Rules do not keep it, as few need
 * it: their text is read again. Undefined for rules of old collections that lie in a list.
 */
export function logSourceSpan(rule: RuleHead, part: SourcePart | undefined): Span | undefined {
  const { file, document, span } = rule;
  const startsLine = span.start === 0 || file.text[span.start - 1] === '\n';
  if (!document && !startsLine) return undefined;
  const offset = document ? 0 : span.start;
  const text = file.text.slice(span.start, span.end);
  const root = document ?? parseYaml({ ...file, text }).documents[0];
  const node = part === undefined ? undefined : lookup(lookup(root, 'logsource'), part);
  const found = node ? spanOf(node) : spanOfKey(root, 'logsource');
  return found && { start: found.start + offset, end: found.end + offset };
}
