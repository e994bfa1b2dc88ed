import type { LogSource } from '../../../sigma/rule/rule.ts';

/** What `sigpack list` lists; apart from the lists, so that `--help` does not load them. */
export const listable = ['targets', 'formats', 'pipelines', 'logsources', 'fields'] as const;
export type Listable = (typeof listable)[number];

/** One thing that `sigpack list` shows. */
export interface Listed {
  readonly name: string;
  readonly description: string;
  /** Other names of a target. */
  readonly aliases?: readonly string[];
  /** The pipelines of a bundle. */
  readonly pipelines?: readonly string[];
  /** Names that a pipeline gives and that no public source proves. */
  readonly unproved?: readonly string[];
}

/**
 * A log source or a field, with the number of rules that have it, or the built-in pipelines that
 * know it.
 */
export interface Counted {
  readonly name: string;
  readonly logsource?: LogSource;
  readonly rules?: number;
  readonly pipelines?: readonly string[];
}
