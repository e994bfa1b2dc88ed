import { ecsSettings } from '../backend/es-qs/ecs.ts';
import { defaultTargetSettings, type ElasticsearchSettings, type TargetSettings } from '../backend/target.ts';
import type { PackConfig } from '../pack/config.ts';
import { mergeSettings } from '../pack/merge-settings.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { type CompiledRule, logSourcesOf } from '../query/compile.ts';

/** What a target is told: the configuration's settings, and for watches those of each rule, merged as in the packs. `pipelines`: those of the target. */
export function targetSettings(config: PackConfig, pipelines: readonly Pipeline[] = []): TargetSettings {
  const { splunk, graylog, grep } = config;
  return {
    splunk: { ...defaultTargetSettings.splunk, cloudSafe: splunk.cloudSafe, ...(splunk.correlation ? { correlation: splunk.correlation } : {}) },
    graylog,
    elasticsearch: elasticsearchSettings(config, pipelines),
    grep,
  };
}

/** Its fields are those of the Elastic Common Schema. */
const isEcs = ({ file }: Pipeline): boolean => /(?:^|[\\/])ecs-[^\\/]*$/.test(file.path);

function elasticsearchSettings(config: PackConfig, pipelines: readonly Pipeline[]): ElasticsearchSettings {
  const { defaults, elasticsearch } = config;
  const builtIn = { ...defaultTargetSettings.elasticsearch, ...(pipelines.some(isEcs) ? ecsSettings : {}) };
  const interval = elasticsearch.interval ?? defaults.interval ?? builtIn.interval;
  const throttle = elasticsearch.throttle ?? defaults.suppress?.period ?? builtIn.throttle;
  // one configuration for all rules: what is merged is shared by its identity
  const forWatches: PackConfig = { ...config, defaults: { ...defaults, interval, suppress: { ...defaults.suppress, period: throttle } } };
  const base = { ...builtIn, ...elasticsearch, interval, throttle };
  return { ...base, ofRule: (compiled) => ruleSettings(compiled, forWatches, base) };
}

function ruleSettings(compiled: CompiledRule, config: PackConfig, base: ElasticsearchSettings): ReturnType<ElasticsearchSettings['ofRule']> {
  const { interval, window, threshold, suppress } = mergeSettings(config, compiled.rule, logSourcesOf(compiled));
  const period = suppress?.period ?? 0;
  return {
    // with a schedule, the interval only says how far a run looks back: less would leave gaps
    interval: base.schedule ? Math.max(interval, base.interval) : interval,
    ...(window === undefined ? {} : { window: base.schedule ? Math.max(window, base.interval) : window }),
    threshold,
    // Watcher silences a watch as a whole: a period meant for the values of some fields must not silence the others for longer than is usual
    throttle: suppress && suppress.fields.length > 0 ? Math.min(period, base.throttle) : period,
  };
}
