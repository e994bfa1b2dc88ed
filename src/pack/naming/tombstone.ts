import type { SplunkDetection } from '../model/detection.ts';
import { stanzaKey } from '../render/conf-text.ts';
import { type NamingHistory, noHistory } from './published-names.ts';

/** What remains of a detection in the Splunk app after a release without it. */
export interface Tombstone {
  readonly id: string;
  readonly name: string;
  /** The version that retired it. */
  readonly retired: string;
}

/**
 * Splunk keeps a saved search that an update leaves out, so published searches that are gone are
 * disabled.
 */
export function tombstonesOf(
  { published, retire }: NamingHistory = noHistory,
  detections: readonly SplunkDetection[],
  version: string,
): readonly Tombstone[] {
  if (!retire) return [];
  const names = new Set(detections.map(({ detection }) => stanzaKey(detection.name)));
  const gone = [
    ...published.retired,
    ...published.detections.map((one) => ({ ...one, retired: version })),
  ].filter(({ name, inSplunk }) => inSplunk && !names.has(stanzaKey(name)));
  return gone
    .map(({ id, name, retired }) => ({ id, name, retired }))
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
