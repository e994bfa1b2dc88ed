/** Elastic's own types, for the watches that watcher-check.ts writes. */
import type { estypes, estypesWithBody } from 'elasticsearch-8';

/** Of its search it lists the query alone. */
export type Watch = estypes.WatcherPutWatchRequest;
/** The search, as it is in a watch or elsewhere. */
export type Search = NonNullable<estypesWithBody.SearchRequest['body']>;
