import type { RuleHead, Status } from '../rule/rule.ts';
import { idKey } from '../rule/rule-id.ts';

/** The better status first; a missing or unknown one is in the middle. */
const order: readonly (Status | undefined)[] = [
  'stable',
  'test',
  'experimental',
  undefined,
  'deprecated',
  'unsupported',
];

export type Ranked = Pick<RuleHead, 'file' | 'span' | 'id' | 'status' | 'date' | 'modified'>;

/**
 * Which of two rules has the better claim to a name that both could have: by status, then id, then
 * place. For rules with ids, the order of files does not matter.
 */
export const byClaim = (a: Ranked, b: Ranked): number =>
  byStatus(a, b) || byText(idOf(a), idOf(b)) || byPlace(a, b);

/** Which of two documents with the same id is kept: by status, then the last change, then place. */
export const byFreshness = (a: Ranked, b: Ranked): number =>
  byStatus(a, b) || byText(changed(b), changed(a)) || byPlace(a, b);

const byStatus = (a: Ranked, b: Ranked): number =>
  order.indexOf(a.status) - order.indexOf(b.status);
const byPlace = (a: Ranked, b: Ranked): number =>
  byText(a.file.path, b.file.path) || a.span.start - b.span.start;
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

// after those that have one
const idOf = ({ id }: Ranked): string => (id === undefined ? '\uffff' : idKey(id));
const changed = ({ date = '', modified = date }: Ranked): string => modified.replaceAll('/', '-');
