import { ecsSettings } from '../backend/es-qs/ecs.ts';
import { type ElasticsearchSettings, elasticsearchDefaults } from '../backend/es-qs/settings.ts';
import type { TargetSettings } from '../backend/registry.ts';
import { splunkDefaults } from '../backend/splunk/settings.ts';
import type { PackConfig } from '../pack/config/config.ts';
import { mergeSettings } from '../pack/config/merge-settings.ts';
import { cronGap, cronGaps } from '../pack/cron/gaps.ts';
import { overlapError } from '../pack/cron/overlap.ts';
import { quartzCron } from '../pack/cron/quartz.ts';
import { resultThreshold } from '../pack/result/result-threshold.ts';
import type { DetectionSettings } from '../pack/settings/settings.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { type CompiledRule, logSourcesOf } from '../query/compile.ts';

/**
 * The settings of the targets: the configuration's, and for watches those of each rule, merged as
 * in the packs. `pipelines`: those of the target. `plugins`: settings of targets of plugins.
 */
export function targetSettings(
  config: PackConfig,
  pipelines: readonly Pipeline[] = [],
  plugins: TargetSettings['plugins'] = new Map(),
): TargetSettings {
  const { splunk, graylog, grep } = config;
  return {
    splunk: {
      ...splunkDefaults,
      cloudSafe: splunk.cloudSafe,
      ...(splunk.correlation ? { correlation: splunk.correlation } : {}),
    },
    graylog,
    elasticsearch: elasticsearchSettings(config, pipelines),
    grep,
    plugins,
  };
}

/** True for a pipeline that gives names of the Elastic Common Schema. */
const isEcs = ({ file }: Pipeline): boolean => /(?:^|[\\/])ecs-[^\\/]*$/.test(file.path);

function elasticsearchSettings(
  config: PackConfig,
  pipelines: readonly Pipeline[],
): ElasticsearchSettings {
  const { defaults, elasticsearch } = config;
  const { ecs = pipelines.some(isEcs), ...written } = elasticsearch;
  const builtIn = { ...elasticsearchDefaults, ...(ecs ? ecsSettings : {}) };
  const interval = elasticsearch.interval ?? defaults.interval ?? builtIn.interval;
  const throttle = elasticsearch.throttle ?? defaults.suppress?.period ?? builtIn.throttle;
  // one configuration for all rules, since merged settings are shared by identity
  const forWatches: PackConfig = {
    ...config,
    defaults: { ...defaults, interval, suppress: { ...defaults.suppress, period: throttle } },
  };
  const base = {
    ...builtIn,
    ...written,
    ...typesOf(written, builtIn),
    interval,
    throttle,
    ...(defaults.delay === undefined ? {} : { delay: defaults.delay }),
  };
  return { ...base, ofRule: (compiled) => ruleSettings(compiled, forWatches, base) };
}

const typeLists = ['textFields', 'ipFields', 'booleanFields', 'wildcardFields'] as const;
type TypeLists = Pick<ElasticsearchSettings, (typeof typeLists)[number]>;

/**
 * The fields that the configuration names, and the built-in ones that it gives no other type. An
 * empty list removes the built-in ones.
 */
function typesOf(written: Partial<TypeLists>, builtIn: TypeLists): TypeLists {
  const named = new Set(typeLists.flatMap((list) => written[list] ?? []));
  const of = (list: keyof TypeLists): readonly string[] =>
    written[list]?.length === 0
      ? []
      : [...new Set(written[list]), ...builtIn[list].filter((field) => !named.has(field))];
  return {
    textFields: of('textFields'),
    ipFields: of('ipFields'),
    booleanFields: of('booleanFields'),
    wildcardFields: of('wildcardFields'),
  };
}

function ruleSettings(
  compiled: CompiledRule,
  config: PackConfig,
  base: ElasticsearchSettings,
): ReturnType<ElasticsearchSettings['ofRule']> {
  const {
    window,
    threshold: written,
    suppress,
    delay,
    ...merged
  } = mergeSettings(config, compiled.rule, logSourcesOf(compiled));
  const period = suppress?.period ?? 0;
  const { cron, ignored: ofCron } = cronOf(merged, config, base);
  const { threshold, ignored: ofThreshold } = resultThreshold(compiled.rule, written);
  const ignored = ofThreshold === undefined ? ofCron : [...ofCron, ofThreshold];
  // with a schedule, the interval only decides how far a run looks back: a shorter one would leave
  // gaps
  const least = cron?.gap ?? (base.schedule ? base.interval : 0);
  const interval = Math.max(cron ? 0 : merged.interval, least);
  // Watcher silences a watch as a whole: a period that is meant for the values of some fields must
  // not silence the others for longer than usual
  const throttle =
    suppress && suppress.fields.length > 0 ? Math.min(period, base.throttle) : period;
  const gaps = (cron && cronGaps(merged.cron ?? '')) ?? { shortest: interval, longest: interval };
  const repeats = overlapError(Math.max(window ?? 0, interval), gaps, throttle);
  return {
    interval,
    delay,
    ...(window === undefined ? {} : { window: Math.max(window, least) }),
    ...(cron ? { schedule: { cron: cron.quartz }, scheduledBy: 'cron' as const } : {}),
    ...(ignored.length > 0 ? { ignored } : {}),
    threshold,
    ...(repeats === undefined ? {} : { repeats }),
    throttle,
  };
}

interface Cron {
  readonly quartz: string;
  /** Seconds: the longest gap between two runs. */
  readonly gap: number;
}

/**
 * The schedule of `cron`: that of a rule, level or log source wins over `elasticsearch.schedule`,
 * which wins over that of `defaults`.
 */
function cronOf(
  { cron }: Pick<DetectionSettings, 'cron'>,
  { defaults }: PackConfig,
  { schedule }: ElasticsearchSettings,
) {
  const none: { readonly cron?: Cron; readonly ignored: readonly string[] } = { ignored: [] };
  if (cron === undefined || (schedule && cron === defaults.cron)) return none;
  const [quartz, gap] = [quartzCron(cron), cronGap(cron)];
  if (quartz !== undefined && gap !== undefined) return { cron: { quartz, gap }, ignored: [] };
  return {
    ignored: [
      '`cron` names days of the month and of the week, which Watcher cannot combine: the ' +
        'watch runs as it does without',
    ],
  };
}
