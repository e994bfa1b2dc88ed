import type { Level } from '../../sigma/rule/rule.ts';
import type { Entity, ThreatObject } from '../alert/fields.ts';

/**
 * What a detection makes in Enterprise Security: a finding that an analyst triages (a notable
 * before), or risk alone.
 */
export type EsOutput = 'finding' | 'intermediate-finding';

/** The configuration decides over rules, which may come from anyone. */
export type OrderedBy = 'configuration' | 'rule';

/**
 * The settings of one detection: those of the pack, of its level, of its log source and of the rule
 * itself (`sigpack:`), the later ones winning. Keys are as in sigpack.yml, durations in seconds.
 */
export interface DetectionSettings {
  /** Name in the packs instead of the title of the rule. */
  readonly name?: string;
  readonly owner?: string;
  /** What to do about an alert, Markdown. */
  readonly remediation?: string;
  /** Takes precedence over status, level and tags. */
  readonly enabled: boolean;
  /** Severity in the packs instead of the level of the rule. */
  readonly severity?: Level;
  /** Seconds between runs; 60 to 86,400. Default 900. */
  readonly interval: number;
  /** A cron expression (5 fields) instead of the spread one derived from `interval`. */
  readonly cron?: string;
  /**
   * Seconds that a search looks back beyond the delay; at least `interval`. Default: `interval`; a
   * correlation in Splunk looks back over its timespan as well.
   */
  readonly window?: number;
  /** Seconds left for late events to be indexed. Default 600. */
  readonly delay: number;
  /**
   * Values set by the configuration or the rule (`interval`: by the rule alone), for targets that
   * have another default or can't honour them.
   */
  readonly given?: {
    readonly interval?: number;
    readonly delay?: number;
    readonly window?: number;
    readonly cron?: string;
  };
  /** Who enables the detection regardless of `enable`; undefined: nobody. */
  readonly ordered?: { readonly enabled?: OrderedBy; readonly savedsearch?: OrderedBy };
  /** Events in a window that trigger an alert. Default 1. */
  readonly threshold: number;
  /** Who or what an alert is about. Default: from the log source. */
  readonly entities?: readonly Entity[];
  /** Default: from the log source. */
  readonly threatObjects?: readonly ThreatObject[];
  /** What an alert shows in addition. Default: from the log source, and the fields of the rule. */
  readonly alertFields?: readonly string[];
  readonly suppress?: Suppression;
  readonly risk?: {
    readonly score?: number;
    readonly objects?: readonly {
      readonly field: string;
      readonly type: 'user' | 'system' | 'other';
    }[];
  };
  readonly splunk: {
    /**
     * One result per entity and run, or one per event. Default: entity, unless pipelines change the
     * text of the search.
     */
    readonly results?: 'entity' | 'raw';
    /** Undefined: by level and status. */
    readonly output?: EsOutput;
    /**
     * Enterprise Security's domain: access, endpoint, network, threat, identity, audit; default:
     * from the log source.
     */
    readonly securityDomain: string;
    /** Any key of savedsearches.conf. */
    readonly savedsearch: Readonly<Record<string, string>>;
  };
  readonly graylog: {
    /** Fields of the message that become fields and keys of the event. */
    readonly keyFields: readonly string[];
    /** Instead of `remediation` above. */
    readonly remediation?: string;
    /** Titles of existing streams; empty: all streams. */
    readonly streams: readonly string[];
  };
}

/** A period of 0 suppresses nothing, and has no fields. */
export interface Suppression {
  readonly fields: readonly string[];
  /** Seconds. */
  readonly period: number;
  /** The fields are those of the entities. */
  readonly byEntity?: true;
  /** The period is the default. */
  readonly usual?: true;
}
