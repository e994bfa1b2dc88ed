import type { CompiledRule } from '../query/compile.ts';
import type { JsonSchema } from '../source/schema/json-schema.ts';
import type { Conversion } from './backend.ts';

/**
 * A rule in a target's language: one query, or several that together find what the rule means; and
 * the document around them, where the target has one.
 */
export interface ConvertedRule {
  readonly queries: readonly string[];
  readonly document?: unknown;
  /**
   * The document of other queries, after pipelines changed their text; a target without it keeps
   * its document as it is.
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

/** What a target takes from sigpack.yml; a plugin's target from its key under `pluginSettings`. */
export interface SettingsSection<Settings> {
  /** The part of JSON Schema that sigpack.yml is checked by; descriptions become hints. */
  readonly schema: JsonSchema;
  /** The settings where the file has none; if they are a map, the values of keys that it lacks. */
  readonly defaults: Settings;
}

/**
 * A language that rules are converted to. A plugin exports a list of these as `targets`
 * (docs/adding-a-target.md). `Settings` is what it can be set to.
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
export interface ConversionTarget<Settings = unknown> {
  readonly name: string;
  readonly description: string;
  /** The first is the default, which `-f default` names too. */
  readonly formats: readonly [TargetFormat, ...TargetFormat[]];
  /** Without it, nothing can be set. */
  readonly settings?: SettingsSection<Settings>;
  /** A method, so that targets with settings of their own are an array of targets. */
  convert(rule: CompiledRule, settings: Settings): Conversion<ConvertedRule>;
}
