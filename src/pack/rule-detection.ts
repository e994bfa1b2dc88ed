import type { CompiledRule } from '../query/compile.ts';
import { lookBackOf } from '../query/look-back.ts';
import type { Rule } from '../sigma/collection/collection.ts';
import type { LogSource } from '../sigma/rule/rule.ts';
import type { DiagnosticBag } from '../source/diagnostic.ts';
import type { PackConfig } from './config/config.ts';
import { mergeSettings } from './config/merge-settings.ts';
import { attackReferences } from './model/attack-tags.ts';
import type { PackDetection, PackRule } from './model/detection.ts';
import type { DetectionName } from './naming/detection-name.ts';
import { checkRuleSettings } from './settings/patch.ts';
import { levelOf } from './settings/selection.ts';

/**
 * The detection of a rule. Undefined after a diagnostic, or if `nameFor` has no names.
 *
 * @param logSources - Those of the rule as written, which pipelines may have changed.
 */
export function detectionOf(
  compiled: CompiledRule,
  logSources: readonly LogSource[],
  config: PackConfig,
  nameFor: (chosen: string | undefined) => DetectionName | undefined,
  bag: DiagnosticBag,
): PackDetection | undefined {
  const { rule } = compiled;
  if (!checkRuleSettings(rule, bag)) return undefined;
  const settings = mergeSettings(config, rule, logSources);
  const names = nameFor(settings.name);
  if (!names) return undefined;
  const detection = {
    ...names,
    rule: packRule(rule),
    severity: settings.severity ?? levelOf(rule),
    logSources,
    attack: attackReferences(rule.tags),
    settings,
  };
  return compiled.kind === 'correlation'
    ? { ...detection, lookBack: lookBackOf(compiled) }
    : detection;
}

function packRule(rule: Rule): PackRule {
  if (rule.kind === 'correlation') return rule;
  const { detection: _, otherAttributes: __, ...head } = rule;
  // the text of the file would stay in memory
  return { ...head, file: { path: rule.file.path } };
}
