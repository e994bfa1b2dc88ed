import type { NewDiagnostic } from '../../source/diagnostic.ts';
import { didYouMean } from '../../source/nearest.ts';
import { lookup, type YamlNode } from '../../source/yaml/tree.ts';
import { savedSearchValueError } from './savedsearch-value.ts';
import { isSavedSearchKey, nearestSavedSearchKey } from './splunk-keys.ts';

/** Warns of keys under `splunk.savedsearch` that savedsearches.conf does not have. */
export function savedSearchDiagnostics(settings: YamlNode): readonly NewDiagnostic[] {
  const node = lookup(lookup(settings, 'splunk'), 'savedsearch');
  if (node?.kind !== 'mapping') return [];
  return node.pairs.flatMap(({ key }): readonly NewDiagnostic[] => {
    if (isSavedSearchKey(key.text)) return [];
    const near = nearestSavedSearchKey(key.text);
    return [
      {
        code: 'PCK004',
        message: `\`${key.text}\` is not a setting of savedsearches.conf`,
        span: key,
        hint: near === undefined ? undefined : didYouMean(near),
      },
    ];
  });
}

/**
 * Reports (PCK001) values under `splunk.savedsearch` that the app can't hold or Splunk can't run.
 */
export function savedSearchValueDiagnostics(settings: YamlNode): readonly NewDiagnostic[] {
  const node = lookup(lookup(settings, 'splunk'), 'savedsearch');
  if (node?.kind !== 'mapping') return [];
  return node.pairs.flatMap(({ key, value }): readonly NewDiagnostic[] => {
    const reason =
      value.kind === 'scalar' ? savedSearchValueError(key.text, value.text) : undefined;
    return reason === undefined
      ? []
      : [
          {
            code: 'PCK001',
            message: `\`${key.text}\` ${reason}`,
            span: value,
          },
        ];
  });
}
