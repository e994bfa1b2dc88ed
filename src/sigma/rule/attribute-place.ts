import type { Span } from '../../source/span.ts';
import type { RuleHead } from './rule.ts';

/** The value of a document's `id:` or `name:`; its title where that can't be found. */
export function attributeValue(
  { file, span, titleSpan }: Pick<RuleHead, 'file' | 'span' | 'titleSpan'>,
  attribute: 'id' | 'name',
  value: string,
): Span {
  const line = new RegExp(`^${attribute}:`, 'm').exec(file.text.slice(span.start, span.end));
  const start = line ? file.text.indexOf(value, span.start + line.index + attribute.length) : -1;
  return start === -1 ? titleSpan : { start, end: start + value.length };
}
