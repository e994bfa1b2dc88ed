import type { CompiledRule } from '../../query/compile.ts';
import type { Conversion } from '../backend.ts';
import { jsonFormat, ndjsonFormat, plainFormat } from '../format.ts';
import type { ConversionTarget, ConvertedEntry, ConvertedRule, TargetFormat, TargetSettings } from '../target.ts';
import { splunkCorrelation } from './correlation.ts';
import { detectionSearch } from './data-model.ts';

function convert(compiled: CompiledRule, { splunk }: TargetSettings): Conversion<ConvertedRule> {
  const { cloudSafe, correlation } = splunk;
  const options = { cloudSafe, ...(correlation ? { correlation } : {}) };
  const conversion =
    compiled.kind === 'detection' ? detectionSearch(compiled, splunk.scopeOf(compiled), options) : splunkCorrelation(compiled, splunk.scopeOf, options);
  return conversion.ok ? { ...conversion, value: { queries: [conversion.value] } } : conversion;
}

/** One line; what a conf file would take for the end of a value or of a stanza's name is replaced. */
const folded = (text: string): string => text.replace(/\s+/g, ' ').replace(/\\+$/, '').trim();

function stanza({ rule, converted }: ConvertedEntry): string {
  const name = folded(rule.title).replaceAll('[', '(').replaceAll(']', ')');
  const lines = [
    `[${name}]`,
    `search = ${converted.queries.join(' ')}`,
    ...(rule.description ? [`description = ${folded(rule.description)}`] : []),
    'disabled = 1',
  ];
  return `${lines.join('\n')}\n`;
}

const savedSearchesFormat: TargetFormat = {
  name: 'savedsearches',
  description: 'stanzas of savedsearches.conf; `sigpack build` makes a whole app',
  extension: 'conf',
  print: (entries) => entries.map(stanza).join('\n'),
};

export const splunk: ConversionTarget = {
  name: 'splunk',
  description: 'Splunk search processing language (SPL)',
  formats: [plainFormat, savedSearchesFormat, jsonFormat, ndjsonFormat],
  convert,
};
