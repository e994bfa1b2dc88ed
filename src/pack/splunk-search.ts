import type { Conversion } from '../backend/backend.ts';
import { splunkCorrelation } from '../backend/splunk/correlation.ts';
import { splunkSearch } from '../backend/splunk/splunk.ts';
import type { CompiledRule } from '../query/compile.ts';
import type { DetectionRule } from '../sigma/rule.ts';
import type { PackConfig } from './config.ts';
import type { PackDetection } from './detection.ts';
import { indexMacroName } from './index-macro.ts';

export const filterMacroName = (detection: PackDetection): string => `${detection.slug}_filter`;

/** The search of a saved search: index macro, the rule, filter macro. */
export function splunkDetection(compiled: CompiledRule, detection: PackDetection, config: PackConfig): Conversion<string> {
  const scopeOf = (rule: DetectionRule) => `\`${indexMacroName(config.info.id, rule.logsource)}\``;
  const options = { cloudSafe: config.splunk.cloudSafe };
  const conversion =
    compiled.kind === 'detection' ? splunkSearch(compiled.query, scopeOf(compiled.rule), options) : splunkCorrelation(compiled, scopeOf, options);
  return conversion.ok ? { ...conversion, value: `${conversion.value} | \`${filterMacroName(detection)}\`` } : conversion;
}
