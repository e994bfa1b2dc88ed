import type { CompiledCorrelation, CompiledRule } from '../query/compile.ts';
import type { DetectionRule } from '../sigma/rule.ts';
import { createAggregate } from './correlation-aggregate.ts';
import { type GroupKey, groupKeysOf } from './correlation-group.ts';
import { createView, type Event, type EventView, showEvent } from './event.ts';
import { compiledFor } from './matcher.ts';

/** An event at which a correlation is fulfilled, for one of its groups. */
export interface CorrelationHit {
  /** Values of the `group-by` fields, in their order; empty without any. */
  readonly group: GroupKey;
}

/** Whether a rule below a correlation is about an event, by their log sources. */
export type Asks = (rule: DetectionRule, event: Event) => boolean;

/** Asked of events in the order of their times (milliseconds): an earlier time counts as the latest one so far. */
export type Correlator = (event: Event, time: number) => readonly CorrelationHit[];

export type CorrelatorOf = { readonly ok: true; readonly push: Correlator } | { readonly ok: false; readonly reason: string };

const none: readonly CorrelationHit[] = [];

/**
 * A correlation over a sequence of events, with sliding windows that are open at their far end: at each event that one of its rules means, the
 * events of the same group within the timespan before are counted, itself included. What is kept is what the windows hold.
 */
export function correlatorOf(compiled: CompiledCorrelation, asks: Asks = () => true): CorrelatorOf {
  const view = createView();
  const parts = new Map<CompiledRule, Part>();
  const root = partOf(compiled, parts, view, asks);
  if ('reason' in root) return { ok: false, reason: root.reason };
  let now = Number.NEGATIVE_INFINITY;
  let number = 0;
  return {
    ok: true,
    push(event, time) {
      now = Math.max(now, time);
      number++;
      showEvent(view, event);
      return hitsAt(root, event, now, number);
    },
  };
}

/** A rule below a correlation, asked once an event however many refer to it. */
interface Part {
  readonly ask: (event: Event, time: number, number: number) => readonly CorrelationHit[];
  asked: number;
  answer: readonly CorrelationHit[];
}

interface Failed {
  readonly reason: string;
}

const alone: readonly CorrelationHit[] = [{ group: [] }];

function hitsAt(part: Part, event: Event, time: number, number: number): readonly CorrelationHit[] {
  if (part.asked !== number) {
    part.answer = part.ask(event, time, number);
    part.asked = number;
  }
  return part.answer;
}

function partOf(compiled: CompiledRule, known: Map<CompiledRule, Part>, view: EventView, asks: Asks): Part | Failed {
  const before = known.get(compiled);
  if (before) return before;
  const ask = compiled.kind === 'detection' ? detectionAsk(compiled, view, asks) : correlationAsk(compiled, known, view, asks);
  if ('reason' in ask) return ask;
  const part: Part = { ask, asked: 0, answer: none };
  known.set(compiled, part);
  return part;
}

function detectionAsk({ rule, query }: CompiledRule & { kind: 'detection' }, view: EventView, asks: Asks): Part['ask'] | Failed {
  const matcher = compiledFor(query, view);
  return matcher.ok ? (event) => (asks(rule, event) && matcher.holds() ? alone : none) : { reason: matcher.reason };
}

function correlationAsk(compiled: CompiledCorrelation, known: Map<CompiledRule, Part>, view: EventView, asks: Asks): Part['ask'] | Failed {
  const { rule } = compiled;
  const parts: Part[] = [];
  for (const inner of compiled.parts) {
    const part = partOf(inner, known, view, asks);
    if ('reason' in part) return part;
    parts.push(part);
  }
  const groupsOf = groupKeysOf(rule, view);
  const aggregate = createAggregate(rule, view);
  return (event, time, number) => {
    const fulfilled = parts.map((part) => hitsAt(part, event, time, number).length > 0);
    if (!fulfilled.includes(true)) return none;
    return groupsOf(fulfilled)
      .filter((group) => aggregate(group, fulfilled, time))
      .map((group) => ({ group }));
  };
}
