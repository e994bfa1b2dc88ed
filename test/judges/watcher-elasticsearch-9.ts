/** Elastic's own types, for the watches that watcher-check.ts writes. */
import type { estypes } from '@elastic/elasticsearch';

export type Watch = estypes.WatcherPutWatchRequest;
