import { urlPart } from '../../source/char-escape.ts';
import { isRecord, valueText } from '../../source/record.ts';
import { InstallError } from '../install-error.ts';
import type { JsonObject } from '../plan.ts';
import type { Client } from '../server/client.ts';
import { type MarkedWatch, type TakenWatch, unmarked } from './watches.ts';

const address = (id: string): string => `/_watcher/watch/${urlPart(id)}`;

export async function putWatch(
  client: Client,
  id: string,
  body: JsonObject,
  active: boolean,
): Promise<void> {
  await client.send('PUT', `${address(id)}${active ? '' : '?active=false'}`, { body });
}

/** Takes a watch away; what it was taken over from comes back. */
export async function removeWatch(
  client: Client,
  id: string,
  taken: TakenWatch | undefined,
): Promise<void> {
  if (taken) await putWatch(client, id, taken.body, taken.foreign === 'active');
  else await client.send('DELETE', address(id), { expect: [404] });
}

/** More than the server gives at once. */
const maximumWatches = 10_000;

/** A watch that is not of the pack. */
export interface OtherWatch {
  readonly body: JsonObject;
  readonly active: boolean;
}

export const takenFrom = ({ body, active }: OtherWatch): TakenWatch => ({
  body,
  foreign: active ? 'active' : 'inactive',
});

export interface WatchesThere {
  readonly ours: readonly MarkedWatch[];
  /** Of other packs, or of unknown origin. */
  readonly others: ReadonlyMap<string, OtherWatch>;
}

export async function readWatchesOf(client: Client, packId: string): Promise<WatchesThere> {
  const { json } = await client.send('POST', '/_watcher/_query/watches', {
    body: { size: maximumWatches },
    repeatable: true,
  });
  const watches =
    isRecord(json) && Array.isArray(json.watches)
      ? (json.watches as readonly unknown[])
      : undefined;
  if (!isRecord(json) || !watches?.every(isListed) || typeof json.count !== 'number')
    throw new InstallError('place', 'the answer is not that of Watcher');
  // a list of the maximum length may not be all, whatever the count is
  if (json.count > watches.length || watches.length >= maximumWatches)
    throw new InstallError(
      'place',
      `the server has ${valueText(json.count)} watches, of which it lists ${watches.length}`,
    );
  const ours: MarkedWatch[] = [];
  const others = new Map<string, OtherWatch>();
  for (const { _id: id, watch, status } of watches) {
    const active = status?.state?.active !== false;
    const one = unmarked(id, watch, active, packId);
    if (!one.ok)
      throw new InstallError(
        'place',
        `the server answers with something else than Sigpack wrote of ${one.error}: ` +
          'someone changed metadata.sigpack',
      );
    if (one.value) ours.push(one.value);
    else others.set(id, { body: watch, active });
  }
  return { ours: ours.sort((a, b) => (a.id < b.id ? -1 : 1)), others };
}

const isListed = (value: unknown): value is ListedWatch =>
  isRecord(value) && typeof value._id === 'string' && isRecord(value.watch);

interface ListedWatch {
  readonly _id: string;
  readonly watch: JsonObject;
  readonly status?: { readonly state?: { readonly active?: boolean } };
}
