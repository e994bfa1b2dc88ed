import { complementRanges } from '../../../regex/set.ts';
import {
  ANY_TEXT,
  choiceOf,
  type Ir,
  isNothing,
  NOTHING,
  repeatOf,
  sequenceOf,
  setOf,
} from './ir.ts';
import { type Beside, FREE, type Variant } from './variant.ts';

/**
 * A longer run would be tried from every character, which costs Lucene the square of its length.
 */
const LONG_RUN = 100;

/** The whole texts in which the variant matches some part; its items, left to right. */
export function wholeText(variant: Variant): readonly Ir[] {
  const left = variant.before === FREE;
  const right = variant.after === FREE;
  let body = variant.body;
  if (left) body = absorbed(body, false);
  if (right) body = absorbed(body, true);
  const items = [
    left ? ANY_TEXT : besideText(variant.before, false),
    body,
    right ? ANY_TEXT : besideText(variant.after, true),
  ];
  if (left && right) {
    if (isNothing(body)) return [ANY_TEXT];
    items[0] = runStart(body);
  }
  const whole = sequenceOf(items);
  return whole.kind === 'sequence' ? whole.items : [whole];
}

/**
 * What a `.*` next to a body leaves of it: optional ends and further repeats change nothing there.
 */
function absorbed(ir: Ir, last: boolean): Ir {
  if (ir.nullable) return NOTHING;
  switch (ir.kind) {
    case 'set':
    case 'except':
      return ir;
    case 'choice':
      return choiceOf(ir.items.map((item) => absorbed(item, last)));
    case 'repeat':
      return ir.min === 1 ? absorbed(ir.item, last) : repeatOf(ir.item, ir.min, ir.min);
    case 'sequence': {
      const at = last
        ? ir.items.findLastIndex((item) => !item.nullable)
        : ir.items.findIndex((item) => !item.nullable);
      const edge = ir.items[at];
      if (!edge) return NOTHING;
      const end = absorbed(edge, last);
      return sequenceOf(last ? [...ir.items.slice(0, at), end] : [end, ...ir.items.slice(at + 1)]);
    }
  }
}

function besideText(beside: Beside, after: boolean): Ir {
  if (beside.ranges.length === 0) return NOTHING;
  const char = setOf(beside.ranges);
  const text = sequenceOf(after ? [char, ANY_TEXT] : [ANY_TEXT, char]);
  return beside.edge ? repeatOf(text, 0, 1) : text;
}

/**
 * Of `.*c{200}.*`, only the start of a run of `c` is worth a try: the same texts, found with a
 * number of states that grows only with the length.
 */
function runStart(body: Ir): Ir {
  if (body.kind !== 'repeat' || body.item.kind !== 'set' || body.min < LONG_RUN) return ANY_TEXT;
  return repeatOf(sequenceOf([ANY_TEXT, setOf(complementRanges(body.item.ranges))]), 0, 1);
}
