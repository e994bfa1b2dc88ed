import type { CompiledRule } from '../../query/compile.ts';
import { type Conversion, converted, placeOfQuery } from '../backend.ts';
import { unnarrowed, withBlankDiagnostic } from '../blank-events.ts';
import { jsonFormat, ndjsonFormat, plainFormat } from '../format.ts';
import type { ConversionTarget, ConvertedRule } from '../target.ts';
import { logpointCorrelation } from './correlation.ts';
import { logpointQueries } from './plan.ts';

function convert(compiled: CompiledRule): Conversion<ConvertedRule> {
  const conversion: Conversion<ConvertedRule> = converted((diagnostics) => {
    if (compiled.kind === 'correlation')
      return { queries: [logpointCorrelation(compiled, diagnostics)] };
    const { rule, query } = compiled;
    return {
      queries: logpointQueries(query, {
        place: placeOfQuery(rule),
        diagnostics,
      }),
    };
  });
  return withBlankDiagnostic(conversion, compiled, unnarrowed);
}

export const logpoint: ConversionTarget<undefined> = {
  name: 'logpoint',
  description: "LogPoint's search language",
  formats: [plainFormat, jsonFormat, ndjsonFormat],
  convert,
};
