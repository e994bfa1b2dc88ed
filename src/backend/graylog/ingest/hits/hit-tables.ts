import { fieldText, quoted } from '../../pipeline-rule/text.ts';
import type { IngestOptions, IngestRule } from '../ingest-rule.ts';
import type { HitTemporaries } from '../temporary-fields.ts';
import { type PipelineRuleText, ruleText } from '../texts.ts';
import { recordOf } from './hit-record.ts';

/** With more rules, a table is one of sixteen: a search of a hit's record reads one of them. */
const mostInOne = 256;

/**
 * Records of all rules as constants: a table removes the lines that are not of what was found, and
 * adds the others to the records of hits. A rule is in the table of the first digit of its key.
 */
export function hitTables(
  rules: readonly IngestRule[],
  keyOf: (rule: IngestRule) => string,
  codes: ReadonlyMap<string, string>,
  { wanted, hits }: HitTemporaries,
  { pack }: IngestOptions,
): readonly PipelineRuleText[] {
  const tables = new Map<string, string[]>();
  for (const rule of rules) {
    const key = keyOf(rule);
    const table = rules.length > mostInOne ? key.slice(0, 1) : '';
    tables.set(table, [...(tables.get(table) ?? []), recordOf(rule, key, codes)]);
  }
  return [...tables]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([table, records]) => {
      const lines = quoted(records.sort().join('\n'));
      const found = `regex_replace(${fieldText(wanted)}, ${lines}, "")`;
      // the server trims what is set
      const all = `concat(${fieldText(hits)}, concat("\\n", ${found}))`;
      const action = `  set_field(${quoted(hits)}, ${all});\n`;
      const label = `${pack} ${['table', table].join(' ').trim()}`;
      return ruleText(label, `contains(${fieldText(wanted)}, "|${table}")`, action, []);
    });
}
