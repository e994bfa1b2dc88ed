import type { CompiledDetection, CompiledRule } from '../query/compile.ts';
import type { Conversion } from './backend.ts';
import { type GraylogOptions, graylogDefaults } from './graylog/graylog.ts';
import { pipelineScope } from './splunk/scope.ts';
import type { CorrelationMethod } from './splunk/splunk.ts';

/** Settings of `sigpack convert` and of the rule pages. Each target reads its own. */
export interface TargetSettings {
  readonly splunk: {
    readonly cloudSafe: boolean;
    readonly correlation?: CorrelationMethod;
    /** End a search with a table of the rule attribute `fields`. */
    readonly table?: boolean;
    /** What stands before a detection's search; empty for none. */
    readonly scopeOf: (part: CompiledDetection) => string;
  };
  readonly graylog: GraylogOptions;
  readonly elasticsearch: ElasticsearchSettings;
  readonly grep: GrepSettings;
}

/** What an index of Elasticsearch is like, and how watches run on it. */
export interface ElasticsearchSettings {
  /**
   * Text fields ignore case by themselves (a normalizer, or ECS's mapping), or letters are spelt
   * `[aA]`.
   */
  readonly matching: 'native' | 'case-insensitive';
  /** Fields whose text is analysed into lower-case words. */
  readonly textFields: readonly string[];
  /** Fields of the type ip, where an address block can be searched as it is. */
  readonly ipFields: readonly string[];
  /** Fields of the type boolean, which hold `true` and `false` in small letters. */
  readonly booleanFields: readonly string[];
  /**
   * Fields of the type wildcard: they keep the case of letters, also where the others ignore it.
   */
  readonly wildcardFields: readonly string[];
  /**
   * Index pattern that a watch searches, or several with commas; id of the data view of saved
   * searches.
   */
  readonly index: string;
  readonly timestampField: string;
  /** Seconds between runs of a watch, and what a run looks back over where there is no window. */
  readonly interval: number;
  /** Seconds that a run looks back. */
  readonly window?: number;
  /**
   * Seconds left for late events: a run looks that much further back, and stops that long before
   * now.
   */
  readonly delay: number;
  /** Seconds in which a watch acts once. */
  readonly throttle: number;
  /** Events (of a correlation: groups) in a window that it takes to act. */
  readonly threshold: number;
  /** A schedule of Watcher in place of `interval`. */
  readonly schedule?: Readonly<Record<string, unknown>>;
  /** The setting of a rule that `schedule` is from. */
  readonly scheduledBy?: 'cron';
  /** Actions of Watcher by their ids; without them a line is logged. */
  readonly actions?: Readonly<Record<string, object>>;
  /** Settings of a rule that a watch can't honour, and why. */
  readonly ignored?: readonly string[];
  /** What runs of a watch find again, and act on again. */
  readonly repeats?: string;
  /** What a rule's own settings change of the others. */
  readonly ofRule: (
    compiled: CompiledRule,
  ) => Partial<
    Pick<
      ElasticsearchSettings,
      | 'interval'
      | 'window'
      | 'delay'
      | 'throttle'
      | 'threshold'
      | 'schedule'
      | 'scheduledBy'
      | 'ignored'
      | 'repeats'
    >
  >;
}

/** The target grep: how the lines that it searches are written. */
export interface GrepSettings {
  /**
   * `json`: one compact JSON object a line, in which backslashes are doubled and quotes escaped.
   * `plain`: the event's text as it is.
   */
  readonly lines: 'json' | 'plain';
}

/** The settings of `sigpack convert` without a configuration. */
export const defaultTargetSettings: TargetSettings = {
  splunk: { cloudSafe: false, scopeOf: (part) => pipelineScope(part) ?? '' },
  graylog: graylogDefaults,
  elasticsearch: {
    matching: 'native',
    textFields: [],
    ipFields: [],
    booleanFields: [],
    wildcardFields: [],
    index: 'logs-*',
    timestampField: '@timestamp',
    interval: 300,
    delay: 600,
    throttle: 3600,
    threshold: 1,
    ofRule: () => ({}),
  },
  grep: { lines: 'json' },
};

/**
 * A rule in a target's language: one query, or several that together find what the rule means; and
 * the document around them, where the target has one.
 */
export interface ConvertedRule {
  readonly queries: readonly string[];
  readonly document?: unknown;
  /**
   * The document of other queries, where pipelines change their text; a target without it keeps its
   * document as it is.
   */
  readonly documentOf?: (queries: readonly string[]) => unknown;
}

/** A rule and what it was converted to: what a {@link TargetFormat} prints. */
export interface ConvertedEntry {
  readonly rule: CompiledRule['rule'];
  readonly converted: ConvertedRule;
  /** What a pipeline set for the rule, for its finalizers. */
  readonly state?: ReadonlyMap<string, unknown>;
}

/** A way of writing converted rules to a file. */
export interface TargetFormat {
  readonly name: string;
  readonly description: string;
  /** Of the files that `-o <folder>/` writes, without the dot. */
  readonly extension: string;
  /**
   * The text of a file with these rules, with a line break at its end. `among`: all rules of the
   * run, whose names differ over all files; default: these.
   */
  readonly print: (entries: readonly ConvertedEntry[], among?: readonly ConvertedEntry[]) => string;
}

/**
 * A language that rules are converted to. A plugin exports a list of these as `targets`
 * (docs/adding-a-target.md).
 *
 * @example
 * import { type ConversionTarget, converted, itemsOf, plainFormat, refused } from 'sigpack';
 *
 * const target: ConversionTarget = {
 *   name: 'fields',
 *   description: 'the fields that a rule tests',
 *   formats: [plainFormat],
 *   convert: (compiled) =>
 *     converted(() => {
 *       const { file, titleSpan: span } = compiled.rule;
 *       if (compiled.kind === 'correlation')
 *         throw refused({ file, span }, 'correlations have several queries', 'Leave it out.');
 *       return { queries: itemsOf(compiled.query).map(({ field }) => field ?? '') };
 *     }),
 * };
 * target.formats[0].extension; // => 'txt'
 */
export interface ConversionTarget {
  readonly name: string;
  readonly description: string;
  /** The first is the default, which `-f default` names too. */
  readonly formats: readonly [TargetFormat, ...TargetFormat[]];
  readonly convert: (rule: CompiledRule, settings: TargetSettings) => Conversion<ConvertedRule>;
}
