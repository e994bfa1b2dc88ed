import type { Conversion } from '../backend/backend.ts';
import { postprocessed } from '../backend/postprocess.ts';
import { splunkCorrelation } from '../backend/splunk/correlation.ts';
import { detectionSearch } from '../backend/splunk/data-model.ts';
import { inDataModel, pipelineScope } from '../backend/splunk/scope.ts';
import { type CompiledDetection, type CompiledRule, detectionsBelow } from '../query/compile.ts';
import type { PackConfig } from './config.ts';
import type { PackDetection, SearchScope } from './detection.ts';
import { indexMacroName } from './index-macro.ts';

/** Where the events of each rule below are: one entry a log source, as the pipelines left it. A data model knows that by itself. */
export function searchScopes(compiled: CompiledRule): readonly SearchScope[] {
  return detectionsBelow(compiled).flatMap((part) => {
    if (inDataModel(part)) return [];
    const definition = pipelineScope(part);
    return [{ source: part.rule.logsource, ...(definition === undefined ? {} : { definition }) }];
  });
}

export const filterMacroName = (detection: PackDetection): string => `${detection.slug}_filter`;

/** The search of a saved search: index macro, the rule, filter macro. */
export function splunkDetection(compiled: CompiledRule, detection: PackDetection, config: PackConfig): Conversion<string> {
  const scopeOf = ({ rule }: CompiledDetection) => `\`${indexMacroName(config.info.id, rule.logsource)}\``;
  const { cloudSafe, correlation } = config.splunk;
  const options = { cloudSafe, ...(correlation ? { correlation } : {}) };
  const printed = compiled.kind === 'detection' ? detectionSearch(compiled, scopeOf(compiled), options) : splunkCorrelation(compiled, scopeOf, options);
  const conversion = postprocessed(printed, compiled, (query, apply) => apply(query));
  return conversion.ok ? { ...conversion, value: `${conversion.value} | \`${filterMacroName(detection)}\`` } : conversion;
}
