import { dump } from 'js-yaml';
import { isRecord } from '../source/record.ts';
import type { SourceFile } from '../source/span.ts';
import { rootOf } from '../source/yaml/parse.ts';
import { toPlain } from '../source/yaml/tree.ts';

/** What is kept of a value: all of it, or some keys. `*`: each key, or each item of a list. */
type Kept = true | { readonly [key: string]: Kept };

const keys = (...names: readonly string[]): Kept =>
  Object.fromEntries(names.map((name) => [name, true]));

/** What watches take of the settings of detections. */
const settings = keys('interval', 'cron', 'window', 'delay', 'threshold', 'suppress');

/**
 * What changes a query, key by key: others, such as addresses of servers, actions and
 * notifications, may hold secrets.
 */
const kept: Kept = {
  targets: true,
  pipelines: true,
  placeholders: true,
  severities: true,
  unmatchable: true,
  defaults: settings,
  levels: { '*': settings },
  logsources: { '*': { match: true, settings } },
  splunk: keys('cloudSafe', 'correlation', 'index', 'indexes'),
  graylog: keys(
    'mode',
    'matching',
    'minimumServerVersion',
    'streams',
    'streamParameter',
    'leadingWildcards',
    'keywordFields',
    'textFields',
    'ipFields',
  ),
  elasticsearch: keys(
    'matching',
    'ecs',
    'textFields',
    'ipFields',
    'booleanFields',
    'wildcardFields',
    'index',
    'timestampField',
    'interval',
    'throttle',
    'schedule',
  ),
  grep: keys('lines'),
};

const heading = '# What sigpack.yml sets for queries\n';

/**
 * The part of a sigpack.yml without errors that a playground uses, as YAML of its own: no comment
 * and no other key of the file is in it. Empty where nothing is left.
 */
export function projectSettings(file: SourceFile): string {
  const root = rootOf(file);
  const value = root && partOf(toPlain(root), kept);
  if (!isRecord(value) || Object.keys(value).length === 0) return '';
  return heading + dump(value, { lineWidth: -1, noRefs: true, flowLevel: 2 });
}

/** Undefined where nothing is kept. */
function partOf(value: unknown, of: Kept): unknown {
  if (of === true) return value;
  const each = Object.hasOwn(of, '*') ? of['*'] : undefined;
  if (Array.isArray(value)) return each && itemsOf(value, each);
  if (!isRecord(value)) return undefined;
  const entries = Object.entries(value).flatMap(([key, inner]) => {
    const ofKey = Object.hasOwn(of, key) ? of[key] : each;
    const part = ofKey && partOf(inner, ofKey);
    return part === undefined ? [] : [[key, part] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** An item that lost a key is nothing: a log source without settings is an error. */
const itemsOf = (items: readonly unknown[], of: Kept): unknown => {
  const names = Object.keys(of);
  const parts = items.map((item) => partOf(item, of));
  const whole = parts.filter(
    (part) => isRecord(part) && names.every((name) => Object.hasOwn(part, name)),
  );
  return whole.length === 0 ? undefined : whole;
};
