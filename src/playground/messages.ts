import type { Severity } from '../source/diagnostic.ts';
import type { Span } from '../source/span.ts';

/** What a page lets be compiled. All of it may be a stranger's. */
export interface PlaygroundInput {
  /** The rules, filters and correlations. */
  readonly rule: string;
  /** A sigpack.yml; empty for the defaults. */
  readonly settings: string;
  /** Names of built-in pipelines and bundles by target, in place of those of the settings. */
  readonly pipelines: Readonly<Record<string, readonly string[]>>;
  /** A pipeline in pySigma's YAML, after the others; empty for none. */
  readonly pasted: string;
  /** Events in any form that `sigpack match` reads; empty for none. */
  readonly events: string;
}

/** A change of the rule's text. */
export interface PlaygroundFix {
  readonly title: string;
  readonly edits: readonly (Span & { readonly text: string })[];
}

export interface PlaygroundDiagnostic {
  /** The text that it is about. */
  readonly of: 'rule' | 'settings' | 'pipeline';
  readonly span: Span;
  /** From 1. */
  readonly line: number;
  readonly severity: Exclude<Severity, 'off'>;
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** Undefined where it is about the rule as such. */
  readonly target: string | undefined;
  readonly fixes: readonly PlaygroundFix[];
}

/** The queries for a target, as `sigpack convert` prints them. */
export interface PlaygroundQueries {
  readonly target: string;
  /** How many rules it has a query for. */
  readonly rules: number;
  readonly text: string;
}

/** A part of a rule's condition, and whether it holds for an event. */
export interface PlaygroundReason {
  readonly text: string;
  readonly holds: boolean;
  /** What the event has in the field. */
  readonly found: string | undefined;
  readonly children: readonly PlaygroundReason[];
}

/** A rule on an event; of a correlation, the groups for which it is fulfilled at the event. */
export interface PlaygroundMatch {
  readonly title: string;
  readonly kind: 'detection' | 'correlation';
  readonly holds: boolean;
  readonly reason: PlaygroundReason | undefined;
  readonly groups: readonly (readonly string[])[];
}

export interface PlaygroundEvent {
  /** The line on which it begins, from 1. */
  readonly line: number;
  readonly matches: readonly PlaygroundMatch[];
}

export interface PlaygroundResult {
  readonly diagnostics: readonly PlaygroundDiagnostic[];
  readonly queries: readonly PlaygroundQueries[];
  readonly events: readonly PlaygroundEvent[];
  /** What prevents matching, or what to know about it. */
  readonly eventNotes: readonly string[];
  /** Why no more events can be read; empty where the text is read to its end. */
  readonly eventError: string;
}

/** What the worker has beside the rule. */
export interface PlaygroundData {
  /** Texts of the built-in pipelines by name. */
  readonly pipelines: Readonly<Record<string, string>>;
  readonly vocabulary: PlaygroundVocabulary;
}

/** What a page without a link opens with, and what the worker will answer to it. */
export interface PlaygroundOpening {
  readonly input: PlaygroundInput;
  readonly result: PlaygroundResult;
}

/** What has been seen in rules, as JSON has it. */
export interface PlaygroundVocabulary {
  /** Fields by log source (`product/category/service`), with the number of rules. */
  readonly fields: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface PlaygroundCompletion {
  readonly label: string;
  readonly kind: string;
  readonly detail?: string;
  readonly insert?: string;
}

export type PlaygroundRequest =
  | { readonly kind: 'data'; readonly data: PlaygroundData }
  | { readonly kind: 'compile'; readonly id: number; readonly input: PlaygroundInput }
  | {
      readonly kind: 'complete';
      readonly id: number;
      readonly text: string;
      readonly offset: number;
    };

export type PlaygroundAnswer =
  | { readonly kind: 'compiled'; readonly id: number; readonly result: PlaygroundResult }
  | {
      readonly kind: 'completions';
      readonly id: number;
      readonly start: number;
      readonly items: readonly PlaygroundCompletion[];
    };
