import { plainFormat } from '../backend/format.ts';
import { luceneLineFormat } from '../backend/lucene/line-format.ts';
import type { TargetFormat } from '../backend/target.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { varsOf } from '../pipeline/run/process.ts';

/** True for queries and nothing else, one after the other. */
export const isPlain = (format: TargetFormat): boolean =>
  format === plainFormat || format === luceneLineFormat;

/**
 * A format with the finalizers of pipelines, which make the text of the plain format; others stay
 * as they are. `conversion`: what templates of finalizers know of the conversion.
 */
export function finalized(
  format: TargetFormat,
  pipelines: readonly Pipeline[],
  conversion: ReadonlyMap<string, unknown>,
): TargetFormat {
  const finalizers = pipelines.flatMap((pipeline) => pipeline.finalizers);
  if (finalizers.length === 0 || !isPlain(format)) return format;
  return {
    ...format,
    print(entries) {
      const context = {
        vars: varsOf(pipelines),
        conversion,
        states: entries.map(({ state }) => state ?? new Map()),
      };
      const queries: readonly string[] = entries.flatMap((entry) => entry.converted.queries);
      const texts = finalizers.reduce((before, { apply }) => apply(before, context), queries);
      return `${texts.join('\n')}\n`;
    },
  };
}
