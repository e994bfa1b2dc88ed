import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import type { LogSource } from '../src/sigma/rule/rule.ts';

const pipelinesFolder = join(import.meta.dirname, '..', 'pipelines');

/** A `change_logsource` of a pipeline: rules of any of the log sources get the other one. */
interface LogSourceChange {
  readonly from: readonly LogSource[];
  readonly to: LogSource;
}

/** What pipelines know of log sources. */
export interface KnownLogSources {
  /** Each one that a condition of an item names, once, sorted by name. */
  readonly named: readonly LogSource[];
  readonly changes: readonly LogSourceChange[];
}

/** The log sources of the built-in pipelines. */
export function builtInLogSources(): KnownLogSources {
  const names = readdirSync(pipelinesFolder).filter((name) => name.endsWith('.yml'));
  return logSourcesOf(names.map((name) => readFileSync(join(pipelinesFolder, name), 'utf8')));
}

/** The log sources of pipelines in YAML, of nested items too. */
export function logSourcesOf(pipelines: readonly string[]): KnownLogSources {
  const named = new Map<string, LogSource>();
  const changes: LogSourceChange[] = [];
  for (const mapping of pipelines.flatMap((text) => mappingsIn(load(text)))) {
    if (mapping.type === 'logsource')
      named.set(logSourceName(logSourceOf(mapping)), logSourceOf(mapping));
    if (mapping.type !== 'change_logsource') continue;
    const from = mappingsIn(mapping.rule_conditions).filter(({ type }) => type === 'logsource');
    changes.push({ from: from.map(logSourceOf), to: logSourceOf(mapping) });
  }
  return { named: [...named.keys()].sort().flatMap((name) => named.get(name) ?? []), changes };
}

/**
 * The log sources among the known ones that no rule has, also after the changes that pipelines
 * make.
 */
export function logSourcesWithoutRule(
  { named, changes }: KnownLogSources,
  rules: readonly LogSource[],
): readonly string[] {
  const reached = rules.flatMap((source) => [
    source,
    ...changes.filter(({ from }) => from.some((one) => fits(one, source))).map(({ to }) => to),
  ]);
  return named.filter((one) => !reached.some((source) => fits(one, source))).map(logSourceName);
}

const parts = ['category', 'product', 'service'] as const;

/** Whether the log source of a rule is the one that is asked for, or says more. */
const fits = (asked: LogSource, source: LogSource): boolean =>
  parts.every((part) => asked[part] === undefined || asked[part] === source[part]);

const logSourceName = (source: LogSource): string =>
  parts.map((part) => source[part] ?? '-').join('/');

function logSourceOf(mapping: Readonly<Record<string, unknown>>): LogSource {
  return Object.fromEntries(
    parts.flatMap((part) => (typeof mapping[part] === 'string' ? [[part, mapping[part]]] : [])),
  );
}

function mappingsIn(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(mappingsIn);
  return Array.isArray(value) ? inner : [{ ...value }, ...inner];
}
