import { EvaluationError } from './error.ts';
import type { Scope } from './function.ts';
import { defaultStream, type Message } from './message.ts';
import { type ReadRule, readPipeline, readRule } from './rule.ts';
import type { StageSyntax } from './syntax.ts';

interface Named {
  readonly name: string;
  readonly source: string;
}

export interface PipelineSources {
  readonly rules: readonly Named[];
  readonly pipelines: readonly Named[];
}

export interface Processing {
  /** Titles of the streams that each pipeline is connected to; default: the default stream. */
  readonly connections?: ReadonlyMap<string, readonly string[]>;
  /** Titles of the streams that exist beside those. */
  readonly streams?: readonly string[];
}

interface Pipeline {
  readonly name: string;
  readonly stages: readonly StageSyntax[];
}

/** Runs messages through pipelines as the server's `PipelineInterpreter` does. */
export interface Interpreter {
  /** The message and those that rules have created, each through the pipelines of its streams. */
  readonly process: (message: Message) => readonly Message[];
}

/** Reads all sources; throws where the server refuses one, or a name is not what it seems. */
export function interpreterOf(
  sources: PipelineSources,
  { connections = new Map(), streams = [] }: Processing = {},
): Interpreter {
  const rules = new Map<string, ReadRule>();
  for (const { name, source } of sources.rules) {
    const rule = readRule(source);
    if (rule.name !== name) throw new Error(`the rule ${name} calls itself ${rule.name}`);
    if (rules.has(name)) throw new Error(`two rules are called ${name}`);
    rules.set(name, rule);
  }
  const pipelines = sources.pipelines.map(({ name, source }): Pipeline => {
    const pipeline = readPipeline(source);
    if (pipeline.name !== name)
      throw new Error(`the pipeline ${name} calls itself ${pipeline.name}`);
    return pipeline;
  });
  const lost = pipelines
    .flatMap(({ stages }) => stages.flatMap((stage) => stage.rules))
    .find((name) => !rules.has(name));
  // the server takes a rule that is not there for one that never holds
  if (lost !== undefined) throw new Error(`there is no rule ${lost}`);
  const streamsOf = (name: string): readonly string[] => connections.get(name) ?? [defaultStream];
  const existing = new Set([defaultStream, ...streams, ...[...connections.values()].flat()]);
  return {
    process: (message) =>
      processed(
        message,
        (ids) => pipelines.filter(({ name }) => streamsOf(name).some((one) => ids.has(one))),
        rules,
        existing,
      ),
  };
}

function processed(
  first: Message,
  pipelinesOf: (streams: ReadonlySet<string>) => readonly Pipeline[],
  rules: ReadonlyMap<string, ReadRule>,
  streams: ReadonlySet<string>,
): readonly Message[] {
  const done: Message[] = [];
  const ran = new Map<Message, Set<string>>();
  let waiting: Message[] = [first];
  while (waiting.length > 0) {
    const now = waiting;
    waiting = [];
    for (const message of now) {
      const before = new Set(message.streams);
      const already = ran.get(message) ?? new Set();
      ran.set(message, already);
      const open = new Set([...before].filter((stream) => !already.has(stream)));
      waiting.push(...runPipelines(pipelinesOf(open), message, rules, streams));
      for (const stream of message.streams) if (before.has(stream)) already.add(stream);
      const added = [...message.streams].some((stream) => !before.has(stream));
      if (added && !message.dropped) waiting.push(message);
      else done.push(message);
    }
  }
  return done.filter(({ dropped }) => !dropped);
}

/** Stages of one number of all pipelines, then those of the next number. */
function runPipelines(
  pipelines: readonly Pipeline[],
  message: Message,
  rules: ReadonlyMap<string, ReadRule>,
  streams: ReadonlySet<string>,
): readonly Message[] {
  const created: Message[] = [];
  const ended = new Set<Pipeline>();
  const numbers = new Set(pipelines.flatMap(({ stages }) => stages.map(({ number }) => number)));
  for (const number of [...numbers].sort((a, b) => a - b)) {
    if (message.dropped) break;
    for (const pipeline of pipelines) {
      const stage = pipeline.stages.find((one) => one.number === number);
      if (!stage || ended.has(pipeline)) continue;
      const scope: Scope = { message, variables: new Map(), created: [], streams };
      if (!runStage(stage, scope, rules)) ended.add(pipeline);
      created.push(...scope.created);
    }
  }
  return created;
}

/** False where the pipeline goes no further. */
function runStage(
  { match, rules: names }: StageSyntax,
  scope: Scope,
  rules: ReadonlyMap<string, ReadRule>,
): boolean {
  const found: ReadRule[] = [];
  let any = names.length === 0;
  let every = true;
  let failed = false;
  for (const name of names) {
    const rule = rules.get(name);
    let holds = false;
    try {
      holds = rule?.matches(scope) ?? false;
    } catch (error) {
      failed = noted(scope, name, error);
    }
    any ||= holds;
    every &&= holds;
    if (rule && holds) found.push(rule);
    // the rules after an error are not asked
    if (failed) break;
  }
  runActions(found, scope, failed);
  return match === 'pass' || (match === 'all' ? every : any);
}

function runActions(found: readonly ReadRule[], scope: Scope, failedBefore: boolean): void {
  for (const { name, actions } of found)
    for (const action of actions) {
      let failed = failedBefore;
      try {
        action(scope);
      } catch (error) {
        failed = noted(scope, name, error);
      }
      // after an error of the stage, one statement runs and ends it
      if (failed) return;
    }
}

/** Keeps an error of the server; any other is one of this reader. */
function noted({ message }: Scope, name: string, error: unknown): true {
  if (!(error instanceof EvaluationError)) throw error;
  message.errors.push(`${name}: ${error.message}`);
  return true;
}
