import { fieldText, quoted } from '../../pipeline-rule/text.ts';
import type { IngestOptions, IngestRule } from '../ingest-rule.ts';
import type { HitTemporaries } from '../temporary-fields.ts';
import { type PipelineRuleText, ruleText } from '../texts.ts';
import { recordOf } from './hit-record.ts';

/** With more rules, there are sixteen tables instead of one. */
const mostInOne = 256;

/**
 * Records of all rules as constants. A table takes the lines of those that were found, and adds
 * them to the records of hits. A rule is in the table, and in the part of it, of the first digits
 * of its key: expressions take long to search much text.
 */
export function hitTables(
  rules: readonly IngestRule[],
  keyOf: (rule: IngestRule) => string,
  codes: ReadonlyMap<string, string>,
  { wanted, hits }: HitTemporaries,
  { pack }: IngestOptions,
): readonly PipelineRuleText[] {
  const length = rules.length > mostInOne ? 1 : 0;
  const records = rules
    .map((rule) => {
      const key = keyOf(rule);
      return { key, record: recordOf(rule, key, codes) };
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const tables = Map.groupBy(records, ({ key }) => key.slice(0, length));
  return [...tables].map(([table, list]) => {
    const parts = [...Map.groupBy(list, ({ key }) => key.slice(0, length + 1))];
    const chosen = parts.map(([digits, some]) => {
      const lines = some.map(({ record }) => `${record}\n`).join('');
      const isWanted = `to_string(contains(wanted, "|${digits}"))`;
      // what is between two lines of the list's text is not a line of a rule
      return `{\`true\`: ${quoted(`\n${lines}`)}}[${isWanted}]`;
    });
    const found = `regex_replace(wanted, to_string([\n    ${chosen.join(',\n    ')}\n  ]), "")`;
    const actions =
      `  let wanted = ${fieldText(wanted)};\n` +
      // the server trims what is set
      `  set_field(${quoted(hits)}, concat(${fieldText(hits)}, concat("\\n", ${found})));\n`;
    const label = `${pack} ${['table', table].join(' ').trim()}`;
    return ruleText(label, `contains(${fieldText(wanted)}, "|${table}")`, actions, []);
  });
}
