import type { PackDetection } from '../model/detection.ts';
import { stanzaKey } from '../render/conf-text.ts';
import { type NamingHistory, noHistory } from './published-names.ts';

/** What remains of a detection in the Splunk app after a release without it. */
export interface Tombstone {
  readonly id: string;
  readonly name: string;
  /** The version that retired it. */
  readonly retired: string;
  /** It was a search for several detections. */
  readonly isGroup?: true;
}

/**
 * Splunk keeps a saved search that an update leaves out, so published searches that are gone are
 * disabled.
 */
export function tombstonesOf(
  { published, retire }: NamingHistory = noHistory,
  present: readonly { readonly detection: Pick<PackDetection, 'name'> }[],
  version: string,
): readonly Tombstone[] {
  if (!retire) return [];
  const names = new Set(present.map(({ detection }) => stanzaKey(detection.name)));
  const gone = [
    ...published.retired,
    ...published.detections.map((one) => ({ ...one, retired: version })),
    ...(published.groups ?? []).map(({ retired = version, ...one }) => ({
      ...one,
      retired,
      inSplunk: true,
      isGroup: true as const,
    })),
  ].filter(({ name, inSplunk }) => inSplunk && !names.has(stanzaKey(name)));
  return gone
    .map(({ id, name, retired, ...rest }) => ({
      id,
      name,
      retired,
      ...('isGroup' in rest ? { isGroup: rest.isGroup } : {}),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** All settings of its stanza: settings of an admin in local/ apply on top, as before. */
export const tombstoneSettings = ({ retired }: Tombstone): ReadonlyMap<string, string> =>
  new Map([
    ['search', '| makeresults count=0'],
    ['description', `Retired in ${retired}: no longer part of this app.`],
    ['enableSched', '0'],
    ['disabled', '1'],
    ['is_visible', '0'],
  ]);
