import type { Truth } from '../../query/three-valued.ts';
import type { OwnFields } from '../own-fields.ts';

/**
 * Objects of the Elastic Common Schema that rules use as names of fields: a query of the object
 * itself finds nothing.
 */
const objects: ReadonlySet<string> = new Set([
  ...[
    'agent',
    'client',
    'cloud',
    'container',
    'destination',
    'device',
    'dns',
    'error',
    'event',
    'file',
    'group',
    'host',
    'http',
    'log',
    'network',
  ],
  ...[
    'observer',
    'organization',
    'process',
    'registry',
    'rule',
    'server',
    'service',
    'source',
    'threat',
    'tls',
    'url',
    'user',
    'user_agent',
  ],
]);

export const ecsObjects: OwnFields = {
  has: (field) => objects.has(field),
  inEveryEvent: () => false,
  meaning: 'is an object in the Elastic Common Schema, in which a query finds nothing',
};

/** Whether every document has the field; undefined for Elasticsearch's own that some may lack. */
export const alwaysInDocuments = (field: string): Truth =>
  field === '@timestamp' || field === '_id' || field === '_index'
    ? true
    : field.startsWith('_')
      ? undefined
      : false;
