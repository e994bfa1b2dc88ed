import type { ExpressionTest, Item } from '../query/tree.ts';
import { refused } from './backend.ts';

/** Names without a special meaning in any context that an expression may have. */
const harmless = /^[\p{L}\p{N}_.@-]+$/u;

/** The query part that a pipeline wrote for the target, with the field in the target's spelling. */
export function rawExpression(
  item: Item,
  test: ExpressionTest,
  spelled: (field: string) => string,
): string {
  const text = expressionText(test, item.field, spelled);
  if (text !== undefined) return text;
  const message =
    item.field === undefined
      ? 'the query expression of a pipeline wants a field, and keywords have none'
      : `the field \`${item.field}\` can't be in the query expression of a pipeline`;
  throw refused(
    item,
    message,
    'Limit query_expression_placeholders to other fields, or rename the field.',
  );
}

/**
 * The expression with the field in the target's spelling, in parentheses unless it is a subsearch;
 * undefined where it wants a field that it can't hold.
 */
function expressionText(
  { expression, id }: ExpressionTest,
  field: string | undefined,
  spelled: (field: string) => string,
): string | undefined {
  if (expression.includes('{field}') && (field === undefined || !harmless.test(field)))
    return undefined;
  const text = expression.replace(/\{\{|\}\}|\{field\}|\{id\}/g, (part) => {
    if (part === '{field}') return field === undefined ? '' : spelled(field);
    return part === '{id}' ? id : part.slice(1);
  });
  return text.startsWith('[') && text.endsWith(']') ? text : `(${text})`;
}
