/** Types of threat objects in Enterprise Security, as named by ESCU and Splunk's documentation. */
export const threatObjectTypes = [
  'process',
  'process_name',
  'process_hash',
  'parent_process_name',
  'file_name',
  'file_path',
  'file_hash',
  'ip_address',
  'domain',
  'url',
  'registry_path',
  'service',
  'command',
  'other',
] as const;

export type ThreatObjectType = (typeof threatObjectTypes)[number];

/** Who or what an alert is about: a user, a system, or another thing such as a cloud resource. */
export interface Entity {
  readonly field: string;
  readonly type: 'user' | 'system' | 'other';
  /**
   * A machine that may have collected the event from another one: on its own it identifies nobody.
   */
  readonly relayed?: true;
}

export interface ThreatObject {
  readonly field: string;
  readonly type: ThreatObjectType;
}

/**
 * The fields that an alert of a detection shows, under the names that they have in the results of a
 * target.
 */
export interface AlertFields {
  /** The most important one first. */
  readonly entities: readonly Entity[];
  readonly threatObjects: readonly ThreatObject[];
  /** Columns of the results, including entities and threat objects, in display order. */
  readonly shown: readonly string[];
}
