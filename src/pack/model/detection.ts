import type { GraylogAggregation } from '../../backend/graylog/correlation.ts';
import type { IngestRule } from '../../backend/graylog/ingest/ingest-rule.ts';
import type { GroupedRule } from '../../backend/splunk/grouped/grouped-rule.ts';
import type { CorrelationRule } from '../../sigma/correlation/correlation.ts';
import type { DetectionRule, Level, LogSource, RuleHead } from '../../sigma/rule/rule.ts';
import type { SourceFile } from '../../source/span.ts';
import type { AlertFields } from '../alert/fields.ts';
import type { DetectionSettings } from '../settings/settings.ts';

/**
 * A rule without its detection, whose meaning is in the queries, and without the text of its file:
 * for thousands of rules, both take too much memory. Diagnostics about it read the file again.
 */
export type PackRule =
  | WithoutText<Omit<DetectionRule, 'detection' | 'otherAttributes'>>
  | WithoutText<CorrelationRule>;

type WithoutText<Rule extends RuleHead> = Omit<Rule, 'file'> & {
  readonly file: Pick<SourceFile, 'path'>;
};

/**
 * A detection of a pack: a rule and everything that the packs have about it, except its queries.
 */
export interface PackDetection {
  /** The id of the rule, or a UUID v5 of pack id and title if it has none. */
  readonly id: string;
  /**
   * Unique in the pack (ignoring case); one line without control characters, at most 99 characters
   * including the prefix of the pack.
   */
  readonly name: string;
  /** `[a-z0-9_]+`, unique in the pack, for file names. */
  readonly slug: string;
  /** `[a-z0-9_]+`, unique in the pack: name of the macro that its search ends with. */
  readonly filterMacro: string;
  readonly rule: PackRule;
  /** Level from the settings, else of the rule; medium if it has none. */
  readonly severity: Level;
  /** For a correlation, those of the rules that it refers to. */
  readonly logSources: readonly LogSource[];
  readonly attack: AttackReferences;
  readonly settings: DetectionSettings;
  /** As the results of a target have them; undefined until they are resolved. */
  readonly alert?: AlertFields;
  /** Results of Splunk that identify nobody are distinguished by a column. */
  readonly nobody?: true;
  /** How many seconds the windows of a correlation and of those below it reach back. */
  readonly lookBack?: number;
  /** Of a correlation: its group as the results of its search have it. Default: as in the rule. */
  readonly group?: readonly string[];
  /** Pipelines changed the text of its query, which is then their responsibility. */
  readonly postprocessed?: true;
}

/**
 * From the tags `attack.*`, sorted: `T1059.001`, short names of tactics such as `defense-evasion`,
 * `G0016`, `S0002`.
 */
export interface AttackReferences {
  readonly tactics: readonly string[];
  readonly techniques: readonly string[];
  readonly groups: readonly string[];
  readonly software: readonly string[];
}

/** What the packs have about themselves, from sigpack.yml. */
export interface PackInfo {
  /** Splunk app id: `[A-Za-z][A-Za-z0-9_]*`. */
  readonly id: string;
  readonly title: string;
  /** Semantic version x.y.z. */
  readonly version: string;
  readonly description: string;
  readonly author: string;
  readonly vendor: string;
  readonly url: string;
  readonly license: string;
  /** Graylog revision and Splunk build number, from 1. */
  readonly revision: number;
}

/** A file of a pack, for an archive. `path` uses `/` and is relative to the root of the archive. */
export interface PackFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** A detection with its Splunk search, which calls its filter macro. */
export interface SplunkDetection {
  readonly detection: PackDetection;
  readonly search: string;
  /**
   * For drill-downs: the search up to the point where its events become one result for each of
   * their entities; undefined if each event is a result.
   */
  readonly events?: string;
  /**
   * For drill-downs: the data model that it reads instead of indexes, such as `Endpoint.Processes`.
   */
  readonly dataModel?: string;
  /** The log sources whose index macros it uses. */
  readonly scopes: readonly SearchScope[];
  /** Name of the filter macro at the end of the search. */
  readonly filterMacro: string;
  /**
   * If detections are grouped: what a search for several of them has of this one, or why it keeps a
   * search of its own.
   */
  readonly member?: GroupMember | string;
}

/** What a search for several detections has of one of them. */
export interface GroupMember {
  readonly rule: GroupedRule;
  /** Commands that merge several fields into one. */
  readonly steps: readonly string[];
  /** Fields with a single value in each result. */
  readonly by: readonly string[];
}

/** A detection that can share a search. */
export interface GroupedDetection extends SplunkDetection {
  readonly member: GroupMember;
}

/** A log source that is searched, and where a pipeline places its events. */
export interface SearchScope {
  readonly source: LogSource;
  /** Name of the index macro that the search calls. */
  readonly macro: string;
  readonly definition?: string;
}

/** Name and definition of a search macro. */
export interface SearchMacro {
  readonly name: string;
  readonly definition: string;
  readonly comment: string;
}

/** A detection and what its Graylog event definitions search for. */
export interface GraylogDetection {
  readonly detection: PackDetection;
  readonly search: GraylogFilterSearch | GraylogAggregationSearch;
  /**
   * At ingest: the rules that messages are tested by, the rule itself or those of a correlation.
   * The search is then one of their hits.
   */
  readonly tested?: readonly IngestRule[];
}

/**
 * Matches any of the queries; more than one if a single query would exceed the limits of the
 * engine.
 */
export interface GraylogFilterSearch {
  readonly kind: 'filter';
  readonly queries: readonly string[];
}

export interface GraylogAggregationSearch extends GraylogAggregation {
  readonly kind: 'aggregation';
  /** In Quartz's syntax, instead of `every`. */
  readonly cron?: string;
}
