import type { CompiledDetection, CompiledRule } from '../../query/compile.ts';
import { type Conversion, mapped } from '../backend.ts';
import { withBlankDiagnostic } from '../blank-events.ts';
import { createDistinctNames } from '../distinct-names.ts';
import { jsonFormat, ndjsonFormat, plainFormat } from '../format.ts';
import { alwaysAs, withOwnFieldDiagnostics } from '../own-fields.ts';
import type { ConversionTarget, ConvertedEntry, ConvertedRule, TargetFormat } from '../target.ts';
import { splunkCorrelation } from './correlation/correlation.ts';
import { detectionSearch } from './data-model.ts';
import { withFieldTable } from './field-table.ts';
import { splunkOwn } from './own-fields.ts';
import { inDataModel } from './scope.ts';
import { type SplunkSettings, splunkDefaults, splunkSchema } from './settings.ts';

const always = alwaysAs(splunkOwn);

function convert(compiled: CompiledRule, settings: SplunkSettings): Conversion<ConvertedRule> {
  const { scopeOf, table } = settings;
  const conversion =
    compiled.kind === 'detection'
      ? detectionSearch(compiled, scopeOf(compiled), settings)
      : splunkCorrelation(compiled, scopeOf, settings);
  const own = withOwnFieldDiagnostics(
    table ? withFieldTable(conversion, compiled) : conversion,
    compiled,
    splunkOwn,
  );
  const isNarrowed = (part: CompiledDetection): boolean =>
    inDataModel(part) || scopeOf(part) !== '';
  const blank = { emptyIsAbsent: false, always, isNarrowed };
  return mapped(withBlankDiagnostic(own, compiled, blank), (search) => ({ queries: [search] }));
}

/** One line; replaces what a conf file would take for the end of a value or of a stanza's name. */
const folded = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .replace(/(?<!\\)\\+$/, '')
    .trim();

/** Splunk reads these as settings of all stanzas, or of none. */
const reserved = /^(?:default|general|global|stash)?$/i;

function nameOf({ title }: ConvertedEntry['rule']): string {
  const name = folded(title).replaceAll('[', '(').replaceAll(']', ')');
  return reserved.test(name) ? `${name} (detection)`.trim() : name;
}

function stanza({ rule, converted }: ConvertedEntry, name: string): string {
  const lines = [
    `[${name}]`,
    `search = ${converted.queries.join(' ')}`,
    ...(rule.description ? [`description = ${folded(rule.description)}`] : []),
    'disabled = 1',
  ];
  return `${lines.join('\n')}\n`;
}

// of two stanzas of one name, in whatever case, Splunk keeps the second alone
const distinctNames = createDistinctNames({
  wantedBy: ({ rule }) => [nameOf(rule)],
  keyOf: (name) => name.toLowerCase(),
  join: (name, mark) => `${name} (${mark})`,
});

const savedSearchesFormat: TargetFormat = {
  name: 'savedsearches',
  description: 'stanzas of savedsearches.conf; `sigpack build` makes a whole app',
  extension: 'conf',
  print: (entries, among = entries) => {
    const names = distinctNames(among);
    return entries
      .map((entry) => stanza(entry, names.get(entry)?.[0] ?? nameOf(entry.rule)))
      .join('\n');
  },
};

export const splunk: ConversionTarget<SplunkSettings> = {
  name: 'splunk',
  description: 'Splunk search processing language (SPL)',
  formats: [plainFormat, savedSearchesFormat, jsonFormat, ndjsonFormat],
  settings: { schema: splunkSchema, defaults: splunkDefaults },
  convert,
};
