import type { PackConfig } from '../../../pack/config/config.ts';
import { streamChoice } from '../../../pack/config/graylog-config.ts';
import { mergeSettings } from '../../../pack/config/merge-settings.ts';
import { checkRuleSettings } from '../../../pack/settings/patch.ts';
import { isSelected, levelOf, ownSources } from '../../../pack/settings/selection.ts';
import type { Collection, Rule } from '../../../sigma/collection/collection.ts';
import type { Level, LogSource } from '../../../sigma/rule/rule.ts';
import { createBag } from '../../../source/diagnostic.ts';

/** What the pack has about a rule beside its meaning. */
export interface PackFacts {
  /** Without the prefix of the pack. */
  readonly name: string;
  readonly level: Level;
  /** Titles of the rule's own streams. Empty: those of the pack. */
  readonly streams: readonly string[];
}

/**
 * `sources`: of the rule as written, which pipelines may have changed. Undefined where the settings
 * of the rule are wrong, which compiling it reports.
 */
export function packFacts(
  config: PackConfig,
  rule: Rule,
  sources: readonly LogSource[] = ownSources(rule),
): PackFacts | undefined {
  if (!checkRuleSettings(rule, createBag())) return undefined;
  const { name, severity, graylog } = mergeSettings(config, rule, sources);
  return {
    name: name ?? rule.title,
    level: severity ?? levelOf(rule),
    streams: graylog.streams,
  };
}

/**
 * Streams that the pack looks in, in words. Empty: all of them. At ingest, the streams of a rule
 * apply to all rules.
 */
export function packStreams(
  config: PackConfig,
  { rules, standsAlone }: Collection,
): readonly string[] {
  const usual = usualStreams(config);
  if (config.graylog.mode === 'search') return usual;
  const all = rules.filter((rule) => standsAlone(rule) && isSelected(config.select, rule));
  const found = all.flatMap((rule) => {
    const own = packFacts(config, rule)?.streams ?? [];
    return own.length > 0 ? own : usual;
  });
  return [...new Set(found)];
}

function usualStreams({ graylog }: PackConfig): readonly string[] {
  const choice = streamChoice(graylog);
  if (choice.kind === 'parameter') return [`of the parameter ${choice.name}`];
  return choice.kind === 'all' ? [] : choice.titles;
}
