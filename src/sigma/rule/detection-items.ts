import type { SourceFile, Span } from '../../source/span.ts';
import type { Detection, DetectionItem, SearchBody } from './rule.ts';

/** The items of all selections, in order. */
export const itemsOf = ({ searches }: Pick<Detection, 'searches'>): readonly DetectionItem[] =>
  [...searches.values()].flatMap(({ body }) => itemsIn(body));

/** The items of a selection, in order. */
const itemsIn = (body: SearchBody | DetectionItem): readonly DetectionItem[] =>
  body.kind === 'item' ? [body] : body.kind === 'map' ? body.items : body.entries.flatMap(itemsIn);

/**
 * The place of the name of a field, by the place of a value (or of the key, without a value);
 * undefined where the file has the name in another form, such as with escapes.
 */
export function fieldSpan(
  { text }: SourceFile,
  detection: Detection,
  field: string,
  { start: at }: Span,
): Span | undefined {
  const item = itemsOf(detection).find(
    ({ field: own, span, values }) =>
      own === field &&
      (span.start === at || values.some(({ start, end }) => start <= at && at <= end)),
  );
  if (!item) return undefined;
  // behind the quote of a quoted key
  const start = [0, 1]
    .map((more) => item.span.start + more)
    .find((one) => text.startsWith(field, one));
  return start === undefined ? undefined : { start, end: start + field.length };
}
