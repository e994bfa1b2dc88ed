import type { GraylogAggregation } from '../../backend/graylog/correlation.ts';
import type { CorrelationRule } from '../../sigma/correlation/correlation.ts';
import type { DetectionRule, Level, LogSource, RuleHead } from '../../sigma/rule/rule.ts';
import type { SourceFile } from '../../source/span.ts';
import type { AlertFields } from '../alert/fields.ts';
import type { DetectionSettings } from '../settings/settings.ts';

/**
 * A rule without its detection, whose meaning the queries have, and without the text of its file:
 * thousands of both are worth their memory. Diagnostics about it read the file again.
 */
export type PackRule =
  | WithoutText<Omit<DetectionRule, 'detection' | 'otherAttributes'>>
  | WithoutText<CorrelationRule>;

type WithoutText<Rule extends RuleHead> = Omit<Rule, 'file'> & {
  readonly file: Pick<SourceFile, 'path'>;
};

/** One detection of a pack: a rule with all that the packs say about it but its queries. */
export interface PackDetection {
  /** The rule's id, or a UUID v5 of pack id and title where it has none. */
  readonly id: string;
  /**
   * Unique in the pack (compared without case); one line, no control characters, at most 99
   * characters with the pack's prefix.
   */
  readonly name: string;
  /** `[a-z0-9_]+`, unique in the pack: for file names. */
  readonly slug: string;
  /** `[a-z0-9_]+`, unique in the pack: name of the macro that its search ends with. */
  readonly filterMacro: string;
  readonly rule: PackRule;
  /** Level of the rule or of its settings; medium where there is none. */
  readonly severity: Level;
  /** Those of the rules that a correlation refers to, for a correlation. */
  readonly logSources: readonly LogSource[];
  readonly attack: AttackReferences;
  readonly settings: DetectionSettings;
  /** As the results of a target have them; undefined where none is resolved yet. */
  readonly alert?: AlertFields;
  /** Results of Splunk that name nobody are told apart by a column. */
  readonly nobody?: true;
  /** Seconds that the windows of a correlation and of those below it reach back. */
  readonly lookBack?: number;
  /**
   * Of a correlation: its group as the results of its search have it; default: as the rule has it.
   */
  readonly group?: readonly string[];
  /** Pipelines changed the text of its query, which then is theirs to answer for. */
  readonly postprocessed?: true;
}

/**
 * From the tags `attack.*`, upper case, sorted: `T1059.001`, tactic short names `defense-evasion`,
 * `G0016`, `S0002`.
 */
export interface AttackReferences {
  readonly tactics: readonly string[];
  readonly techniques: readonly string[];
  readonly groups: readonly string[];
  readonly software: readonly string[];
}

/** What the packs say about themselves. From sigpack.yml. */
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
  /** Graylog revision and Splunk build number, 1 and up. */
  readonly revision: number;
}

/** A file of a pack, ready for an archive. `path` uses `/`, relative to the archive's root. */
export interface PackFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** A detection with its Splunk search, which calls its filter macro. */
export interface SplunkDetection {
  readonly detection: PackDetection;
  readonly search: string;
  /**
   * For drill-downs: the search up to where its events become one result for each of their
   * entities; undefined where each event is a result.
   */
  readonly events?: string;
  /** For drill-downs: what it searches in place of indexes, as `Endpoint.Processes`. */
  readonly dataModel?: string;
  /** The log sources whose index macros it uses. */
  readonly scopes: readonly SearchScope[];
  /** Name of the filter macro, behind what the rule asks for. */
  readonly filterMacro: string;
}

/** A log source as searched, and where a pipeline says that its events are. */
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

/** A detection with what its Graylog event definitions search for. */
export interface GraylogDetection {
  readonly detection: PackDetection;
  readonly search: GraylogFilterSearch | GraylogAggregationSearch;
}

/**
 * Matches of any of the queries; more than one where a single query would pass the engine's limits.
 */
export interface GraylogFilterSearch {
  readonly kind: 'filter';
  readonly queries: readonly string[];
}

export interface GraylogAggregationSearch extends GraylogAggregation {
  readonly kind: 'aggregation';
  /** In Quartz's form, in place of `every`. */
  readonly cron?: string;
}
