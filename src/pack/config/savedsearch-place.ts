import { type Place, placeOfRule } from '../../backend/backend.ts';
import type { Rule } from '../../sigma/collection/collection.ts';
import { filterFits } from '../../sigma/filter/filter.ts';
import type { LogSource } from '../../sigma/rule/rule.ts';
import type { SourceFile } from '../../source/span.ts';
import { lookup, spanOfKey, type YamlNode } from '../../source/yaml/tree.ts';
import { writtenSettings } from '../settings/patch.ts';
import { levelOf } from '../settings/selection.ts';
import type { PackConfig } from './config.ts';

interface Layer {
  readonly file: SourceFile;
  readonly settings: YamlNode;
}

/** The layers of a rule's settings, the winning one first. */
function layersOf(
  { file, settings, level }: Rule,
  logSources: readonly LogSource[],
  config: PackConfig,
): readonly Layer[] {
  const bySource = config.logsources
    .filter(({ match }) => logSources.some((source) => filterFits(match, source)))
    .toReversed();
  const patches = [
    ...bySource.map((entry) => entry.settings),
    config.levels.get(levelOf({ ...(level ? { level } : {}) })),
    config.defaults,
  ];
  const shared = patches.flatMap((patch) => (patch && writtenSettings(patch)) ?? []);
  return settings ? [{ file, settings }, ...shared] : shared;
}

/** Where the effective key under `splunk.savedsearch` of a rule is written. */
export function placeOfKey(
  key: string,
  rule: Rule,
  logSources: readonly LogSource[],
  config: PackConfig,
): Place {
  for (const { file, settings } of layersOf(rule, logSources, config)) {
    const span = spanOfKey(lookup(lookup(settings, 'splunk'), 'savedsearch'), key);
    if (span) return { file, span };
  }
  return placeOfRule(rule);
}
