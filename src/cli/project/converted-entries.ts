import type { Conversion } from '../../backend/backend.ts';
import { postprocessedRule } from '../../backend/postprocess.ts';
import type { ConvertedEntry, ConvertedRule } from '../../backend/target.ts';
import { warnOfUnplaced } from '../../pack/index-macro.ts';
import { type CountedWarnings, warnOfPipelines } from '../../pack/pipeline-report.ts';
import { checkRuleSettings } from '../../pack/settings/patch.ts';
import { createSharedDiagnostics } from '../../pack/shared-diagnostics.ts';
import { searchScopes } from '../../pack/splunk-search.ts';
import {
  createTargetCompiler,
  type TargetedRule,
  type TargetRule,
} from '../../pipeline/run/target-compiler.ts';
import type { CompiledRule } from '../../query/compile.ts';
import type { Collection, Rule } from '../../sigma/collection/collection.ts';
import { loadGivenRules } from './given-rules.ts';
import type { Project } from './project.ts';

/**
 * The rules of the paths in the form of each target. `formats`: by target, as the templates of
 * pipelines know them.
 */
export function targetedRules(
  project: Project,
  paths: readonly string[],
  formats: ReadonlyMap<string, string>,
): readonly TargetedRule[] {
  const { collection } = loadGivenRules(project, paths);
  return targetedIn(project, collection, collection.rules, formats);
}

/** As {@link targetedRules}, for some rules of a collection. */
export function targetedIn(
  { loaded, bag, pipelines }: Project,
  collection: Collection,
  rules: readonly Rule[],
  formats: ReadonlyMap<string, string>,
): readonly TargetedRule[] {
  const { placeholders, unmatchable } = loaded.config;
  const { compile } = createTargetCompiler({
    collection,
    placeholders,
    bag,
    pipelines,
    formats,
    unmatchable,
    namedBy: (rule) => rule.fields,
  });
  return rules
    .filter((rule) => collection.standsAlone(rule) && checkRuleSettings(rule, bag))
    .flatMap((rule) => compile(rule) ?? []);
}

/** The rules that a target can express, converted; the others are reported. */
export function convertedEntries(
  rules: readonly TargetedRule[],
  target: string,
  convert: (compiled: CompiledRule) => Conversion<ConvertedRule>,
  project: Project,
  warnings: CountedWarnings,
): readonly ConvertedEntry[] {
  const diagnostics = createSharedDiagnostics(project.bag);
  const entries = rules.flatMap(({ forTarget }): readonly ConvertedEntry[] => {
    const targeted = forTarget(target);
    if (!targeted.ok) return [];
    warnOf(targeted.value, target, project, warnings);
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
  { loaded, pipelines }: Project,
  warnings: CountedWarnings,
): void {
  if (!off) warnOfPipelines(warnings, target, compiled);
  if (target === 'splunk' && (pipelines.get(target) ?? []).length > 0)
    warnOfUnplaced(warnings, searchScopes(compiled, loaded.config), compiled, loaded.config);
}
