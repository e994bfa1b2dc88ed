import type { CompiledRule } from '../../query/compile.ts';
import { type Conversion, placeOfRule } from '../backend.ts';
import { inDataModel } from './scope.ts';
import { isNameable, searchField } from './text.ts';

/**
 * The search with a `table` of the rule attribute `fields` at its end, under the names that
 * pipelines give them; a warning where it can't have one.
 */
export function withFieldTable(
  conversion: Conversion<string>,
  compiled: CompiledRule,
): Conversion<string> {
  const fields = [...new Set(compiled.rule.fields)];
  const place = placeOfRule(compiled.rule);
  if (!conversion.ok || fields.length === 0) return conversion;
  const hasResults = compiled.kind === 'correlation' || inDataModel(compiled);
  const columns = hasResults ? [] : fields.filter(isNameable);
  const value =
    columns.length === 0
      ? conversion.value
      : `${conversion.value} | table ${columns.map((name) => searchField(name, place)).join(',')}`;
  if (columns.length === fields.length) return { ...conversion, value };
  const message = hasResults
    ? 'its results have columns of their own: they get no table of `fields`'
    : 'not every one of the `fields` has a name that a table can show';
  const hint = 'Leave --table out, or give the fields other names in a pipeline.';
  return {
    ...conversion,
    value,
    diagnostics: [...conversion.diagnostics, { code: 'TGT007', message, ...place, hint }],
  };
}
