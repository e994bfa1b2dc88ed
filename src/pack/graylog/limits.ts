import { queryStringLimits } from '../../backend/lucene/limits.ts';

/** What the server and its OpenSearch allow by default. */
export const graylogLimits = {
  ...queryStringLimits,
  /** Events of one run of a filter. */
  eventLimit: 1000,
  /** Size of the whole pack as BSON in bytes: one document of MongoDB. */
  packSize: 16 * 1024 * 1024,
} as const;
