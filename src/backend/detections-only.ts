import type { CompiledDetection } from '../query/compile.ts';
import { type Conversion, placeOfType, unconverted } from './backend.ts';
import type { ConversionTarget, ConvertedRule } from './target.ts';

/** For a language without aggregations: refuses correlations, with the message and the hint. */
export const detectionsOnly =
  <Settings>(
    convert: (compiled: CompiledDetection, settings: Settings) => Conversion<ConvertedRule>,
    message: string,
    hint: string,
  ): ConversionTarget<Settings>['convert'] =>
  (compiled, settings) =>
    compiled.kind === 'detection'
      ? convert(compiled, settings)
      : unconverted(placeOfType(compiled.rule), message, hint);
