import type { SourcePart } from '../sigma/rule/rule.ts';
import { type Span, spanOf } from '../source/span.ts';
import { lookup, spanOfKey, type YamlMapping } from '../source/yaml/tree.ts';

/** The place of a part of the log source in a rule's document, or of its key. */
export function logSourceSpan(
  document: YamlMapping | undefined,
  part: SourcePart | undefined,
): Span | undefined {
  const node = part === undefined ? undefined : lookup(lookup(document, 'logsource'), part);
  return node ? spanOf(node) : spanOfKey(document, 'logsource');
}
