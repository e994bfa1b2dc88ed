import { EventError } from '../event/event-error.ts';
import { eventTime } from '../event/event-time.ts';
import { createEventReader, type ReadEvent } from '../event/reader.ts';
import { type Correlator, correlatorOf } from '../match/correlation/correlation.ts';
import type { Event } from '../match/event.ts';
import { matcherOf } from '../match/matcher.ts';
import { createWrittenSettler, type WrittenRulesOptions } from '../pipeline/run/written-rules.ts';
import { type CompiledRule, createCombiner } from '../query/compile.ts';
import { decisive, explainedMatch, type Found, type Reason } from '../rule-test/explanation.ts';
import { createBag } from '../source/diagnostic.ts';
import { counted } from '../source/plural.ts';
import type { PlaygroundMatch, PlaygroundReason, PlaygroundResult } from './messages.ts';

type Matched = Pick<PlaygroundResult, 'events' | 'eventNotes' | 'eventError'>;

/** A rule that events are matched with. */
type Finder = (event: Event, time: number | undefined) => PlaygroundMatch;

/** Events that are matched: those behind them change nothing of their results. */
const maximumEvents = 200;

/** The rules of a collection, as written, on each event of a text. */
export function matchedEvents(rules: Omit<WrittenRulesOptions, 'bag'>, text: string): Matched {
  if (text.trim() === '') return { events: [], eventNotes: [], eventError: '' };
  const { read, eventError } = eventsOf(text);
  if (read.length === 0) return { events: [], eventNotes: [], eventError };
  const notes: string[] = [];
  const finders = findersOf(rules, notes);
  if (finders.length === 0) {
    notes.push('There is no rule to match events with.');
    return { events: [], eventNotes: notes, eventError };
  }
  const shown = read.slice(0, maximumEvents);
  const isTimeless = shown.some(({ event }) => eventTime(event) === undefined);
  if (isTimeless && rules.collection.rules.some(({ kind }) => kind === 'correlation'))
    notes.push('Events without a time are in no window of a correlation.');
  if (read.length > shown.length)
    notes.push(`The first ${maximumEvents} of ${counted(read.length, 'event')} are shown.`);
  const events = shown.map(({ event, line }) => ({
    line,
    matches: finders.map((find) => find(event, eventTime(event))),
  }));
  return { events, eventNotes: notes, eventError };
}

/** The events, and why the text cannot be read any further; empty where it is read to its end. */
function eventsOf(text: string): {
  readonly read: readonly ReadEvent[];
  readonly eventError: string;
} {
  const read: ReadEvent[] = [];
  try {
    const reader = createEventReader({ view: 'sigma' });
    for (const event of reader.push(text)) read.push(event);
    for (const event of reader.end()) read.push(event);
    return { read, eventError: read.length === 0 ? 'The text holds no event.' : '' };
  } catch (error) {
    if (error instanceof EventError) return { read, eventError: error.message };
    throw error;
  }
}

/** Of values that pipelines give, which only matching needs; other codes are reported already. */
const ofWrittenRules: ReadonlySet<string> = new Set(['PIP006', 'TST004']);

function findersOf(rules: Omit<WrittenRulesOptions, 'bag'>, notes: string[]): readonly Finder[] {
  const bag = createBag();
  const settle = createWrittenSettler({ ...rules, bag });
  const combine = createCombiner(bag);
  const finders = rules.collection.rules.flatMap((rule): readonly Finder[] => {
    const settled = settle(rule);
    const compiled = settled && combine(settled);
    if (!compiled) return [];
    const tests = testOf(compiled);
    if (typeof tests === 'string') {
      notes.push(`${rule.title}: ${tests}`);
      return [];
    }
    if (settled.kind === 'correlation') return [tests];
    return [
      (event, time) => {
        const reason = explainedMatch(settled, event);
        return { ...tests(event, time), reason: reason && shownReason(decisive(reason)) };
      },
    ];
  });
  for (const { code, message } of bag.list) if (ofWrittenRules.has(code)) notes.push(message);
  return finders;
}

/** How a rule tests events, or why it can't. */
function testOf(compiled: CompiledRule): Finder | string {
  const { title } = compiled.rule;
  if (compiled.kind === 'detection') {
    const matcher = matcherOf(compiled.query);
    if (!matcher.ok) return matcher.error;
    return (event) => ({
      title,
      kind: 'detection',
      holds: matcher.value(event),
      reason: undefined,
      groups: [],
    });
  }
  const correlator = correlatorOf(compiled);
  if (!correlator.ok) return correlator.error;
  const push: Correlator = correlator.value;
  return (event, time) => {
    const hits = time === undefined ? [] : push(event, time);
    const groups = hits.map(({ group }) => group);
    return { title, kind: 'correlation', holds: hits.length > 0, reason: undefined, groups };
  };
}

function shownReason({ text, holds, children, found }: Reason): PlaygroundReason {
  return {
    text,
    holds,
    found: found && foundText(found),
    children: children.map(shownReason),
  };
}

function foundText(found: Found): string {
  switch (found.kind) {
    case 'values':
      return `${found.field} is ${found.values.map((value) => `'${value}'`).join(', ')}`;
    case 'absent':
      return `the event has no ${found.field}${found.near ? `, but ${found.near}` : ''}`;
    case 'anywhere':
      return 'in any field';
  }
}
