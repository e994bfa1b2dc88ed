import type { Level } from '../../sigma/rule/rule.ts';
import type { Entity, ThreatObject } from '../alert/fields.ts';

/**
 * What a detection makes in Enterprise Security: a finding that an analyst triages (a notable
 * before), or risk alone.
 */
export type EsOutput = 'finding' | 'intermediate-finding';

/** The configuration has the say over rules, which may be anyone's. */
export type OrderedBy = 'configuration' | 'rule';

/**
 * The settings of one detection: those of the pack, of its level, of its log source and of the rule
 * itself (`sigpack:`), the later ones winning. Keys are as in sigpack.yml, durations in seconds.
 */
export interface DetectionSettings {
  /** Name in the packs in place of the rule's title. */
  readonly name?: string;
  readonly owner?: string;
  /** What to do about an alert, Markdown. */
  readonly remediation?: string;
  /** Overrides what status, level and tags say. */
  readonly enabled: boolean;
  /** Severity in the packs in place of the rule's level. */
  readonly severity?: Level;
  /** Seconds between runs; 60 to 86,400. Default 900. */
  readonly interval: number;
  /** A cron expression (5 fields) in place of the spread one made from `interval`. */
  readonly cron?: string;
  /**
   * Seconds that a search looks back beyond the delay; at least `interval`. Default: `interval`; a
   * correlation in Splunk looks back over its timespan as well.
   */
  readonly window?: number;
  /** Seconds left for late events to be indexed. Default 600. */
  readonly delay: number;
  /**
   * Those that the configuration or the rule sets, `interval` by the rule alone: where a target's
   * default is another one, or it can't honour them.
   */
  readonly given?: {
    readonly interval?: number;
    readonly delay?: number;
    readonly window?: number;
    readonly cron?: string;
  };
  /** Who switches the detection on whatever `enable` says; undefined: nobody. */
  readonly ordered?: { readonly enabled?: OrderedBy; readonly savedsearch?: OrderedBy };
  /** Events in a window that it takes to alert; default 1. */
  readonly threshold: number;
  /** Who or what an alert is about; default: from the log source. */
  readonly entities?: readonly Entity[];
  /** Default: from the log source. */
  readonly threatObjects?: readonly ThreatObject[];
  /** What an alert shows beside them; default: from the log source, and what the rule asks for. */
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
     * One result an entity and run, or one an event; default: entity, unless pipelines change the
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
    /** Any savedsearches.conf key. */
    readonly savedsearch: Readonly<Record<string, string>>;
  };
  readonly graylog: {
    /** Fields of the message that become event fields and keys. */
    readonly keyFields: readonly string[];
    /** In place of `remediation` above. */
    readonly remediation?: string;
    /** Titles of existing streams; empty: all streams. */
    readonly streams: readonly string[];
  };
}

/** A period of 0 holds nothing back, and has no fields. */
export interface Suppression {
  readonly fields: readonly string[];
  /** Seconds. */
  readonly period: number;
  /** The fields are those of the entities. */
  readonly byEntity?: true;
  /** Nobody chose the period. */
  readonly usual?: true;
}
