import type { RuleHead } from '../../sigma/rule/rule.ts';
import type { ElasticsearchSettings } from '../es-qs/settings.ts';
import { braceMetadata, neutralised } from './template.ts';

/** Body of `PUT _watcher/watch/<id>`, Elasticsearch 8 and 9. */
export interface Watch {
  readonly trigger: { readonly schedule: object };
  readonly input: {
    readonly search: {
      readonly request: {
        readonly indices: readonly string[];
        readonly rest_total_hits_as_int: true;
        readonly body: unknown;
      };
    };
  };
  readonly condition: object;
  readonly throttle_period: string;
  readonly actions: Readonly<Record<string, object>>;
  readonly metadata: object;
}

/** The difference between the watch of a detection and that of a correlation. */
export interface WatchPlan {
  readonly schedule: object;
  readonly search: object;
  readonly condition: object;
  /** The log line as a Mustache template, which never holds text of a rule. */
  readonly found: string;
}

const sampleSize = 10;

export function watchOf(rule: RuleHead, plan: WatchPlan, settings: ElasticsearchSettings): Watch {
  const body = neutralised(plan.search);
  const { id, title, status, level, tags } = rule;
  return {
    trigger: { schedule: plan.schedule },
    // explicit, so that hits.total is a number whatever the default of the release
    input: {
      search: {
        request: { indices: settings.index.split(','), rest_total_hits_as_int: true, body },
      },
    },
    condition: plan.condition,
    throttle_period: `${settings.throttle}s`,
    actions: settings.actions ?? defaultActions(plan.found),
    metadata: {
      title,
      ...(id === undefined ? {} : { id }),
      ...(status ? { status } : {}),
      ...(level ? { level } : {}),
      tags,
      ...braceMetadata(body),
    },
  };
}

const foundEvents = '{{ctx.payload.hits.total}} events';
export const foundGroups =
  '{{#ctx.payload.aggregations.groups.buckets}}{{key}}: {{doc_count}} events; ' +
  '{{/ctx.payload.aggregations.groups.buckets}}';
/** The log line's fields of what a watch found. */
export const foundTexts = [foundEvents, foundGroups] as const;

/** The actions where sigpack.yml has none: a line in the log. */
export const defaultActions = (found: string): Watch['actions'] => ({
  log: {
    logging: {
      level: 'info',
      text: `Sigma rule {{ctx.metadata.title}} [{{ctx.watch_id}}]: ${found}`,
    },
  },
});

export function detectionPlan(
  queries: readonly string[],
  settings: ElasticsearchSettings,
): WatchPlan {
  const {
    interval,
    window = interval,
    threshold,
    timestampField,
    schedule = { interval: `${interval}s` },
  } = settings;
  const search = {
    size: sampleSize,
    track_total_hits: true,
    query: { bool: { must: [queryOf(queries)], filter: [since(window, settings)] } },
    sort: [{ [timestampField]: { order: 'desc' } }],
  };
  return {
    schedule,
    search,
    condition: { compare: { 'ctx.payload.hits.total': { gte: threshold } } },
    found: foundEvents,
  };
}

/** Several texts together find what one would. */
export function queryOf(queries: readonly string[]): object {
  const parts = queries.map((query) => ({ query_string: { query, analyze_wildcard: true } }));
  const [only] = parts;
  return only && parts.length === 1 ? only : { bool: { should: parts, minimum_should_match: 1 } };
}

/** The most that date math takes, 68 years. */
const longest = 2 ** 31 - 1;

/**
 * The events of `seconds` up to `delay` before now: windows that meet, in which late events have
 * come.
 */
export const since = (
  seconds: number,
  { timestampField, delay }: ElasticsearchSettings,
): object => ({
  range: {
    [timestampField]: {
      gte: `now-${Math.min(seconds + delay, longest)}s/s`,
      lt: delay === 0 ? 'now/s' : `now-${delay}s/s`,
    },
  },
});
