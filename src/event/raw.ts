import type { Event } from '../match/event.ts';
import { isDeeperThan } from '../source/json.ts';
import { isRecord } from '../source/record.ts';
import { limits } from './event-error.ts';
import { addMissing, type Fields } from './field.ts';
import { beginsWindowsText } from './form.ts';
import { parseJson } from './json.ts';
import { pairsIn, readAuditLine } from './key-value.ts';
import { readWindowsText } from './windows/text.ts';
import { flattenWindows, isWindowsEvent } from './windows/windows.ts';
import { readWindowsXml } from './windows/xml.ts';

/** Adds the fields of the original text in `_raw` that the event lacks. */
export function addRaw(fields: Fields): Fields {
  if (typeof fields._raw === 'string') addMissing(fields, fieldsOf(fields._raw));
  return fields;
}

function fieldsOf(raw: string): Event {
  const text = raw.trimStart();
  if (text.startsWith('{')) return jsonIn(text);
  if (text.startsWith('<Event')) {
    const fields = readWindowsXml(text);
    // the text itself stays in `_raw`
    return fields.ok ? fields.value : {};
  }
  const first = text.slice(0, (text.indexOf('\n') + 1 || text.length + 1) - 1).trimEnd();
  if (beginsWindowsText(first)) return readWindowsText(text.replaceAll('\r\n', '\n'));
  return /^(?:node=\S+ )?type=\S+ msg=audit\(/.test(first) ? readAuditLine(text) : pairsIn(text);
}

function jsonIn(text: string): Event {
  try {
    const value = parseJson(text);
    if (!isRecord(value) || isDeeperThan(value, limits.depth)) return {};
    return isWindowsEvent(value) ? flattenWindows(value) : value;
  } catch {
    return {};
  }
}
