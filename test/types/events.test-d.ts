import {
  type CompiledCorrelation,
  type CorrelationHit,
  type Correlator,
  type CorrelatorOptions,
  correlatorOf,
  createEventReader,
  createRuleIndex,
  type Event,
  EventError,
  type EventOptions,
  type EventReader,
  type EventSource,
  eventsIn,
  eventTime,
  type Failed,
  type History,
  type IndexedRule,
  logSourceOf,
  type Matcher,
  matcherOf,
  type Ok,
  type Query,
  type ReadEvent,
  type Result,
  type RuleIndex,
  type RuleIndexOptions,
  withSigmaNames,
} from 'sigpack';
import { expectTypeOf } from 'vitest';

declare const query: Query;
declare const correlation: CompiledCorrelation;
const event: Event = { EventID: 4624, tags: ['a'], nested: { a: null } };
// @ts-expect-error an event is not changed in place
event.EventID = 1;

const options: EventOptions = { file: 'events.json', form: 'json', view: 'sigma' };
const reader = createEventReader(options);
expectTypeOf(reader).toEqualTypeOf<EventReader>();
expectTypeOf(reader.push('{}')).toEqualTypeOf<Iterable<ReadEvent>>();
expectTypeOf(reader.end()).toEqualTypeOf<Iterable<ReadEvent>>();
// @ts-expect-error there is no such form
createEventReader({ form: 'yaml' });
// @ts-expect-error chunks are texts
reader.push(new Uint8Array());
expectTypeOf(eventsIn('{}')).toEqualTypeOf<readonly ReadEvent[]>();
expectTypeOf(eventsIn('{}', options)).toEqualTypeOf<readonly ReadEvent[]>();
expectTypeOf(new EventError('events.json', 1, 'message').line).toBeNumber();
expectTypeOf(eventTime(event)).toEqualTypeOf<number | undefined>();
expectTypeOf(withSigmaNames(event)).toEqualTypeOf<Event>();
expectTypeOf(logSourceOf(event)).toEqualTypeOf<EventSource | undefined>();
// @ts-expect-error an event is an object
eventTime('2026-01-01');

const matcher = matcherOf(query);
expectTypeOf(matcher).toEqualTypeOf<Result<Matcher>>();
expectTypeOf(matcher).toEqualTypeOf<Ok<Matcher> | Failed<string>>();
// @ts-expect-error not every query can be asked of events
matcher.value;
if (matcher.ok) expectTypeOf(matcher.value).toEqualTypeOf<Matcher>();
else expectTypeOf(matcher.error).toBeString();

const rules: readonly IndexedRule[] = [{ id: 'a', query, logsource: { product: 'windows' } }];
const sources: RuleIndexOptions = { logSourceOf };
const index = createRuleIndex(rules, sources);
expectTypeOf(index).toEqualTypeOf<RuleIndex>();
createRuleIndex(rules, { logSourceOf: () => ({ product: 'windows' }) });
createRuleIndex(rules);
expectTypeOf(index.matchesOf(event)).toEqualTypeOf<readonly string[]>();
// @ts-expect-error a rule of an index has an id
createRuleIndex([{ query }]);

const given: CorrelatorOptions = {
  history: 'unknown',
  asks: ({ logsource }) => !logsource.service,
};
const correlator = correlatorOf(correlation, given);
if (correlator.ok) {
  expectTypeOf(correlator.value).toEqualTypeOf<Correlator>();
  expectTypeOf(correlator.value(event, 0)).toEqualTypeOf<readonly CorrelationHit[]>();
  // @ts-expect-error times are in milliseconds, not dates
  correlator.value(event, new Date(0));
}
expectTypeOf<History>().toEqualTypeOf<'empty' | 'unknown'>();
// @ts-expect-error a query is not a correlation
correlatorOf(query);
