import { loadOfMinutes } from '../../artifact/schedule-budget.ts';
import { scheduledSlots, unconfiguredSearchHead } from '../../pack/config/load-budget.ts';
import { scheduleHistogram } from '../../pack/load/schedule-load.ts';
import { isScheduled } from '../../pack/settings/splunk-boolean.ts';
import { counted } from '../../source/plural.ts';
import type { Result } from '../../source/result.ts';
import { fitText } from '../load-text.ts';
import { type AppFiles, settingsIn } from './app-files.ts';

/**
 * How many searches of an app start in a minute, and how long each may take on the server.
 * `slots`: how many it runs at one time, or why that is not known; undefined where there is no
 * server to ask.
 */
export function appLoadLines(
  files: AppFiles,
  slots: Result<number> | undefined,
): readonly string[] {
  const crons = [...settingsIn(files, 'default/savedsearches.conf').values()].flatMap(
    (settings) => {
      const cron = settings.get('cron_schedule');
      return isScheduled(settings) && cron !== undefined ? [cron] : [];
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
        "A search head of 16 cores with Splunk's defaults",
        scheduledSlots(unconfiguredSearchHead),
        mean,
        searches,
      ),
    ];
  return slots.ok
    ? [starts, fitText('The server', slots.value, mean, searches)]
    : [starts, `How many the server runs at one time is not known: ${slots.error}.`];
}

const searches = 'scheduled searches';
