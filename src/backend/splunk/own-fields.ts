import type { OwnFields } from '../own-fields.ts';

/**
 * Fields that Splunk gives every event by itself. Manual: Knowledge Manager Manual, "Use default
 * fields".
 */
export const splunkOwnFields: ReadonlySet<string> = new Set([
  ...['_time', '_raw', '_indextime', '_cd', '_bkt', '_si', '_sourcetype', '_subsecond', '_serial'],
  ...[
    'host',
    'source',
    'sourcetype',
    'index',
    'splunk_server',
    'splunk_server_group',
    'linecount',
    'punct',
    'timestartpos',
    'timeendpos',
  ],
  ...['eventtype', 'tag'],
  ...[
    'date_hour',
    'date_mday',
    'date_minute',
    'date_month',
    'date_second',
    'date_wday',
    'date_year',
    'date_zone',
  ],
]);

const inEveryEvent: ReadonlySet<string> = new Set([
  '_raw',
  '_time',
  '_indextime',
  'host',
  'index',
  'source',
  'sourcetype',
  'splunk_server',
  'linecount',
]);

export const splunkOwn: OwnFields = {
  has: (field) => splunkOwnFields.has(field),
  inEveryEvent: (field) => inEveryEvent.has(field),
  meaning: 'is one that Splunk gives every event by itself',
};
