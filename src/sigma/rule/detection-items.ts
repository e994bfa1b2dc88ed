import type { Detection, DetectionItem, SearchBody } from './rule.ts';

/** The items of all selections, in order. */
export const itemsOf = ({ searches }: Pick<Detection, 'searches'>): readonly DetectionItem[] =>
  [...searches.values()].flatMap(({ body }) => itemsIn(body));

/** The items of a selection, in order. */
const itemsIn = (body: SearchBody | DetectionItem): readonly DetectionItem[] =>
  body.kind === 'item' ? [body] : body.kind === 'map' ? body.items : body.entries.flatMap(itemsIn);
