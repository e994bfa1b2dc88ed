import { timeOf } from './aggregate.ts';
import { chart, timechart } from './chart.ts';
import { buildCommand } from './command.ts';
import { atEnd, cursor, peek, takeEnclosed, takeOption } from './cursor.ts';
import type { NullLogic } from './eval-run.ts';
import { inputlookup, lookup, rest as restOf, type Tables } from './lookup.ts';
import { compileSearch } from './search-run.ts';
import { expandMacros, SplError, type StageText, splitPipeline } from './text.ts';
import { tstats } from './tstats.ts';
import { type Event, type Row, rowOf, withFields } from './value.ts';

export type { NullLogic } from './eval-run.ts';
export { SplError } from './text.ts';
export type { Event } from './value.ts';

/**
 * An independent reader of Splunk's search language, after Splunk's search reference. It knows the
 * commands and functions that detections use, refuses all others, and checks an expression's types
 * before it runs, as Splunk does. Where Splunk's documents say nothing, the doc comment beside the
 * code says what was chosen.
 */
export interface SplOptions {
  readonly macros?: ReadonlyMap<string, string>;
  /**
   * How `where` and `eval` take a missing field; a careful query answers the same under both.
   * Default: `unknown`.
   */
  readonly nulls?: NullLogic;
  /** Default: none. */
  readonly tables?: Tables;
}

/** The time range of a search, epoch seconds: from `earliest` on and before `latest`. */
export interface TimeRange {
  readonly earliest: number;
  readonly latest: number;
}

const ALL_TIME: TimeRange = { earliest: 0, latest: Number.POSITIVE_INFINITY };

export interface Stage {
  readonly name: string;
  readonly arguments: string;
  /** `indexed`: all events, newest first, for the commands that search again. */
  readonly run: (rows: readonly Row[], indexed: readonly Row[], range: TimeRange) => readonly Row[];
  readonly streaming: boolean;
  readonly subsearches: readonly Pipeline[];
}

export interface Pipeline {
  /** The text with its macros expanded. */
  readonly text: string;
  readonly stages: readonly Stage[];
}

const NO_MACROS: ReadonlyMap<string, string> = new Map();
const NO_TABLES: Tables = new Map();

/** What all commands of a search are built with. */
interface Building {
  readonly nulls: NullLogic;
  readonly tables: Tables;
}

/** Reads and checks a whole search; throws `SplError` for what Splunk would refuse. */
export function parseSearch(
  text: string,
  macros: ReadonlyMap<string, string> = NO_MACROS,
  nulls: NullLogic = 'unknown',
  tables: Tables = NO_TABLES,
): Pipeline {
  const expanded = expandMacros(text, macros);
  try {
    return { text: expanded, stages: stagesOf(splitPipeline(expanded), { nulls, tables }, false) };
  } catch (error) {
    if (error instanceof RangeError) throw new SplError('The search is nested too deeply');
    throw error;
  }
}

export function compileSpl(
  text: string,
  options: SplOptions = {},
): {
  readonly pipeline: Pipeline;
  readonly run: (events: readonly Event[], range?: TimeRange) => readonly Event[];
} {
  const pipeline = parseSearch(text, options.macros, options.nulls, options.tables);
  return {
    pipeline,
    run: (events, range) => {
      const indexed = newestFirst(
        range
          ? events
              .map(rowOf)
              .filter((row) => timeOf(row) >= range.earliest && timeOf(row) < range.latest)
          : events.map(rowOf),
      );
      return runStages(pipeline, indexed, range ?? ALL_TIME).map((row) => row.event);
    },
  };
}

export function runSpl(
  text: string,
  events: readonly Event[],
  options: SplOptions = {},
  range?: TimeRange,
): readonly Event[] {
  return compileSpl(text, options).run(events, range);
}

/**
 * The test that the first search stage makes: of a pipeline that starts with `multisearch` or
 * `union`, that any of its searches makes.
 */
export function searchStageOnly(text: string, options: SplOptions = {}): (event: Event) => boolean {
  const test = firstTest(parseSearch(text, options.macros, options.nulls));
  return (event) => test(rowOf(event));
}

function firstTest(pipeline: Pipeline): (row: Row) => boolean {
  const [first] = pipeline.stages;
  if (first?.name === 'search') return compileSearch(first.arguments);
  const tests = first?.subsearches.map(firstTest) ?? [];
  if (tests.length === 0)
    throw new SplError(
      `The search does not start with a search stage: ${pipeline.text.slice(0, 60)}`,
    );
  return (row) => tests.some((test) => test(row));
}

function runStages(pipeline: Pipeline, indexed: readonly Row[], range: TimeRange): readonly Row[] {
  return pipeline.stages.reduce<readonly Row[]>(
    (rows, stage) => stage.run(rows, indexed, range),
    indexed,
  );
}

/** Events leave the index newest first. */
function newestFirst(rows: readonly Row[]): readonly Row[] {
  return rows.every((row, at) => at === 0 || timeOf(rows[at - 1] ?? row) >= timeOf(row))
    ? rows
    : [...rows].sort((a, b) => timeOf(b) - timeOf(a));
}

/**
 * In brackets a search must name its first command; elsewhere `search` is implied before the first
 * pipe.
 */
function stagesOf(
  texts: readonly StageText[],
  building: Building,
  bracketed: boolean,
): readonly Stage[] {
  return texts.map((stage, at) => {
    const implied =
      at === 0 && !stage.piped && !bracketed && !/^search(?=\s|\(|$)/.test(stage.text);
    if (implied) return buildStage('search', stage.text, building, true);
    const [, name = '', rest = ''] = /^([A-Za-z_]\w*)([\s\S]*)$/.exec(stage.text) ?? [];
    if (name === '')
      throw new SplError(`A command is expected after the pipe: ${stage.text.slice(0, 60)}`);
    return buildStage(name, rest.trim(), building, at === 0);
  });
}

function buildStage(name: string, text: string, building: Building, first: boolean): Stage {
  const { nulls, tables } = building;
  if (name === 'multisearch' || name === 'union' || name === 'append')
    return joining(name, text, building, first);
  if (first && name === 'tstats') {
    const generate = tstats(text);
    return {
      name,
      arguments: text,
      run: (_, indexed) => generate(indexed),
      streaming: false,
      subsearches: [],
    };
  }
  if (first && (name === 'inputlookup' || name === 'rest')) {
    const generate = name === 'rest' ? restOf(text, tables) : inputlookup(text, tables);
    return { name, arguments: text, run: generate, streaming: false, subsearches: [] };
  }
  if (!first && name === 'lookup')
    return { name, arguments: text, run: lookup(text, tables), streaming: true, subsearches: [] };
  if (!first && name === 'timechart') {
    const draw = timechart(text, nulls);
    return {
      name,
      arguments: text,
      run: (rows, _, range) => draw(rows, range),
      streaming: false,
      subsearches: [],
    };
  }
  if (!first && name === 'chart')
    return { name, arguments: text, run: chart(text, nulls), streaming: false, subsearches: [] };
  if (!first && name === 'addinfo')
    return { name, arguments: text, run: addinfo, streaming: true, subsearches: [] };
  if (first && name !== 'search')
    throw new SplError(`Error in '${name}' command: it cannot be the first command of a search`);
  const { run, streaming } = buildCommand(name, text, nulls);
  return { name, arguments: text, run: (rows) => run(rows), streaming, subsearches: [] };
}

/**
 * `addinfo`: the time range of the search on each row; of one over all time it is 0 and +Infinity,
 * which is not a number in eval.
 */
const addinfo: Stage['run'] = (rows, _, { earliest, latest }) =>
  rows.map((row) =>
    withFields(row, {
      info_min_time: earliest,
      info_max_time: Number.isFinite(latest) ? latest : '+Infinity',
    }),
  );

/**
 * `multisearch` and `union` mix their searches' events by time, newest first, those of one time in
 * any order: here the later searches come first, so that no search can rest on the order in which
 * it is written; `append` puts its rows at the end.
 */
function joining(
  name: 'multisearch' | 'union' | 'append',
  text: string,
  building: Building,
  first: boolean,
): Stage {
  const subsearches = bracketsOf(name, text, building);
  if (name === 'multisearch' && !first)
    throw new SplError('multisearch must be the first command of a search');
  if (name === 'multisearch' && subsearches.length < 2)
    throw new SplError('multisearch needs two searches or more');
  if (name === 'append' && (first || subsearches.length !== 1))
    throw new SplError('append needs one search, and rows to append to');
  if (
    name === 'multisearch' &&
    subsearches.some((one) => one.stages.some((stage) => !stage.streaming))
  ) {
    throw new SplError('Multisearch subsearches might only contain purely streaming operations');
  }
  const run: Stage['run'] = (rows, indexed, range) => {
    const found = subsearches.toReversed().flatMap((one) => runStages(one, indexed, range));
    return name === 'append'
      ? [...rows, ...found]
      : newestFirst(first ? found : [...rows, ...found]);
  };
  return { name, arguments: text, run, streaming: false, subsearches };
}

function bracketsOf(name: string, text: string, building: Building): readonly Pipeline[] {
  const c = cursor(text);
  for (const option of ['maxtime', 'maxout', 'timeout', 'extendtimerange']) takeOption(c, option);
  const found: Pipeline[] = [];
  while (!atEnd(c)) {
    if (peek(c) !== '[')
      throw new SplError(
        `Error in '${name}' command: searches in brackets are expected: ${text.slice(c.at, c.at + 40)}`,
      );
    const inner = takeEnclosed(c, '[', ']').trim();
    found.push({ text: inner, stages: stagesOf(splitPipeline(inner), building, true) });
  }
  return found;
}
