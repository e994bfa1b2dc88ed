import { ingestCondition } from '../src/backend/graylog/ingest/ingest-condition.ts';
import { planIngest } from '../src/backend/graylog/ingest/ingest-plan.ts';
import type { IngestOptions, IngestRule } from '../src/backend/graylog/ingest/ingest-rule.ts';
import type { IngestPlan } from '../src/backend/graylog/ingest/texts.ts';
import type { CompiledDetection } from '../src/query/compile.ts';
import { type Interpreter, interpreterOf } from './judges/pipeline-rules/interpreter.ts';
import { gelfMessage, type Message } from './judges/pipeline-rules/message.ts';
import { Instant } from './judges/pipeline-rules/value.ts';
import { matches, type TestEvent } from './matcher.ts';

export const ingestOptions: Choice = {
  pack: 'test',
  detectionsStream: 'Sigma detections',
  keywordFields: [],
};

/** A detection as a plan takes it, with the id that its tags have. */
export interface IngestedRule {
  readonly id: string;
  readonly compiled: CompiledDetection;
  readonly ingest: IngestRule;
  /** It says of itself that it finds more than the rule means. */
  readonly widened: boolean;
}

export interface Ingested {
  readonly rules: readonly IngestedRule[];
  readonly refused: readonly { readonly compiled: CompiledDetection; readonly reason: string }[];
}

export interface Choice extends IngestOptions {
  readonly keywordFields: readonly string[];
  /** What the ids of tags start with. */
  readonly prefix?: string;
  readonly hitFields?: readonly string[];
}

/** The detections that pipeline rules can express, and why not the others. */
export function ingested(
  detections: readonly CompiledDetection[],
  options: Choice = ingestOptions,
): Ingested {
  const rules: IngestedRule[] = [];
  const refused: { compiled: CompiledDetection; reason: string }[] = [];
  for (const [at, compiled] of detections.entries()) {
    const { rule, query } = compiled;
    const place = { file: rule.file, span: rule.detection.span };
    const conversion = ingestCondition(query, place, options);
    if (!conversion.ok) {
      refused.push({ compiled, reason: conversion.error[0]?.message ?? '' });
      continue;
    }
    const id = `${options.prefix ?? ''}${rule.id ?? `without-id-${at}`}`;
    const ingest: IngestRule = {
      id,
      title: rule.title,
      level: rule.level ?? 'medium',
      ...(rule.status === undefined ? {} : { status: rule.status }),
      tactics: [],
      techniques: [],
      alert: true,
      entityFields: [{ name: 'Computer', type: 'system' }],
      hitFields: options.hitFields ?? [],
      logSource: rule.logsource,
      condition: conversion.value,
    };
    const widened = conversion.diagnostics.some(({ code }) => code === 'TGT002');
    rules.push({ id, compiled, ingest, widened });
  }
  return { rules, refused };
}

export const planOf = (
  rules: readonly IngestedRule[],
  options: IngestOptions = ingestOptions,
): IngestPlan =>
  planIngest(
    rules.map(({ ingest }) => ingest),
    options,
  );

export const interpreted = (plan: IngestPlan): Interpreter =>
  interpreterOf(plan, { streams: [ingestOptions.detectionsStream] });

/**
 * An event as a GELF message, and what the matcher is to see of it: what the message holds. The
 * text of keywords is the message's own.
 */
export function asMessage(event: TestEvent): {
  readonly message: Message;
  readonly stored: TestEvent;
} {
  const { _raw, message: text, source, ...rest } = event;
  const shown = typeof _raw === 'string' ? _raw : typeof text === 'string' ? text : 'event';
  const message = gelfMessage(rest, {
    message: shown,
    source: typeof source === 'string' && source.trim() !== '' ? source : 'judge',
  });
  const stored = [...message.fields].flatMap(([name, value]): [string, unknown][] => {
    if (value instanceof Instant) return [];
    return [[name, typeof value === 'bigint' ? String(value) : value]];
  });
  return {
    message,
    stored: { ...Object.fromEntries(stored), _raw: message.field('message') },
  };
}

export interface Tags {
  readonly ids: ReadonlySet<string>;
  /** What is not as it should be: errors, fields that are left, hits that are not as the tags. */
  readonly wrong: readonly string[];
}

/** The tags of a message that the pipelines have processed. */
export function tagsOf(interpreter: Interpreter, message: Message): Tags {
  const before = new Set(message.fields.keys());
  const made = interpreter.process(message);
  const hits = made.filter((one) => one !== message);
  const tagged = message.field('sigma_rules');
  const ids = Array.isArray(tagged) ? tagged.map(String) : [];
  const wrong = [...message.errors];
  for (const name of message.fields.keys())
    if (!before.has(name) && !name.startsWith('sigma_')) wrong.push(`${name} is left`);
  const hitIds = hits.map((hit) => String(hit.field('sigma_rule')));
  if ([...hitIds].sort().join() !== [...ids].sort().join())
    wrong.push(`tags ${ids.join()}, but hits ${hitIds.join()}`);
  for (const hit of hits)
    if ([...hit.streams].join() !== ingestOptions.detectionsStream)
      wrong.push(`a hit is in ${[...hit.streams].join()}`);
  return { ids: new Set(ids), wrong };
}

export interface Compared {
  /** What is not as the matcher says, and what else is odd. */
  readonly wrong: readonly string[];
  /** Pairs of a rule and an event that it means. */
  readonly hits: number;
}

/**
 * Compares the tags of all events with what the plain matcher says of every rule.
 *
 * @param plan - Of the rules, for who has it.
 */
export function compared(
  rules: readonly IngestedRule[],
  events: readonly TestEvent[],
  nameOf: (rule: IngestedRule) => string,
  plan = planOf(rules),
): Compared {
  const interpreter = interpreted(plan);
  let hits = 0;
  const wrong = events.flatMap((event) => {
    const { message, stored } = asMessage(event);
    const wanted = rules.filter(({ compiled }) => matches(compiled.query, stored));
    hits += wanted.length;
    const { ids, wrong: odd } = tagsOf(interpreter, message);
    const missed = wanted.filter(({ id }) => !ids.has(id));
    const extra = rules.filter(
      (rule) => ids.has(rule.id) && !wanted.includes(rule) && !rule.widened,
    );
    const named = (list: readonly IngestedRule[], how: string): readonly string[] =>
      list.map((rule) => `${how} by ${nameOf(rule)}: ${JSON.stringify(stored)}`);
    return [...odd, ...named(missed, 'missed'), ...named(extra, 'found')];
  });
  return { wrong, hits };
}
