import type { CompiledRule } from '../query/compile.ts';
import { failed } from '../source/result.ts';
import { ProcessingError } from '../work/processing-error.ts';
import type { Conversion } from './backend.ts';
import type { ConvertedRule } from './target.ts';

/**
 * A conversion with the postprocessing of the pipelines applied to its queries, as `change` finds
 * them in the value.
 */
export function postprocessed<T>(
  conversion: Conversion<T>,
  compiled: CompiledRule,
  change: (value: T, apply: (query: string) => string) => T,
): Conversion<T> {
  const apply = compiled.processing?.postprocess;
  if (!apply || !conversion.ok) return conversion;
  try {
    return { ...conversion, value: change(conversion.value, apply) };
  } catch (error) {
    if (!(error instanceof ProcessingError)) throw error;
    const { file, titleSpan: span } = compiled.rule;
    return failed([{ code: 'PIP002', message: error.message, file, span, ...error.place }]);
  }
}

/** A document that can't be made of other queries has no text to change, which is a warning. */
export function postprocessedRule(
  conversion: Conversion<ConvertedRule>,
  compiled: CompiledRule,
): Conversion<ConvertedRule> {
  if (
    conversion.ok &&
    conversion.value.document !== undefined &&
    !conversion.value.documentOf &&
    compiled.processing?.postprocess
  ) {
    const { file, titleSpan: span } = compiled.rule;
    return {
      ...conversion,
      diagnostics: [
        ...conversion.diagnostics,
        {
          code: 'PIP005',
          message: 'postprocessing of pipelines does not apply to documents',
          file,
          span,
        },
      ],
    };
  }
  return postprocessed(conversion, compiled, (value, apply) => {
    const queries = value.queries.map(apply);
    return {
      ...value,
      queries,
      ...(value.documentOf ? { document: value.documentOf(queries) } : {}),
    };
  });
}
