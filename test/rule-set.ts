import { readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { findTestFiles, readCases } from '../src/cli/rule-test/files.ts';
import { createRuleFinder } from '../src/cli/rule-test/rules.ts';
import { eventOf } from '../src/event/record.ts';
import { withSigmaNames } from '../src/event/sigma-view.ts';
import type { Event } from '../src/match/event.ts';
import { readConfig } from '../src/pack/config/config.ts';
import { type CompiledRule, createCompiler } from '../src/query/compile.ts';
import type { TestCase } from '../src/rule-test/test-case.ts';
import { filledTimes } from '../src/rule-test/time-offset.ts';
import { type Collection, collect, type Rule } from '../src/sigma/collection/collection.ts';
import type { Pattern } from '../src/sigma/value/pattern.ts';
import { once } from '../src/source/cache.ts';
import { createBag, type Diagnostic, type DiagnosticBag } from '../src/source/diagnostic.ts';
import { positionAt } from '../src/source/span.ts';
import { documentsIn } from './compile.ts';
import { findRuleFiles, pathLists } from './rule-files.ts';

/** The project's own rules, each with its tests in a file next to it. */
export const ruleSetFolder = join(import.meta.dirname, 'rule-set');

/** The configuration of the set: it holds the values of placeholders. */
export const ruleSetConfig = join(ruleSetFolder, 'sigpack.yml');

export interface RuleSetEvent {
  readonly event: Event;
  /** Milliseconds since 1970. */
  readonly time: number;
}

export interface RuleSetCase {
  readonly name: string;
  /**
   * As in a test file: every event matches, none does, or so many do. A correlation fires, does
   * not, or fires as often.
   */
  readonly match: boolean | number;
  readonly events: readonly RuleSetEvent[];
}

/** One rule of test/rule-set with the events that it must and must not match. */
export interface RuleSetEntry {
  /** Relative to `ruleSetFolder`, with slashes. */
  readonly path: string;
  readonly rule: CompiledRule;
  /** False for a rule that only serves correlations. */
  readonly standsAlone: boolean;
  readonly cases: readonly RuleSetCase[];
  /**
   * Events of a detection that it must match; none for a correlation, whose events count together.
   */
  readonly hits: readonly Event[];
  /** Events of a detection that it must not match; none for a correlation. */
  readonly misses: readonly Event[];
}

/** Absolute paths of the rule files, sorted. */
export function ruleSetFiles(): readonly string[] {
  const bag = createBag();
  const files = findRuleFiles([ruleSetFolder], bag);
  stopAtErrors(bag);
  return files;
}

interface RuleSetCollection {
  readonly collection: Collection;
  readonly placeholders: ReadonlyMap<string, readonly Pattern[]>;
}

/**
 * All documents of the set, with their references resolved and the values of its placeholders; read
 * once.
 */
export const ruleSetCollection = once((): RuleSetCollection => {
  const bag = createBag();
  const config = readConfig(
    { path: shown(ruleSetConfig), text: readFileSync(ruleSetConfig, 'utf8') },
    bag,
  );
  const collection = collect(documentsIn([ruleSetFolder], bag), bag);
  stopAtErrors(bag);
  return { collection, placeholders: config?.placeholders ?? new Map() };
});

/**
 * Every rule of the set in the order of paths; read once. Throws where a rule does not compile or a
 * test file is wrong.
 */
export const ruleSet = once((): readonly RuleSetEntry[] => {
  const bag = createBag();
  const { collection, placeholders } = ruleSetCollection();
  const compile = createCompiler(collection, { placeholders, bag });
  const cases = casesByRule(collection, bag);
  const entries = collection.rules.flatMap((rule): RuleSetEntry[] => {
    const compiled = compile(rule);
    const own = cases.get(rule) ?? [];
    const eventsWhere = (match: boolean): readonly Event[] =>
      rule.kind === 'correlation'
        ? []
        : own
            .filter((one) => one.match === match)
            .flatMap(({ events }) => events.map(({ event }) => event));
    const path = relative(ruleSetFolder, resolve(rule.file.path)).split(sep).join('/');
    if (!compiled) return [];
    return [
      {
        path,
        rule: compiled,
        standsAlone: collection.standsAlone(rule),
        cases: own,
        hits: eventsWhere(true),
        misses: eventsWhere(false),
      },
    ];
  });
  stopAtErrors(bag);
  return entries;
});

function casesByRule(
  collection: Collection,
  bag: DiagnosticBag,
): ReadonlyMap<Rule, readonly RuleSetCase[]> {
  const find = createRuleFinder(collection, bag);
  const cases = new Map<Rule, RuleSetCase[]>();
  for (const path of findTestFiles(pathLists([ruleSetFolder]), bag)) {
    for (const test of readCases(path, bag)) {
      const rule = find(test, path);
      if (!rule) continue;
      const own = cases.get(rule) ?? [];
      cases.set(rule, own);
      own.push(caseOf(test));
    }
  }
  return cases;
}

/** Events as `sigpack test` sees them. */
function caseOf({ file, name, expected, source }: TestCase): RuleSetCase {
  if (source.kind === 'file')
    throw new Error(
      `${file.path}: "${name}" names a file; events of the rule set stand in the test file`,
    );
  const times = filledTimes(source.events.map(({ time }) => time));
  const events = source.events.map(({ event }, index) => ({
    event: withSigmaNames(eventOf(event)),
    time: times[index] ?? 0,
  }));
  return {
    name,
    match: expected.kind === 'count' ? expected.count : expected.kind === 'every',
    events,
  };
}

const shown = (path: string): string => relative(process.cwd(), path).split(sep).join('/');

function stopAtErrors({ list }: DiagnosticBag): void {
  const errors = list.filter(({ severity }) => severity === 'error');
  if (errors.length > 0)
    throw new Error(`the rule set has errors:\n${errors.map(asLine).join('\n')}`);
}

function asLine({ file, span, code, message, hint }: Diagnostic): string {
  const { line, column } = positionAt(file, span.start);
  return `${file.path}:${line}:${column} ${code} ${message}. ${hint}`;
}
