import {
  createView,
  type Event,
  type EventView,
  fieldSlot,
  showEvent,
  valuesOf,
} from '../match/event.ts';
import { matchablePredicate } from '../match/matcher.ts';
import { conditionText, testText } from '../pipeline/describe.ts';
import type { SettledDetectionRule } from '../query/compile.ts';
import { selectedBy } from '../query/normalize.ts';
import {
  type SettledBody,
  type SettledDetection,
  type SettledItem,
  type SettledSearch,
  type SettledValue,
  settledQuery,
} from '../query/settled.ts';
import type { Test } from '../query/tree.ts';
import type { ConditionNode } from '../sigma/rule/condition.ts';
import { patternText } from '../sigma/value/pattern.ts';
import { nearest } from '../source/nearest.ts';
import { writtenKey } from './mutant.ts';

/** A part of a rule, whether it holds for an event, and the parts that it consists of. */
export interface Reason {
  readonly kind: 'condition' | 'selection' | 'group' | 'item' | 'value';
  /** The part as written, if that is a single line. */
  readonly text: string;
  readonly holds: boolean;
  /** How the parts are combined; `not`: there is one, and it is negated. */
  readonly link: 'and' | 'or' | 'not';
  readonly children: readonly Reason[];
  /** Of an item: the values of its field in the event, or why there are none. */
  readonly found?: Found;
}

export type Found =
  | { readonly kind: 'values'; readonly field: string; readonly values: readonly string[] }
  /** `near`: a field of the event with a similar name. */
  | { readonly kind: 'absent'; readonly field: string; readonly near: string | undefined }
  | { readonly kind: 'anywhere' };

interface Explaining {
  readonly view: EventView;
  readonly event: Event;
  readonly detection: SettledDetection;
}

/** Why a rule finds an event or not. The rule must be one that can be matched. */
export function explainedMatch({ parts }: SettledDetectionRule, event: Event): Reason | undefined {
  const view = createView();
  showEvent(view, event);
  const reasons = parts.flatMap((detection, index) => {
    const reason = detectionReason({ view, event, detection });
    if (!reason) return [];
    return [
      index === 0 ? reason : { ...reason, text: `filter ${detection.file.path}: ${reason.text}` },
    ];
  });
  const [first] = reasons;
  return reasons.length > 1
    ? linked('condition', 'the rule and its filters', 'and', reasons)
    : first;
}

function detectionReason(explaining: Explaining): Reason | undefined {
  const reasons = explaining.detection.conditions.flatMap(
    (node) => conditionReason(explaining, node) ?? [],
  );
  const [first] = reasons;
  return reasons.length > 1 ? linked('condition', 'one of the conditions', 'or', reasons) : first;
}

function linked(
  kind: Reason['kind'],
  text: string,
  link: 'and' | 'or',
  children: readonly Reason[],
): Reason {
  const holds =
    link === 'and' ? children.every((child) => child.holds) : children.some((child) => child.holds);
  return { kind, text, holds, link, children };
}

/** Undefined if a pipeline left nothing of a part: conditions ignore it. */
function conditionReason(explaining: Explaining, node: ConditionNode): Reason | undefined {
  const text = conditionText(node);
  switch (node.kind) {
    case 'and':
    case 'or': {
      const children = node.operands.flatMap(
        (operand) => conditionReason(explaining, operand) ?? [],
      );
      return children.length === 0 ? undefined : linked('condition', text, node.kind, children);
    }
    case 'not': {
      const inner = conditionReason(explaining, node.operand);
      return (
        inner && { kind: 'condition', text, holds: !inner.holds, link: 'not', children: [inner] }
      );
    }
    case 'name':
    case 'quantifier': {
      const selected = selectedBy(explaining.detection, node);
      const children = (selected.ok ? selected.value : []).flatMap(
        (search) => selectionReason(explaining, search) ?? [],
      );
      const [first] = children;
      if (node.kind === 'name' || (first && children.length === 1 && first.text === node.pattern))
        return first;
      return children.length === 0
        ? undefined
        : linked('condition', text, node.quantifier === 'all' ? 'and' : 'or', children);
    }
  }
}

function selectionReason(
  explaining: Explaining,
  { name, body }: SettledSearch,
): Reason | undefined {
  const reason = bodyReason(explaining, body, name);
  return reason?.kind === 'item'
    ? linked('selection', name, 'and', [reason])
    : reason && { ...reason, kind: 'selection', text: name };
}

function bodyReason(explaining: Explaining, body: SettledBody, text: string): Reason | undefined {
  if (body.kind === 'item') return itemReason(explaining, body);
  const children = body.entries.flatMap(
    (entry, index) => bodyReason(explaining, entry, `entry ${index + 1}`) ?? [],
  );
  const [first] = children;
  if (first && children.length === 1) return first;
  return children.length === 0 ? undefined : linked('group', text, body.link, children);
}

function itemReason(explaining: Explaining, item: SettledItem): Reason | undefined {
  if (item.values.length === 0) return undefined;
  const key = writtenKey(item);
  const found = foundFor(explaining, item.field);
  const holds = isTrue(explaining, item);
  const values = item.values.map((value) => valueReason(explaining, item, value));
  const [only] = values;
  if (only && values.length === 1)
    return {
      kind: 'item',
      text: item.field === undefined ? only.text : `${key}: ${only.text}`,
      holds,
      link: 'and',
      children: [],
      found,
    };
  return {
    kind: 'item',
    text: item.negated && !key.includes('neq') ? `not ${key}` : key,
    holds,
    link: item.link,
    children: values,
    found,
  };
}

function isTrue({ view }: Explaining, body: SettledItem): boolean {
  const query = settledQuery(body);
  const predicate = query && matchablePredicate(query, view);
  return predicate?.ok === true && predicate.value();
}

function valueReason(explaining: Explaining, item: SettledItem, value: SettledValue): Reason {
  const holds = isTrue(explaining, { ...item, values: [value], negated: false });
  return { kind: 'value', text: valueText(item, value), holds, link: 'and', children: [] };
}

/** As written, or as a pipeline changed it. */
function valueText(item: SettledItem, { tests, span }: SettledValue): string {
  const text = item.file.text.slice(span.start, span.end);
  const changed = item.applied !== undefined && item.applied.size > 0;
  if (!changed && text !== '' && !text.includes('\n') && item.span.start !== span.start)
    return text;
  return item.field === undefined && !changed ? text.trim() : tests.map(plainTest).join(' or ');
}

/** Texts as in a rule. */
const plainTest = (test: Test): string =>
  test.kind === 'string' ? `'${patternText(test.pattern)}'` : testText(test);

/** Maximum number of values shown of a field. */
const maximumValues = 5;

function foundFor({ view, event }: Explaining, field: string | undefined): Found {
  if (field === undefined) return { kind: 'anywhere' };
  const values = valuesOf(view, fieldSlot(view, field));
  if (values.length > 0)
    return {
      kind: 'values',
      field,
      values: values.slice(0, maximumValues).map(({ text }) => text),
    };
  return { kind: 'absent', field, near: nearField(event, field) };
}

function nearField(event: Event, field: string): string | undefined {
  const names = Object.keys(event).slice(0, 1000);
  const folded = field.toLowerCase();
  return (
    names.find((name) => name !== field && name.toLowerCase() === folded) ??
    nearest(
      field,
      names.filter((name) => name !== field),
    )
  );
}

/**
 * Only the parts that decide: of a failed "all of" the failed ones, of a failed "one of" all; if it
 * holds, the other way round.
 */
export function decisive(reason: Reason): Reason {
  const { link, holds, children } = reason;
  const wanted = link === 'not' ? !holds : holds;
  const shown =
    link === 'not' || children.every((child) => child.holds === wanted)
      ? children
      : children.filter((child) => child.holds === wanted);
  return { ...reason, children: shown.map(decisive) };
}
