import { didYouMean, nearest } from '../../source/nearest.ts';
import { lookup, type YamlMapping } from '../../source/yaml/tree.ts';
import type { Reader } from '../rule/attribute.ts';
import { correlationTypes } from './correlation.ts';
import { report } from './report.ts';

/** From the next specification, and in pySigma: the percentile of 50. */
export const median = 'value_median';
const writtenTypes = [...correlationTypes, median] as const;
export type WrittenType = (typeof writtenTypes)[number];

/** The type of a correlation; undefined after a diagnostic. */
export function readType(reader: Reader, node: YamlMapping): WrittenType | undefined {
  const typeNode = lookup(node, 'type');
  const written = writtenTypes.find(
    (name) => typeNode?.kind === 'scalar' && typeNode.text.trim().toLowerCase() === name,
  );
  if (written) return written;
  const near =
    typeNode?.kind === 'scalar'
      ? nearest(typeNode.text.replaceAll('-', '_'), writtenTypes)
      : undefined;
  const hint = near === undefined ? `Use one of ${writtenTypes.join(', ')}.` : didYouMean(near);
  return report(
    reader,
    typeNode ?? node.pairs[0]?.key ?? node,
    'the correlation type is missing or unknown',
    hint,
  );
}
