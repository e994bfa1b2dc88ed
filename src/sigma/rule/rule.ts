import type { SourceFile, Span } from '../../source/span.ts';
import type { YamlMapping, YamlPair, YamlScalar } from '../../source/yaml/tree.ts';
import type { ConditionNode } from './condition.ts';

export const levels = ['informational', 'low', 'medium', 'high', 'critical'] as const;
/** How serious a rule says that a finding is, from `informational` to `critical`. */
export type Level = (typeof levels)[number];
export const statuses = ['stable', 'test', 'experimental', 'deprecated', 'unsupported'] as const;
/** How mature a rule is. */
export type Status = (typeof statuses)[number];

/** The events that a rule is about, as its `logsource` names them. */
export interface LogSource {
  readonly category?: string;
  readonly product?: string;
  readonly service?: string;
  /** What has to be configured for the events to be there: text for a reader. */
  readonly definition?: string;
}

export const sourceParts = ['product', 'category', 'service'] as const;
/** What a log source consists of, besides a text for a reader. */
export type SourcePart = (typeof sourceParts)[number];

/** `windows/process_creation`: those of product, category and service that are given. */
export const sourceLabel = ({ product, category, service }: LogSource, between = '/'): string =>
  [product, category, service].filter((part) => part !== undefined).join(between);

/**
 * An id and a name that other rules of the same old collection have too, or that the rule was
 * written with.
 */
export interface SharedNames {
  readonly id?: string;
  readonly name?: string;
}

/** What detection rules and correlation rules have in common, as written. */
export interface RuleHead {
  readonly file: SourceFile;
  /** The whole document. */
  readonly span: Span;
  /**
   * The document as it is read, if the text at `span` is different: for rules of old collections,
   * and keys in another spelling.
   */
  readonly document?: YamlMapping;
  readonly titleSpan: Span;
  readonly title: string;
  readonly id?: string;
  /** The place of the id's text; undefined if the file has it in another form. */
  readonly idSpan?: Span;
  readonly name?: string;
  readonly nameSpan?: Span;
  /** What filters may call it as well. */
  readonly shared?: SharedNames;
  readonly status?: Status;
  readonly level?: Level;
  readonly description?: string;
  readonly author?: string;
  readonly date?: string;
  readonly modified?: string;
  readonly license?: string;
  readonly references: readonly string[];
  readonly tags: readonly string[];
  readonly falsepositives: readonly string[];
  readonly fields: readonly string[];
  /** The custom attribute `sigpack:`: settings of this rule for the packs. */
  readonly settings?: YamlMapping;
  /**
   * Attributes that are kept as written, in order: custom ones, `sigpack`, and those that only
   * pipelines use, such as `taxonomy`. Undefined if there are none.
   */
  readonly otherAttributes?: readonly YamlPair[];
}

/** A rule about single events, as written. Its meaning is in a {@link CompiledDetection}. */
export interface DetectionRule extends RuleHead {
  readonly kind: 'detection';
  readonly logsource: LogSource;
  readonly detection: Detection;
}

export interface Detection {
  readonly span: Span;
  readonly searches: ReadonlyMap<string, SearchIdentifier>;
  /** One tree for each condition of the list, joined with OR. */
  readonly conditions: readonly ConditionNode[];
}

/** A named selection as written. */
export interface SearchIdentifier {
  readonly name: string;
  readonly span: Span;
  readonly body: SearchBody;
}

export type SearchBody = SearchMap | SearchList;

export interface SearchMap {
  readonly kind: 'map';
  readonly items: readonly DetectionItem[];
}

export interface SearchList {
  readonly kind: 'list';
  readonly entries: readonly (SearchMap | DetectionItem)[];
}

export interface ModifierUse {
  readonly name: string;
  readonly span: Span;
}

/** `field|modifier...: values`; the field is undefined for keywords. */
export interface DetectionItem {
  readonly kind: 'item';
  readonly field: string | undefined;
  readonly modifiers: readonly ModifierUse[];
  readonly values: readonly YamlScalar[];
  readonly span: Span;
}
