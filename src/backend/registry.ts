import { esQs } from './es-qs/es-qs.ts';
import { type ElasticsearchSettings, elasticsearchDefaults } from './es-qs/settings.ts';
import { type GraylogOptions, graylogDefaults } from './graylog/settings.ts';
import { graylog } from './graylog/target.ts';
import { grep } from './grep/grep.ts';
import { type GrepSettings, grepDefaults } from './grep/settings.ts';
import { logpoint } from './logpoint/logpoint.ts';
import { type SplunkSettings, splunkDefaults } from './splunk/settings.ts';
import { splunk } from './splunk/target.ts';
import type { ConversionTarget } from './target.ts';
import { xpackWatcher } from './xpack-watcher/xpack-watcher.ts';

/** Settings of `sigpack convert` and of the rule pages, by their section in sigpack.yml. */
export interface TargetSettings {
  readonly splunk: SplunkSettings;
  readonly graylog: GraylogOptions;
  readonly elasticsearch: ElasticsearchSettings;
  readonly grep: GrepSettings;
  /** Of targets of plugins, by their names. */
  readonly plugins: ReadonlyMap<string, unknown>;
}

/** The settings of `sigpack convert` without a configuration. */
export const defaultTargetSettings: TargetSettings = {
  splunk: splunkDefaults,
  graylog: graylogDefaults,
  elasticsearch: elasticsearchDefaults,
  grep: grepDefaults,
  plugins: new Map(),
};

/** A target that finds its own among the settings of all. */
export type RegisteredTarget = ConversionTarget<TargetSettings>;

const registered = <Settings>(
  { name, description, formats, convert }: ConversionTarget<Settings>,
  settingsOf: (all: TargetSettings) => Settings,
): RegisteredTarget => ({
  name,
  description,
  formats,
  convert: (rule, all) => convert(rule, settingsOf(all)),
});

/** Every target of `sigpack convert`, in the order of the rule pages. Each has a `name`. */
export const targets: readonly RegisteredTarget[] = [
  registered(esQs, ({ elasticsearch }) => elasticsearch),
  registered(xpackWatcher, ({ elasticsearch }) => elasticsearch),
  registered(graylog, (all) => all.graylog),
  registered(splunk, (all) => all.splunk),
  registered(logpoint, () => undefined),
  registered(grep, (all) => all.grep),
];
