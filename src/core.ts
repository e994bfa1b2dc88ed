// What runs without modules of Node: the library without packs and installs (test/core.test.ts).
export {
  type Conversion,
  converted,
  type Place,
  refused,
  type TargetDiagnostic,
} from './backend/backend.ts';
export { ecsSettings } from './backend/es-qs/ecs.ts';
export type { ElasticsearchSettings } from './backend/es-qs/settings.ts';
export { jsonFormat, ndjsonFormat, plainFormat } from './backend/format.ts';
export { type GraylogAggregation, graylogCorrelation } from './backend/graylog/correlation.ts';
export { graylogQueries } from './backend/graylog/graylog.ts';
export { type GraylogOptions, graylogDefaults } from './backend/graylog/settings.ts';
export type { GrepSettings } from './backend/grep/settings.ts';
export {
  defaultTargetSettings,
  type RegisteredTarget,
  type TargetSettings,
  targets,
} from './backend/registry.ts';
export { type ScopeOf, splunkCorrelation } from './backend/splunk/correlation/correlation.ts';
export { type SplunkOptions, splunkSearch } from './backend/splunk/splunk.ts';
export type {
  ConversionTarget,
  ConvertedEntry,
  ConvertedRule,
  SettingsSection,
  TargetFormat,
} from './backend/target.ts';
export { EventError } from './event/event-error.ts';
export { eventTime } from './event/event-time.ts';
export { logSourceOf } from './event/log-source.ts';
export {
  createEventReader,
  type EventOptions,
  type EventReader,
  eventsIn,
  type ReadEvent,
} from './event/reader.ts';
export { withSigmaNames } from './event/sigma-view.ts';
export {
  type CorrelationHit,
  type Correlator,
  type CorrelatorOptions,
  correlatorOf,
  type History,
} from './match/correlation/correlation.ts';
export type { Event } from './match/event.ts';
export type { EventSource } from './match/event-source.ts';
export {
  createRuleIndex,
  type IndexedRule,
  type RuleIndex,
  type RuleIndexOptions,
} from './match/index/rule-index.ts';
export { type Matcher, matcherOf } from './match/matcher.ts';
export { defaultConfig, type PackConfig, readConfig, type Target } from './pack/config/config.ts';
export {
  type CompiledCorrelation,
  type CompiledDetection,
  type CompiledRule,
  createCompiler,
  logSourcesOf,
} from './query/compile.ts';
export { assertNever, type Item, itemsOf, type Query, type Test } from './query/tree.ts';
export { type Collection, collect, type Rule } from './sigma/collection/collection.ts';
export { readDocuments, type SigmaDocument } from './sigma/collection/document.ts';
export type { CorrelationRule } from './sigma/correlation/correlation.ts';
export type { FilterRule } from './sigma/filter/filter.ts';
export type { DetectionRule, Level, LogSource, Status } from './sigma/rule/rule.ts';
export {
  ANY,
  isPlaceholder,
  literalText,
  ONE,
  type Pattern,
  type PatternPart,
  patternText,
} from './sigma/value/pattern.ts';
export type { DiagnosticCode } from './source/code/catalogue.ts';
export {
  compareDiagnostics,
  createBag,
  type Diagnostic,
  type DiagnosticBag,
  type Severity,
} from './source/diagnostic.ts';
export type { Failed, Ok, Result } from './source/result.ts';
export { type Position, positionAt, type SourceFile, type Span } from './source/span.ts';
