/**
 * node test/judges/lucene/lucene.ts: every query for Elasticsearch and Graylog of the public rules
 * and of the hostile ones, in each setting of `matching`, in Lucene's own classic parser. It must
 * parse, compile, keep the servers' limits, and search the rule's fields and no others.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Conversion } from '../../../src/backend/backend.ts';
import { graylogCorrelation } from '../../../src/backend/graylog/correlation.ts';
import { queryStringLimits } from '../../../src/backend/lucene/limits.ts';
import { defaultTargetSettings, type TargetSettings } from '../../../src/backend/registry.ts';
import type { CompiledRule } from '../../../src/query/compile.ts';
import { itemsOf } from '../../../src/query/tree.ts';
import { compileFolders, compileText } from '../../compile.ts';
import { generatedRules } from '../../hostile-rules.ts';
import { esQs, graylog, xpackWatcher } from '../../registered.ts';
import { shared } from '../corpus.ts';
import { installed } from '../places.ts';

const home = join(
  installed('lucene', 'judges', 'lucene', 'classes', 'ParseQueries.class'),
  '..',
  '..',
);

/** How to convert, and what the server's parser permits. */
interface Variant {
  readonly name: string;
  readonly leadingWildcards: boolean;
  readonly queries: (rule: CompiledRule) => Conversion<readonly string[]>;
}

const { elasticsearch, graylog: graylogOptions } = defaultTargetSettings;
const elasticsearchVariants = (['native', 'case-insensitive'] as const).map((matching): Variant => {
  const settings: TargetSettings = {
    ...defaultTargetSettings,
    elasticsearch: { ...elasticsearch, matching },
  };
  return {
    name: `es-qs ${matching}`,
    leadingWildcards: true,
    queries: (rule) => texts(rule.kind === 'detection' ? esQs : xpackWatcher, rule, settings),
  };
});
const graylogVariants = (['case-insensitive', 'exact'] as const).flatMap((matching) =>
  [false, true].map((leadingWildcards): Variant => {
    const settings: TargetSettings = {
      ...defaultTargetSettings,
      graylog: { ...graylogOptions, matching, leadingWildcards },
    };
    return {
      name: `graylog ${matching}${leadingWildcards ? ', leading wildcards' : ''}`,
      leadingWildcards,
      queries: (rule) =>
        rule.kind === 'detection' ? texts(graylog, rule, settings) : aggregated(rule, settings),
    };
  }),
);
const variants: readonly Variant[] = [...elasticsearchVariants, ...graylogVariants];

function texts(
  target: typeof esQs,
  rule: CompiledRule,
  settings: TargetSettings,
): Conversion<readonly string[]> {
  const conversion = target.convert(rule, settings);
  return conversion.ok ? { ...conversion, value: conversion.value.queries } : conversion;
}

function aggregated(
  compiled: CompiledRule & { readonly kind: 'correlation' },
  settings: TargetSettings,
): Conversion<readonly string[]> {
  const details = compiled.parts.flatMap((part) => (part.kind === 'detection' ? [part.query] : []));
  const conversion = graylogCorrelation(
    compiled.rule,
    details.length === compiled.parts.length ? details : undefined,
    settings.graylog,
  );
  return conversion.ok ? { ...conversion, value: [conversion.value.query] } : conversion;
}

/** Queries that stand for one rule together. */
interface Case {
  readonly rule: CompiledRule;
  readonly variant: Variant;
  readonly queries: readonly string[];
}

interface Answer {
  readonly micros: number;
  readonly error?: string;
  readonly clauses?: number;
  readonly longestRegex?: number;
  readonly fields?: readonly string[];
}

/** The parser gets each text once: many variants share theirs. */
function parsed(cases: readonly Case[]): readonly Answer[] {
  const wanted = cases.flatMap(({ variant, queries }) =>
    queries.map(
      (query) =>
        `${variant.leadingWildcards ? '+' : '-'}${Buffer.from(query).toString('base64')}\n`,
    ),
  );
  const lines = [...new Set(wanted)];
  const run = spawnSync(
    'java',
    [
      '-Xmx1g',
      '-Xmn600m',
      '-XX:+UseSerialGC',
      // the second compiler takes more than it saves
      '-XX:TieredStopAtLevel=1',
      '-cp',
      `${join(home, 'classes')}:${join(home, 'lib', '*')}`,
      'ParseQueries',
    ],
    {
      input: lines.join(''),
      encoding: 'utf8',
      maxBuffer: 2 ** 30,
    },
  );
  const answers = run.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Answer => JSON.parse(line));
  if (run.status !== 0 || answers.length !== lines.length)
    throw new Error(
      `the parser ends with ${run.status} after ${answers.length} answers: ${run.stderr}`,
    );
  const byLine = new Map(lines.map((line, index) => [line, answers[index]]));
  return wanted.map((line) => {
    const answer = byLine.get(line);
    if (!answer) throw new Error(`no answer to ${line}`);
    return answer;
  });
}

const everyField = { graylog: ['gl2_message_id', ...graylogOptions.textFields], elasticsearch: [] };

/** Names of fields that the rule tests; '' for the whole event. */
/**
 * `grouped`: a message without a field that a correlation groups or counts by must not be found.
 */
function fieldsOf(rule: CompiledRule, grouped: boolean): ReadonlySet<string> {
  if (rule.kind === 'correlation') {
    const { groupBy, valueFields, aliases } = rule.rule;
    const own = (
      grouped ? [...groupBy, ...(rule.rule.type === 'value_count' ? [] : valueFields)] : []
    ).flatMap((name) => [
      ...(aliases.find((alias) => alias.name === name)?.fields.values() ?? [name]),
    ]);
    return new Set([
      ...rule.parts.flatMap((part) => [...fieldsOf(part, false)]),
      ...own.map((name) => name.toWellFormed()),
    ]);
  }
  return new Set([...itemsOf(rule.query)].map(({ field }) => (field ?? '').toWellFormed()));
}

function faultsOf({ rule, variant, queries }: Case, answers: readonly Answer[]): readonly string[] {
  const faults: string[] = [];
  const isGraylog = variant.name.startsWith('graylog');
  const wanted = fieldsOf(rule, isGraylog);
  const found = new Set<string>();
  for (const [index, { error, clauses = 0, longestRegex = 0, fields = [] }] of answers.entries()) {
    const length = queries[index]?.length ?? 0;
    if (error !== undefined) faults.push(error);
    if (clauses > queryStringLimits.clauses) faults.push(`${clauses} clauses`);
    if (longestRegex > queryStringLimits.regexLength)
      faults.push(`a regular expression of ${longestRegex} characters`);
    if (length > queryStringLimits.length) faults.push(`${length} characters`);
    for (const field of fields) found.add(field);
  }
  const known = isGraylog ? everyField.graylog : everyField.elasticsearch;
  const strange = [...found].filter((field) => !wanted.has(field) && !known.includes(field));
  if (strange.length > 0)
    faults.push(`searches fields that the rule does not name: ${JSON.stringify(strange)}`);
  const missing = [...wanted].filter((field) => !found.has(field));
  if (missing.length > 0 && faults.length === 0)
    faults.push(`does not search ${JSON.stringify(missing)}`);
  return faults;
}

function loadRules(): readonly CompiledRule[] {
  const folders = readdirSync(join(shared, 'corpus')).filter((name) => name.startsWith('rules'));
  const corpus = compileFolders(folders.sort().map((name) => join(shared, 'corpus', name)));
  const hostile = compileFolders([join(import.meta.dirname, '..', '..', 'hostile')]);
  const generated = [...generatedRules().values()].flatMap((text) => compileText(text));
  console.log(`${corpus.length} public rules, ${hostile.length + generated.length} hostile ones`);
  return [...corpus, ...hostile, ...generated];
}

interface Tally {
  queries: number;
  rules: number;
  refused: number;
  faulty: number;
  micros: number;
  slowest: number;
  clauses: number;
}

function judge(
  cases: readonly Case[],
  answers: readonly Answer[],
  tallies: ReadonlyMap<Variant, Tally>,
): void {
  let at = 0;
  for (const one of cases) {
    const own = answers.slice(at, at + one.queries.length);
    at += own.length;
    const tally = tallies.get(one.variant);
    if (!tally) continue;
    tally.rules++;
    tally.queries += own.length;
    for (const { micros, clauses = 0 } of own) {
      tally.micros += micros;
      tally.slowest = Math.max(tally.slowest, micros);
      tally.clauses = Math.max(tally.clauses, clauses);
    }
    const faults = faultsOf(one, own);
    if (faults.length === 0) continue;
    tally.faulty++;
    const { file, title } = one.rule.rule;
    console.log(
      `${one.variant.name}: ${file.path}: ${title}: ${faults.join('; ').slice(0, 400)}\n  ${one.queries[0]?.slice(0, 300)}`,
    );
  }
}

function main(): void {
  const tallies = new Map(
    variants.map((variant): [Variant, Tally] => [
      variant,
      { queries: 0, rules: 0, refused: 0, faulty: 0, micros: 0, slowest: 0, clauses: 0 },
    ]),
  );
  const cases = loadRules().flatMap((rule) =>
    variants.flatMap((variant): readonly Case[] => {
      const conversion = variant.queries(rule);
      if (conversion.ok) return [{ rule, variant, queries: conversion.value }];
      const tally = tallies.get(variant);
      if (tally) tally.refused++;
      return [];
    }),
  );
  const started = performance.now();
  const answers = parsed(cases);
  const seconds = (performance.now() - started) / 1000;
  judge(cases, answers, tallies);
  let failed = 0;
  for (const [{ name }, tally] of tallies) {
    failed += tally.faulty;
    const { queries, rules, refused, micros, slowest, clauses } = tally;
    const time = `${(micros / 1e6).toFixed(1)} s of parsing, slowest ${(slowest / 1000).toFixed(0)} ms`;
    console.log(
      `${name}: ${queries} queries of ${rules} rules, ${refused} refused; ${time}; most clauses ${clauses}`,
    );
  }
  console.log(`${answers.length} queries in ${seconds.toFixed(1)} s`);
  console.log(`${cases.length - failed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

main();
