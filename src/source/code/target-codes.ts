import { type CodeEntry, fatal, info, warning } from './entry.ts';
import { documentsOfTargets } from './target-document.ts';

/** Codes about queries and pipelines. */
export const targetCodes = {
  TGT001: fatal(
    'target cannot express the rule',
    'Rewrite the marked item, or leave the rule out for this target.',
  ),
  TGT002: warning(
    'target matches more than the rule says',
    `See ${documentsOfTargets} for what is widened and why.`,
  ),
  TGT003: info(
    'query was rewritten for the target',
    `Nothing to do; ${documentsOfTargets} says why.`,
  ),
  TGT004: fatal(
    'query exceeds a limit of the target',
    'Shorten the lists of the rule or split it.',
  ),
  TGT005: fatal(
    'query finds every event',
    'Add a selection that an event must have, or name the index, stream or log source that ' +
      'narrows the query.',
  ),
  TGT006: warning(
    'a window may hold more events than the target keeps',
    'Narrow the rules that the correlation refers to.',
  ),
  TGT007: warning(
    'setting does not apply to the target',
    'Remove the setting, or set what the target has in its place; where what it does instead ' +
      'is right, there is nothing to do.',
  ),
  TGT008: warning(
    'runs find the same events again',
    'Set `suppress` with a period as long as a run looks back. Or let no run look back ' +
      'further than the shortest gap: an `interval` or `cron` with even gaps, such as 5m or ' +
      '10m, and a `window` no longer than that.',
  ),
  TGT009: warning(
    'query by itself finds every event',
    'Add the index, the source or another condition of your own to the query, or use a ' +
      'pipeline that knows the log source.',
  ),
  TGT010: warning(
    'override does not fit the search',
    'Use the settings of Sigpack in place of the key of savedsearches.conf; ' +
      'docs/splunk-pack.md says what a result, a window and a suppression are.',
  ),
  TGT011: warning(
    'value that the target never stores',
    'Write the value without the blank, or `contains` where more follows.',
  ),
  PIP001: fatal(
    'invalid pipeline',
    'See docs/pipelines.md for what a processing pipeline can hold.',
  ),
  PIP002: fatal(
    'pipeline cannot process the rule',
    'Change the rule, or the processing item that refuses it.',
  ),
  PIP003: warning(
    'field stays unmapped',
    'Add the field to a mapping of your pipeline, or map it to itself if the name is right.',
  ),
  PIP004: warning(
    'log source without an index',
    'Write `index` under splunk in sigpack.yml: names of indexes, or `"*"` where all are ' +
      'meant. An entry of splunk.indexes gives a log source a place of its own.',
  ),
  PIP005: warning(
    'part of a pipeline does not apply here',
    'See docs/pipelines.md for what packs take from a pipeline.',
  ),
  PIP006: fatal(
    'placeholder has other values for another target',
    'Name the target whose values are meant: `-t splunk`.',
  ),
  PIP007: warning(
    'rule can never be true in the target',
    'Map the field in a pipeline of your own if your events have it; `unmatchable` in ' +
      'sigpack.yml builds such rules switched off instead.',
  ),
  PIP008: warning(
    'rule is true of every event of its log source',
    'Add a selection that an event must have; `unmatchable` in sigpack.yml builds such rules ' +
      'switched off instead.',
  ),
  PIP010: warning(
    'detections search all streams',
    'Write titles of streams, or `all` where all are meant, under graylog.streams in ' +
      'sigpack.yml; graylog.streamParameter asks at the installation.',
  ),
  PIP011: info(
    'pipeline gives names that no public source proves',
    'Compare the names with an event of your own; map the fields in a pipeline of yours ' +
      'where they differ.',
  ),
  PIP012: fatal(
    'nobody has chosen the field names of the target',
    'Name pipelines for the target under `pipelines` in sigpack.yml or with -p, or write ' +
      '`none` where the events have Sigma’s own names.',
  ),
} as const satisfies Record<string, CodeEntry>;
