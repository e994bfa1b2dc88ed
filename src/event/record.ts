import type { Event } from '../match/event.ts';
import { isRecord } from '../source/record.ts';
import { addRaw } from './raw.ts';
import { flattenWindows, isWindowsEvent } from './windows/windows.ts';

/**
 * The event of a JSON object: without the envelope of an export, with the fields of `_raw`, and
 * flattened if it is a Windows event.
 */
export function eventOf(document: Event): Event {
  const inner = insideOf(document);
  if (isWindowsEvent(inner)) return flattenWindows(inner);
  return typeof inner._raw === 'string' ? addRaw({ ...inner }) : inner;
}

/** Splunk: `result`; Graylog: `message` next to `index`; Elasticsearch: `_source`. */
function insideOf(document: Event): Event {
  if (isRecord(document.result) && Object.keys(document).every((name) => splunk.has(name)))
    return document.result;
  if (isRecord(document._source) && '_index' in document) return document._source;
  if (isRecord(document.message) && typeof document.index === 'string') return document.message;
  return document;
}

const splunk: ReadonlySet<string> = new Set(['preview', 'offset', 'lastrow', 'result']);
