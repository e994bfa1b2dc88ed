import type { Load } from '../../artifact/schedule-budget.ts';
import type { PackConfig } from '../../pack/config/config.ts';
import type { LeftOff } from '../../pack/load-trim.ts';
import type { GroupedCount } from '../../pack/splunk/grouped/grouped-count.ts';
import { type Level, levels } from '../../sigma/rule/rule.ts';
import { numberText } from '../../source/number-text.ts';
import { visible } from '../../source/visible.ts';
import { lineWidth, wrapped } from './wrapped.ts';

/** What a target starts in a minute, and what its budget has no room for. */
export interface TargetLoad extends Load {
  readonly leftOff: readonly LeftOff[];
  /** Of Splunk with `grouping`: what runs in searches of groups. */
  readonly grouped?: GroupedCount;
  /** The setting with which thousands of rules have room; undefined where it is chosen. */
  readonly roomier: string | undefined;
}

/** {@link TargetLoad.roomier} of a target with a configuration. */
export function roomierSetting(target: string, config: PackConfig): string | undefined {
  if (target === 'splunk' && config.splunk.grouping === 'none')
    return 'splunk.grouping: log-source';
  return target === 'graylog' && config.graylog.mode === 'search'
    ? 'graylog.mode: ingest'
    : undefined;
}

const nouns: Readonly<Record<string, { readonly noun: string; readonly setting: string }>> = {
  splunk: { noun: 'searches', setting: 'splunk.searchesPerMinute' },
  graylog: { noun: 'event definitions', setting: 'graylog.definitionsPerMinute' },
};

/** `splunk: 44 searches start in the worst minute, 43.7 on average; budget 44`. */
export function loadText(target: string, { most, mean, budget }: Load): string {
  const { noun = 'detections' } = nouns[target] ?? {};
  const worst = most === 1 ? '1 search starts' : `${most} ${noun} start`;
  const starts =
    most === undefined
      ? `${mean} ${noun} run in a minute on average`
      : `${worst} in the worst minute, ${mean} on average`;
  const isOver = (most ?? mean) > budget;
  return `${target}: ${starts}; ${isOver ? `over the budget of ${budget}` : `budget ${budget}`}`;
}

/** What was left off and how to have more of it on; with `names` all of it, one line for each. */
export function leftOffLines(
  target: string,
  leftOff: readonly LeftOff[],
  { names, roomier }: { readonly names: boolean } & Pick<TargetLoad, 'roomier'>,
): readonly string[] {
  if (leftOff.length === 0) return [];
  const { setting = '' } = nouns[target] ?? {};
  const byLevel = levels.toReversed().flatMap((level: Level) => {
    const count = leftOff.filter((one) => one.level === level).length;
    return count === 0 ? [] : [`${numberText(count)} ${level}`];
  });
  const named = names ? leftOff.map(({ name, level }) => `    ${level}: ${visible(name)}`) : [];
  const more = names ? '' : '; --verbose names what is off';
  return [
    `  ${numberText(leftOff.length)} switched off, as the budget has no room for them:`,
    `  ${byLevel.join(', ')}`,
    ...named,
    ...wrapped(
      `To change that: ${roomier === undefined ? '' : `${roomier}, `}select, enable, a longer ` +
        `interval under levels, or ${setting}${more}`,
      lineWidth - 2,
    ).map((line) => `  ${line}`),
  ];
}
