import type { CompiledRule } from '../../query/compile.ts';
import { blankRefusal } from '../blank-events.ts';
import { alwaysInDocuments } from './own-fields.ts';
import { type ElasticsearchSettings, elasticsearchDefaults } from './settings.ts';

/** The index pattern of all logs narrows nothing. */
const isAll = (index: string): boolean =>
  /^(?:_all|\*+)$/.test(index) || index === elasticsearchDefaults.index;

export function elasticsearchBlankRefusal(
  compiled: CompiledRule,
  { index }: ElasticsearchSettings,
) {
  const narrowed = !index.split(',').some(isAll);
  const hint =
    'Name the index of its events under elasticsearch.index, use a pipeline that knows the ' +
    'log source, or add a selection that an event must have.';
  return blankRefusal(
    compiled,
    { emptyIsAbsent: false, always: alwaysInDocuments, isNarrowed: () => narrowed },
    hint,
  );
}
