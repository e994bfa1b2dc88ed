import type { ConvertedEntry, TargetFormat } from '../target.ts';

/** Kibana's and OpenSearch Dashboards' importable form: a saved search a query, one JSON object a line. */
export const kibanaFormat: TargetFormat = {
  name: 'kibana-ndjson',
  description: 'saved searches for the import of Kibana or OpenSearch Dashboards',
  extension: 'ndjson',
  print: (entries) => entries.flatMap(savedSearches).join(''),
};

function savedSearches({ rule, converted }: ConvertedEntry): readonly string[] {
  return converted.queries.map((query, index) => {
    const part = converted.queries.length > 1 ? `-${index + 1}` : '';
    const source = { query: { query, language: 'lucene' }, filter: [], indexRefName: 'kibanaSavedObjectMeta.searchSourceJSON.index' };
    const object = {
      id: `${rule.id ?? encodeURIComponent(rule.title)}${part}`,
      type: 'search',
      attributes: {
        title: `Sigma: ${rule.title}${part}`,
        description: rule.description ?? '',
        hits: 0,
        columns: rule.fields,
        sort: [['@timestamp', 'desc']],
        version: 1,
        kibanaSavedObjectMeta: { searchSourceJSON: JSON.stringify(source) },
      },
      references: [{ id: 'logs-*', name: 'kibanaSavedObjectMeta.searchSourceJSON.index', type: 'index-pattern' }],
    };
    return `${JSON.stringify(object)}\n`;
  });
}
