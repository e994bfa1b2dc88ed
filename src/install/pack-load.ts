import { loadOfMinutes, tenths } from '../artifact/schedule-budget.ts';
import {
  graylogWorkers,
  scheduledSlots,
  unconfiguredSearchHead,
} from '../pack/config/load-budget.ts';
import { scheduleHistogram } from '../pack/load/schedule-load.ts';
import { isTrue } from '../pack/settings/splunk-boolean.ts';
import { counted } from '../source/plural.ts';
import { isRecord } from '../source/record.ts';
import type { ContentPack } from './graylog/content-pack-model.ts';
import { type AppFiles, settingsIn } from './splunk/app-files.ts';

/** How many scheduled searches a server runs at one time, or why that is not known. */
export type Slots = { readonly count: number } | { readonly unknown: string };

/**
 * How many searches of an app start in a minute, and how long each may take on the server.
 * `slots`: undefined where there is no server to ask.
 */
export function appLoadLines(files: AppFiles, slots: Slots | undefined): readonly string[] {
  const crons = [...settingsIn(files, 'default/savedsearches.conf').values()].flatMap(
    (settings) => {
      const cron = settings.get('cron_schedule');
      const runs =
        isTrue(settings.get('enableSched') ?? '') && !isTrue(settings.get('disabled') ?? '');
      return runs && cron !== undefined ? [cron] : [];
    },
  );
  const { most, mean } = loadOfMinutes(scheduleHistogram(crons));
  const starts =
    `The pack starts ${counted(most, 'search', 'searches')} in the worst minute, ${mean} on ` +
    'average.';
  if (slots === undefined)
    return [
      starts,
      fitText(
        'A search head of 16 cores as Splunk ships it',
        scheduledSlots(unconfiguredSearchHead),
        mean,
        searches,
      ),
    ];
  if ('unknown' in slots)
    return [starts, `How many the server runs at one time is not known: ${slots.unknown}.`];
  return [starts, fitText('The server', slots.count, mean, searches)];
}

/** The same for the event definitions of a content pack. */
export function packLoadLines({ entities }: ContentPack): readonly string[] {
  const mean = tenths(
    entities.reduce(
      (sum, { type, data }) => (type.name === 'event_definition' ? sum + runsOf(data) : sum),
      0,
    ),
  );
  return [
    `The pack runs ${mean} event definitions in a minute on average.`,
    fitText('A node of Graylog', graylogWorkers, mean, 'of them'),
  ];
}

const searches = 'scheduled searches';

function runsOf({ is_scheduled: scheduled, config }: Readonly<Record<string, unknown>>): number {
  if (isRecord(scheduled) && scheduled['@value'] === false) return 0;
  const every = isRecord(config) ? Number(config.execute_every_ms) : 0;
  return every > 0 ? 60_000 / every : 0;
}

/**
 * Runs that take longer are late or skipped. Above ten minutes the bound is left out: no search of a
 * pack takes that long.
 */
function fitText(who: string, slots: number, mean: number, what: string): string {
  const seconds = mean === 0 ? Number.POSITIVE_INFINITY : Math.floor((slots * 600) / mean) / 10;
  return (
    `${who} runs ${slots} ${what} at one time` +
    `${seconds < 600 ? `: each may take ${seconds} s` : ''}.`
  );
}
