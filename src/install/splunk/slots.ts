import { scheduledSlots } from '../../pack/config/load-budget.ts';
import { failed, ok, type Result } from '../../source/result.ts';
import { isPlaceError } from '../install-error.ts';
import type { SplunkClient } from './client.ts';

/**
 * Scheduled searches that a server runs at one time: the number that it gives, else worked out from
 * its limits and cores. It may refuse either.
 */
export async function slotsOf(client: SplunkClient): Promise<Result<number>> {
  try {
    return await askedSlots(client);
  } catch (error) {
    if (!isPlaceError(error)) throw error;
    return failed(client.shown(error.message));
  }
}

async function askedSlots(client: SplunkClient): Promise<Result<number>> {
  const count = await effectiveSlots(client);
  if (count !== undefined) return ok(count);
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
    ? ok(scheduledSlots(limits))
    : failed('its answer lacks one of its limits');
}

/** Undefined where it is not known: a role may not ask for it. */
async function effectiveSlots(client: SplunkClient): Promise<number | undefined> {
  try {
    const [limits] = await client.list('/services/server/status/limits/search-concurrency');
    const count = Number(limits?.content.max_hist_scheduled_searches);
    return Number.isInteger(count) && count > 0 ? count : undefined;
  } catch (error) {
    if (isPlaceError(error)) return undefined;
    throw error;
  }
}
