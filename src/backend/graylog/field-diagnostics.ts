import type { CompiledRule } from '../../query/compile.ts';
import type { Conversion } from '../backend.ts';
import { withOwnFieldDiagnostics } from '../own-fields.ts';
import { graylogOwn } from './own-fields.ts';
import type { GraylogOptions } from './settings.ts';
import { trimmedDiagnostics } from './trimmed-values.ts';

/** The conversion, with warnings about what Graylog's fields are and what their values can be. */
export function withFieldDiagnostics<T>(
  conversion: Conversion<T>,
  compiled: CompiledRule,
  options: Pick<GraylogOptions, 'mode' | 'textFields'>,
): Conversion<T> {
  const own = withOwnFieldDiagnostics(conversion, compiled, graylogOwn);
  if (!own.ok) return own;
  const trimmed = trimmedDiagnostics(compiled, options);
  return trimmed.length === 0 ? own : { ...own, diagnostics: [...own.diagnostics, ...trimmed] };
}
