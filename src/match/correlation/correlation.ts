import type { CompiledCorrelation, CompiledRule } from '../../query/compile.ts';
import { lookBackOf } from '../../query/look-back.ts';
import { asksForAll, growsWithEvents, isAbsence } from '../../sigma/correlation/threshold.ts';
import type { DetectionRule } from '../../sigma/rule/rule.ts';
import type { Result } from '../../source/result.ts';
import { createView, type Event, type EventView, showEvent } from '../event.ts';
import { predicateOf } from '../predicate.ts';
import { matchable, Unmatchable } from '../unmatchable.ts';
import { createAggregate } from './aggregate.ts';
import {
  type CorrelationHit,
  type GroupKey,
  type Membership,
  membershipsOf,
} from './membership.ts';
import { createSilence } from './silence.ts';

export type { CorrelationHit } from './membership.ts';

/** Whether a rule below a correlation is about an event, by their log sources. */
export type Asks = (rule: DetectionRule, event: Event) => boolean;

/**
 * Takes the events of a sequence one by one, with their times in milliseconds, and returns the
 * groups for which the correlation is fulfilled at that event. A time before that of an earlier
 * event counts as the latest one so far.
 */
export type Correlator = (event: Event, time: number) => readonly CorrelationHit[];

const none: readonly CorrelationHit[] = [];

/**
 * What was before the first event. `empty`: nothing, as in a test. `unknown`: events that are not
 * seen, as before the start of a file.
 */
export type History = 'empty' | 'unknown';

/** What a {@link Correlator} knows about events. */
export interface CorrelatorOptions {
  /** Default: `empty`. */
  readonly history?: History;
  /** Default: every rule is about every event. */
  readonly asks?: Asks;
}

/**
 * Compiles a correlation, for a sequence of events. Its windows slide: at each event that one of
 * its rules matches, the events of the same group within the timespan before count, itself
 * included. A window that reaches back to before the first event counts only where what it has is
 * enough, unless nothing has happened before. Events of one time are taken in their order.
 *
 * @param compiled - The correlation with the rules that it refers to.
 * @param history - What was before the first event.
 * @param asks - Whether a rule is about an event, by their log sources.
 * @returns The correlator, which keeps what its windows hold; or the reason why there is none.
 * @example
 * import { collect, correlatorOf, createBag, createCompiler, readDocuments } from 'sigpack';
 *
 * const text = `title: Failed logon
 * name: failed
 * logsource: { product: windows, service: security }
 * detection: { selection: { EventID: 4625 }, condition: selection }
 * ---
 * title: Many failed logons
 * correlation:
 *   { type: event_count, rules: [failed], group-by: [User], timespan: 1m, condition: { gte: 2 } }
 * `;
 * const bag = createBag();
 * const collection = collect(readDocuments({ path: 'rule.yml', text }, bag).documents, bag);
 * const compile = createCompiler(collection, { placeholders: new Map(), bag });
 * const [compiled] = collection.rules.filter(({ kind }) => kind === 'correlation').map(compile);
 * const correlator = compiled?.kind === 'correlation' ? correlatorOf(compiled) : undefined;
 * const event = { EventID: 4625, User: 'anna' };
 * correlator?.ok && [1000, 2000].map((time) => correlator.value(event, time));
 * // => [[], [{ group: ['anna'] }]]
 */
export function correlatorOf(
  compiled: CompiledCorrelation,
  { history = 'empty', asks = () => true }: CorrelatorOptions = {},
): Result<Correlator> {
  return matchable(() => {
    const view = createView();
    const root = partOf(compiled, { root: compiled, known: new Map(), view, history, asks });
    let start = Number.NaN;
    let now = Number.NEGATIVE_INFINITY;
    let number = 0;
    return (event, time) => {
      now = Math.max(now, time);
      if (number++ === 0) start = now;
      showEvent(view, event);
      return hitsAt(root, { event, time: now, number, age: now - start });
    };
  });
}

interface Compiling {
  /** The correlation that no other reads. */
  readonly root: CompiledCorrelation;
  readonly known: Map<CompiledRule, Part>;
  readonly view: EventView;
  readonly history: History;
  readonly asks: Asks;
}

/** An event, its number in the sequence, and its age since the first event (milliseconds). */
interface Moment {
  readonly event: Event;
  readonly time: number;
  readonly number: number;
  readonly age: number;
}

/** A rule below a correlation: asked once per event, even if several rules refer to it. */
interface Part {
  readonly ask: (moment: Moment) => readonly CorrelationHit[];
  asked: number;
  answer: readonly CorrelationHit[];
}

const alone: readonly CorrelationHit[] = [{ group: [] }];

function hitsAt(part: Part, moment: Moment): readonly CorrelationHit[] {
  if (part.asked !== moment.number) {
    part.answer = part.ask(moment);
    part.asked = moment.number;
  }
  return part.answer;
}

function partOf(compiled: CompiledRule, compiling: Compiling): Part {
  const before = compiling.known.get(compiled);
  if (before) return before;
  const ask =
    compiled.kind === 'detection'
      ? detectionAsk(compiled, compiling)
      : correlationAsk(compiled, compiling);
  const part: Part = { ask, asked: 0, answer: none };
  compiling.known.set(compiled, part);
  return part;
}

function detectionAsk(
  { rule, query }: CompiledRule & { kind: 'detection' },
  { view, asks }: Compiling,
): Part['ask'] {
  const holds = predicateOf(query, view);
  return ({ event }) => (asks(rule, event) && holds() ? alone : none);
}

function correlationAsk(compiled: CompiledCorrelation, compiling: Compiling): Part['ask'] {
  const { rule } = compiled;
  if (rule.type === 'temporal_ordered' && !asksForAll(rule))
    throw new Unmatchable(
      'temporal_ordered is understood with all of its rules only: remove its condition',
    );
  const isInner = compiled !== compiling.root;
  if (isInner && isAbsence(rule))
    throw new Unmatchable(
      'no event fulfils a correlation that looks for silence, so no other can build on it',
    );
  const parts = compiled.parts.map((part) => partOf(part, compiling));
  const membersOf = membershipsOf(compiled, compiling.view);
  // only silence fulfils an absence
  const aggregate = isAbsence(rule) ? undefined : createAggregate(rule);
  // a silence ends at an event that has nothing to do with it, which no other rule may read
  const silence = isInner ? undefined : createSilence(rule);
  const counts = ({ values }: Membership): boolean =>
    rule.type !== 'value_count' || values.length > 0;
  const wholeFrom =
    compiling.history === 'empty' || growsWithEvents(rule) ? 0 : lookBackOf(compiled) * 1000;
  return (moment) => {
    const members = membersOf(parts.map((part) => hitsAt(part, moment)));
    const silent =
      silence?.(
        members.filter(counts).map(({ group }) => group),
        moment.time,
      ) ?? nowhere;
    if (members.length === 0 && silent.length === 0) return none;
    const fulfilled = aggregate
      ? members.filter((member) => aggregate(member, moment.time)).map(({ group }) => group)
      : nowhere;
    return [...silent, ...(moment.age >= wholeFrom ? fulfilled : nowhere)].map((group) => ({
      group,
    }));
  };
}

const nowhere: readonly GroupKey[] = [];
