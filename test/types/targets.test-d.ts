import {
  type CompiledCorrelation,
  type CompiledRule,
  type Conversion,
  type ConversionTarget,
  type ConvertedEntry,
  type ConvertedRule,
  type CorrelationRule,
  converted,
  defaultTargetSettings,
  type ElasticsearchSettings,
  ecsSettings,
  type GraylogAggregation,
  type GraylogOptions,
  type GrepSettings,
  graylogCorrelation,
  graylogDefaults,
  graylogQueries,
  jsonFormat,
  ndjsonFormat,
  type Place,
  plainFormat,
  type Query,
  type RegisteredTarget,
  refused,
  type ScopeOf,
  type SettingsSection,
  type SplunkOptions,
  splunkCorrelation,
  splunkSearch,
  type TargetDiagnostic,
  type TargetFormat,
  type TargetSettings,
  targets,
} from 'sigpack';
import { expectTypeOf } from 'vitest';

declare const query: Query;
declare const correlation: CompiledCorrelation;
declare const rule: CorrelationRule;
const place: Place = { file: { path: 'rule.yml', text: '' }, span: { start: 0, end: 0 } };

const search = splunkSearch(query, '', { cloudSafe: false });
expectTypeOf(search).toEqualTypeOf<Conversion<string>>();
// @ts-expect-error a conversion may have refused
search.value;
if (search.ok) {
  expectTypeOf(search.value).toBeString();
  expectTypeOf(search.diagnostics).toEqualTypeOf<readonly TargetDiagnostic[]>();
} else {
  expectTypeOf(search.error).toEqualTypeOf<readonly TargetDiagnostic[]>();
  // @ts-expect-error what is refused has no value
  search.value;
}
// @ts-expect-error cloudSafe has no default
splunkSearch(query, '', {});
const options: SplunkOptions = { cloudSafe: true, correlation: 'stats' };
// @ts-expect-error there is no such method
({ cloudSafe: true, correlation: 'transaction' }) satisfies SplunkOptions;

const scopeOf: ScopeOf = ({ rule: { logsource } }) => `\`${logsource.product}\``;
expectTypeOf(splunkCorrelation(correlation, scopeOf, options)).toEqualTypeOf<Conversion<string>>();
// @ts-expect-error the rule alone lacks the rules that it refers to
splunkCorrelation(rule, scopeOf, options);

const server: GraylogOptions = { ...graylogDefaults, matching: 'exact', streams: ['Windows'] };
expectTypeOf(graylogQueries(query, place, server)).toEqualTypeOf<Conversion<readonly string[]>>();
// @ts-expect-error options are whole
graylogQueries(query, place, { matching: 'exact' });
// @ts-expect-error diagnostics need a place
graylogQueries(query, server);
expectTypeOf(graylogCorrelation(rule, [query], server, 60)).toEqualTypeOf<
  Conversion<GraylogAggregation>
>();
graylogCorrelation(rule, undefined, server);
// @ts-expect-error the delay is in seconds, not a text
graylogCorrelation(rule, [query], server, '1m');

expectTypeOf(refused(place, 'message', 'hint')).toExtend<Error>();
// @ts-expect-error a refusal has a hint
refused(place, 'message');
expectTypeOf(converted(() => 1)).toEqualTypeOf<Conversion<number>>();
converted((diagnostics) => diagnostics.push({ code: 'TGT002', message: 'more', ...place }));
converted((diagnostics) =>
  // @ts-expect-error a target reports nothing about the configuration
  diagnostics.push({ code: 'PCK001', message: 'no', ...place }),
);

const format: TargetFormat = {
  name: 'count',
  description: 'how many queries',
  extension: 'txt',
  print: (entries) => `${entries.flatMap((entry) => entry.converted.queries).length}\n`,
};
const target: ConversionTarget = {
  name: 'x',
  description: 'X',
  formats: [plainFormat, jsonFormat, ndjsonFormat, format],
  convert: (compiled, settings) => {
    expectTypeOf(compiled).toEqualTypeOf<CompiledRule>();
    expectTypeOf(settings).toBeUnknown();
    return converted(() => ({ queries: [compiled.rule.title] }));
  },
};
expectTypeOf(targets).toEqualTypeOf<readonly ConversionTarget<TargetSettings>[]>();
expectTypeOf(targets).toEqualTypeOf<readonly RegisteredTarget[]>();
const schema = { type: 'object', properties: { table: { type: 'string' } } } as const;
expectTypeOf<SettingsSection<number>['defaults']>().toBeNumber();
const withSettings: ConversionTarget<{ readonly table: string }> = {
  name: 'x',
  description: 'X',
  formats: [plainFormat],
  settings: { schema, defaults: { table: 'events' } },
  convert: (_, { table }) => converted(() => ({ queries: [table] })),
};
// @ts-expect-error defaults are of the type of the settings
({ ...withSettings, settings: { schema, defaults: {} } }) satisfies ConversionTarget<{
  readonly table: string;
}>;
// @ts-expect-error settings are of the target's type
targets[0]?.convert(correlation, { table: 'events' });
[target, withSettings] satisfies readonly ConversionTarget[];
// @ts-expect-error a target has at least one format
({ ...target, formats: [] }) satisfies ConversionTarget;
// @ts-expect-error a conversion is not a text
({ ...target, convert: () => 'query' }) satisfies ConversionTarget;
const promised = async (): Promise<Conversion<ConvertedRule>> => converted(() => ({ queries: [] }));
// @ts-expect-error a conversion is not a promise
({ ...target, convert: promised }) satisfies ConversionTarget;
expectTypeOf<ConvertedEntry['converted']>().toEqualTypeOf<ConvertedRule>();

const settings: TargetSettings = {
  ...defaultTargetSettings,
  elasticsearch: { ...defaultTargetSettings.elasticsearch, ...ecsSettings, index: 'logs-*' },
  grep: { lines: 'plain' },
};
expectTypeOf(settings.elasticsearch).toEqualTypeOf<ElasticsearchSettings>();
// @ts-expect-error there is no such form of lines
({ lines: 'xml' }) satisfies GrepSettings;
