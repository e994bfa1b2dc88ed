import type { RuleHead } from '../../sigma/rule/rule.ts';
import { urlPart } from '../../source/char-escape.ts';
import { createDistinctNames } from '../distinct-names.ts';
import type { ConvertedEntry, TargetFormat } from '../target.ts';
import type { ElasticsearchSettings } from './settings.ts';

/**
 * The form that Kibana and OpenSearch Dashboards import: one saved search per query, one JSON
 * object per line.
 */
export const kibanaFormat: TargetFormat = {
  name: 'kibana-ndjson',
  description: 'saved searches for the import of Kibana or OpenSearch Dashboards',
  extension: 'ndjson',
  print: (entries, among = entries) => {
    const ids = distinctIds(among);
    return entries
      .flatMap((entry) =>
        objectsOf(entry).map((object, index) =>
          line({ ...object, id: ids.get(entry)?.[index] ?? object.id }),
        ),
      )
      .join('');
  },
};

const objectsOf = ({ converted: { document } }: ConvertedEntry): readonly SavedSearch[] =>
  Array.isArray(document) ? document : [];
// of two objects with one id the import keeps one
const distinctIds = createDistinctNames({
  wantedBy: (entry) => objectsOf(entry).map(({ id }) => id),
});
const line = (object: object): string => `${JSON.stringify(object)}\n`;

interface SavedSearch {
  readonly id: string;
}

/** One saved object per query; `settings.index` is the id of the data view that it searches. */
export function savedSearches(
  rule: RuleHead,
  queries: readonly string[],
  { index, timestampField }: ElasticsearchSettings,
): readonly SavedSearch[] {
  const indexName = 'kibanaSavedObjectMeta.searchSourceJSON.index';
  return queries.map((query, at) => {
    const part = queries.length > 1 ? `-${at + 1}` : '';
    const source = { query: { query, language: 'lucene' }, filter: [], indexRefName: indexName };
    return {
      id: `${rule.id ?? urlPart(rule.title)}${part}`,
      type: 'search',
      attributes: {
        title: `Sigma: ${rule.title}${part}`,
        description: rule.description ?? '',
        hits: 0,
        columns: rule.fields,
        sort: [[timestampField, 'desc']],
        version: 1,
        kibanaSavedObjectMeta: { searchSourceJSON: JSON.stringify(source) },
      },
      references: [{ id: index, name: indexName, type: 'index-pattern' }],
    };
  });
}
