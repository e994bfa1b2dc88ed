import { EventError } from '../../event/event-error.ts';
import { eventTime } from '../../event/event-time.ts';
import { eventOf } from '../../event/record.ts';
import { withSigmaNames } from '../../event/sigma-view.ts';
import {
  type CompiledRule,
  createCombiner,
  detectionsBelow,
  type SettledRule,
} from '../../query/compile.ts';
import { coverageOf, type ReadyCase } from '../../rule-test/coverage.ts';
import { explainedMatch } from '../../rule-test/explanation.ts';
import { isAsExpected, type Prover, proverOf } from '../../rule-test/prove.ts';
import { isPositive, type TestCase, type TimedEvent } from '../../rule-test/test-case.ts';
import {
  type CaseResult,
  type CoveredRule,
  type EventReason,
  expectationText,
  type TestRun,
} from '../../rule-test/test-result.ts';
import { filledTimes } from '../../rule-test/time-offset.ts';
import type { Collection, Rule } from '../../sigma/collection/collection.ts';
import type { DiagnosticBag } from '../../source/diagnostic.ts';
import { counted, plural } from '../../source/plural.ts';
import type { Result } from '../../source/result.ts';
import { statsOf } from '../files/path-stats.ts';
import type { Settle } from '../project/rule-settler.ts';
import { readEvents } from './event-files.ts';
import { eventPath } from './files.ts';
import { createRuleFinder } from './rules.ts';

/** The cases of a test file and where it is, as a whole path. */
export interface TestFile {
  readonly path: string;
  readonly cases: readonly TestCase[];
}

export interface TestInput {
  readonly tests: readonly TestFile[];
  readonly collection: Collection;
  /** Gives a rule the form that events are matched with. */
  readonly settle: Settle;
  readonly coverage: boolean;
  readonly bag: DiagnosticBag;
  readonly now: () => number;
}

/** A rule that is ready to match events; made once, however many cases it has. */
interface ReadyRule {
  readonly settled: SettledRule;
  readonly compiled: CompiledRule;
  readonly prover: Result<Prover>;
}

/** A case that was run, and its events. */
interface RunCase {
  readonly result: CaseResult;
  readonly events: readonly TimedEvent[];
}

/**
 * Runs every case; what keeps one from running is reported, and makes its outcome an error.
 */
export async function runTests(input: TestInput): Promise<TestRun> {
  const started = input.now();
  const ready = createReadier(input);
  const find = createRuleFinder(input.collection, input.bag);
  const read = createEventCache();
  const run: RunCase[] = [];
  for (const { path, cases } of input.tests) {
    for (const test of cases) {
      const rule = find(test, path);
      const events = await eventsOf(test, path, read, input.bag);
      run.push({
        result: caseResult(test, rule, rule && ready(rule), events),
        events: events ?? [],
      });
    }
  }
  const coverage = input.coverage ? coveredRules(input.collection, run, ready) : undefined;
  return {
    results: run.map(({ result }) => result),
    coverage,
    milliseconds: input.now() - started,
  };
}

function createReadier({ settle, bag }: TestInput): (rule: Rule) => ReadyRule | undefined {
  const combine = createCombiner(bag);
  const known = new Map<Rule, ReadyRule | undefined>();
  const make = (rule: Rule): ReadyRule | undefined => {
    const settled = settle(rule);
    const compiled = settled && combine(settled);
    if (!settled || !compiled) return undefined;
    const prover = proverOf(compiled);
    if (!prover.ok)
      bag.add(rule.file, { code: 'TST004', message: prover.error, span: rule.titleSpan });
    return { settled, compiled, prover };
  };
  return (rule) => {
    if (!known.has(rule)) known.set(rule, make(rule));
    return known.get(rule);
  };
}

/** Events of files, each read once. */
function createEventCache(): (path: string) => Promise<readonly TimedEvent[]> {
  const known = new Map<string, Promise<readonly TimedEvent[]>>();
  const read = async (path: string): Promise<readonly TimedEvent[]> => {
    const events: TimedEvent[] = [];
    for await (const { event } of readEvents([path], 'sigma'))
      events.push({ event, time: eventTime(event) });
    return events;
  };
  return (path) => {
    const events = known.get(path) ?? read(path);
    known.set(path, events);
    return events;
  };
}

/** Undefined after a diagnostic. */
async function eventsOf(
  { source, file }: TestCase,
  testPath: string,
  read: (path: string) => Promise<readonly TimedEvent[]>,
  bag: DiagnosticBag,
): Promise<readonly TimedEvent[] | undefined> {
  if (source.kind === 'inline')
    return source.events.map(({ event, time }) => ({
      event: withSigmaNames(eventOf(event)),
      time,
    }));
  const { start, end } = source.span;
  try {
    const path = eventPath(testPath, source.path);
    // a pipe would be waited for without end
    if (statsOf(path)?.isFile() === false)
      throw new EventError(source.path, 0, 'this is not a file');
    const events = await read(path);
    if (events.length > 0) return events;
    bag.add(file, {
      code: 'TST003',
      message: `${source.path} holds no event`,
      span: { start, end },
    });
  } catch (error) {
    if (!(error instanceof EventError)) throw error;
    bag.add(file, { code: 'TST003', message: error.message, span: { start, end } });
  }
  return undefined;
}

function caseResult(
  test: TestCase,
  rule: Rule | undefined,
  ready: ReadyRule | undefined,
  events: readonly TimedEvent[] | undefined,
): CaseResult {
  const failure = (message: string): CaseResult => ({
    test,
    rule,
    outcome: 'error',
    events: events?.length ?? 0,
    matches: 0,
    message,
    reasons: [],
  });
  if (!rule) return failure('its rule was not found');
  if (!ready) return failure('the rule does not compile, or the target leaves it out');
  if (!events) return failure('its events could not be read');
  if (!ready.prover.ok) return failure(`the rule cannot be matched here: ${ready.prover.error}`);
  const hits = ready.prover.value(timed(events));
  const matches = hits.reduce((sum, count) => sum + count, 0);
  const about = { test, rule, events: events.length, matches };
  if (isAsExpected(test.expected, hits, rule.kind))
    return { ...about, outcome: 'passed', message: '', reasons: [] };
  return {
    ...about,
    outcome: 'failed',
    message: failureText(test, rule, events.length, matches) + partsText(ready.compiled, events),
    reasons: reasonsFor(test, ready.settled, events, hits),
  };
}

function timed(events: readonly TimedEvent[]): readonly TimedEvent[] {
  const times = filledTimes(events.map(({ time }) => time));
  return events.map(({ event }, index) => ({ event, time: times[index] }));
}

function failureText(
  { expected }: TestCase,
  { kind }: Rule,
  events: number,
  matches: number,
): string {
  const wanted = expectationText(expected, kind);
  const times = matches === 1 ? 'once' : `${matches} times`;
  const fires = matches === 0 ? 'does not fire' : `fires ${times}`;
  if (kind === 'correlation')
    return `expected ${wanted}; it ${fires} over ${counted(events, 'event')}`;
  if (events === 1)
    return `expected ${wanted}; the event ${matches === 0 ? 'does not match' : 'matches'}`;
  const verb = plural(matches, 'matches', 'match');
  return `expected ${wanted}; ${matches} of ${events} events ${verb}`;
}

/** Of a correlation: how many events each rule that it refers to finds. */
function partsText(compiled: CompiledRule, events: readonly TimedEvent[]): string {
  if (compiled.kind === 'detection') return '';
  const parts = detectionsBelow(compiled).map((part) => {
    const prover = proverOf(part);
    const hits = prover.ok ? prover.value(events).filter((count) => count > 0).length : 0;
    return `"${part.rule.title}" finds ${hits}`;
  });
  return `; ${parts.join(', ')}`;
}

/** Events explained of one case. */
const maximumReasons = 3;

/** Why those events match that should not, or the other way round. */
function reasonsFor(
  { expected }: TestCase,
  settled: SettledRule,
  events: readonly TimedEvent[],
  hits: readonly number[],
): readonly EventReason[] {
  if (settled.kind === 'correlation') return [];
  const fired = hits.filter((count) => count > 0).length;
  const missing = isPositive(expected) && !(expected.kind === 'count' && fired > expected.count);
  return events
    .flatMap(({ event }, index) =>
      (hits[index] ?? 0) > 0 === missing ? [] : [{ event, number: index + 1 }],
    )
    .slice(0, maximumReasons)
    .flatMap(({ event, number }) => {
      const reason = explainedMatch(settled, event);
      return reason ? [{ number, reason }] : [];
    });
}

/**
 * What the tests of each rule show. Rules that only serve correlations are tested through those.
 */
function coveredRules(
  collection: Collection,
  run: readonly RunCase[],
  ready: (rule: Rule) => ReadyRule | undefined,
): readonly CoveredRule[] {
  const cases = new Map<Rule, ReadyCase[]>();
  for (const { result, events } of run) {
    if (!result.rule) continue;
    const one: ReadyCase = {
      expected: result.test.expected,
      events: timed(events),
      passed: result.outcome === 'passed',
    };
    const known = cases.get(result.rule);
    if (known) known.push(one);
    else cases.set(result.rule, [one]);
  }
  return collection.rules.flatMap((rule) => {
    const own = cases.get(rule);
    if (!own && !collection.standsAlone(rule)) return [];
    const settled = own && ready(rule)?.settled;
    return [
      {
        rule,
        coverage: settled
          ? coverageOf(settled, own)
          : { positive: 0, negative: 0, mutants: 0, unnoticed: [] },
      },
    ];
  });
}
