import { scheduledSlots } from '../../pack/config/load-budget.ts';
import { isPlaceError } from '../install-error.ts';
import type { Slots } from '../pack-load.ts';
import type { SplunkClient } from './client.ts';

/**
 * Scheduled searches that a server runs at one time: the number that it gives, else worked out from
 * its limits and cores. It may refuse either.
 */
export async function slotsOf(client: SplunkClient): Promise<Slots> {
  try {
    return await askedSlots(client);
  } catch (error) {
    if (!isPlaceError(error)) throw error;
    return { unknown: client.shown(error.message) };
  }
}

async function askedSlots(client: SplunkClient): Promise<Slots> {
  const count = await effective(client);
  if (count > 0) return { count };
  const settings = new Map(
    (await client.list('/services/search/concurrency-settings')).map(({ name, content }) => [
      name,
      content,
    ]),
  );
  const [server] = await client.list('/services/server/info');
  const [scheduler, search] = [settings.get('scheduler'), settings.get('search')];
  const limits = {
    cores: Number(server?.content.numberOfVirtualCores ?? server?.content.numberOfCores),
    baseMaxSearches: Number(search?.base_max_searches),
    maxSearchesPerCpu: Number(search?.max_searches_per_cpu),
    maxSearchesPercent: Number(scheduler?.max_searches_perc),
  };
  return Object.values(limits).every(Number.isFinite)
    ? { count: scheduledSlots(limits) }
    : { unknown: 'its answer lacks one of its limits' };
}

/** 0 where it is not known: a role may not ask for it. */
async function effective(client: SplunkClient): Promise<number> {
  try {
    const [limits] = await client.list('/services/server/status/limits/search-concurrency');
    const count = Number(limits?.content.max_hist_scheduled_searches);
    return Number.isInteger(count) ? count : 0;
  } catch (error) {
    if (isPlaceError(error)) return 0;
    throw error;
  }
}
