import { runsInSplunk } from './enabled.ts';
import type { Pack } from './pack.ts';
import { scheduleHistogram } from './schedule.ts';
import { cronOf } from './splunk-schedule.ts';

/** Searches that start on each of the 60 minutes, in the worst hour, of the detections that ship enabled (or of all). */
export function searchesPerMinute(pack: Pack, which: 'enabled' | 'all'): readonly number[] {
  const scheduled = pack.splunk.filter(({ detection }) => which === 'all' || runsInSplunk(detection));
  return scheduleHistogram(scheduled.map(({ detection }) => cronOf(detection)));
}

/** One message a minute that is over the budget of `splunk.searchesPerMinute`. */
export function scheduleProblems(pack: Pack): readonly string[] {
  const budget = pack.config.splunk.searchesPerMinute;
  if (budget === undefined) return [];
  return searchesPerMinute(pack, 'enabled').flatMap((count, minute) =>
    count > budget ? [`${count} searches start at minute ${minute}, ${count - budget} more than the budget of ${budget}`] : [],
  );
}
