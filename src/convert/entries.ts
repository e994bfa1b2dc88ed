import type { Conversion } from '../backend/backend.ts';
import { postprocessedRule } from '../backend/postprocess.ts';
import type { ConvertedEntry, ConvertedRule } from '../backend/target.ts';
import type { PackConfig } from '../pack/config/config.ts';
import { warnOfUnplaced } from '../pack/index-macro.ts';
import { type CountedWarnings, warnOfPipelines } from '../pack/pipeline-report.ts';
import { checkRuleSettings } from '../pack/settings/patch.ts';
import { createSharedDiagnostics } from '../pack/shared-diagnostics.ts';
import { searchScopes } from '../pack/splunk-search.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import {
  createTargetCompiler,
  type TargetedRule,
  type TargetRule,
} from '../pipeline/run/target-compiler.ts';
import type { CompiledRule } from '../query/compile.ts';
import type { Collection, Rule } from '../sigma/collection/collection.ts';
import type { DiagnosticBag } from '../source/diagnostic.ts';

/** What rules are converted with. */
export interface ConversionContext {
  readonly config: PackConfig;
  /** By name of the target. */
  readonly pipelines: ReadonlyMap<string, readonly Pipeline[]>;
  readonly bag: DiagnosticBag;
}

/**
 * Rules of a collection in the form of each target. `formats`: by target, as the templates of
 * pipelines know them. `among`: the rules that are wanted; default: those that stand alone.
 */
export function targetedRules(
  collection: Collection,
  { config, pipelines, bag }: ConversionContext,
  formats: ReadonlyMap<string, string>,
  among: readonly Rule[] = collection.rules.filter((rule) => collection.standsAlone(rule)),
): readonly TargetedRule[] {
  const { placeholders, unmatchable } = config;
  const { compile } = createTargetCompiler({
    collection,
    placeholders,
    bag,
    pipelines,
    formats,
    unmatchable,
    namedBy: (rule) => rule.fields,
  });
  return among
    .filter((rule) => checkRuleSettings(rule, bag))
    .flatMap((rule) => compile(rule) ?? []);
}

/** The rules that a target can express, converted; the others are reported. */
export function convertedEntries(
  rules: readonly TargetedRule[],
  target: string,
  convert: (compiled: CompiledRule) => Conversion<ConvertedRule>,
  context: ConversionContext,
  warnings: CountedWarnings,
): readonly ConvertedEntry[] {
  const diagnostics = createSharedDiagnostics(context.bag);
  const entries = rules.flatMap(({ forTarget }): readonly ConvertedEntry[] => {
    const targeted = forTarget(target);
    if (!targeted.ok) return [];
    warnOf(targeted.value, target, context, warnings);
    const { compiled } = targeted.value;
    const { rule, processing } = compiled;
    const conversion = postprocessedRule(convert(compiled), compiled);
    diagnostics.add(target, rule, conversion.ok ? conversion.diagnostics : conversion.error);
    if (!conversion.ok) return [];
    return [{ rule, converted: conversion.value, ...(processing && { state: processing.state }) }];
  });
  diagnostics.report();
  return entries;
}

/** Reports what pipelines leave open as `sigpack build` does. */
function warnOf(
  { compiled, off }: TargetRule,
  target: string,
  { config, pipelines }: ConversionContext,
  warnings: CountedWarnings,
): void {
  if (!off) warnOfPipelines(warnings, target, compiled);
  if (target === 'splunk' && (pipelines.get(target) ?? []).length > 0)
    warnOfUnplaced(warnings, searchScopes(compiled, config), compiled, config);
}
