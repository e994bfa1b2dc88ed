import { join } from 'node:path';

/**
 * The folder of what other people wrote: the public rules, recorded events, schemas of the
 * specification, the names of ATT&CK.
 */
export const shared =
  process.env.SIGPACK_SHARED ?? join(import.meta.dirname, '..', '..', '..', 'shared');

/** The folders of the public rules that every target is tried on. */
export const corpusFolders = ['rules', 'rules-emerging-threats', 'rules-threat-hunting'].map(
  (name) => join(shared, 'corpus', name),
);
