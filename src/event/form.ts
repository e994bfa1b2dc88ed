import { pairsIn } from './key-value.ts';

/** Format of an input of events; `json` covers documents, lines and lists of them. */
export const forms = [
  'json',
  'csv',
  'xml',
  'windows-text',
  'auditd',
  'key-value',
  'lines',
  'evtx',
] as const;
export type Form = (typeof forms)[number];

/** Number of characters that the form is detected from. */
export const headLength = 4096;

/** Precedes each document in `json-seq`. */
export const recordSeparator = '\x1e';

const columnName = /^(?:"[^"]{1,200}"|[A-Za-z_@][\w.@:{}-]{0,199})$/;
const timeLine = /^\d{1,2}\/\d{1,2}\/\d{4} \d{1,2}:\d\d:\d\d(?:\.\d+)?(?: [AP]M)?$/;

/** Whether a line starts an event in the classic text of Windows' event log. */
export const beginsWindowsText = (line: string): boolean => timeLine.test(line);

/** Detects the form of an input from its first {@link headLength} characters. */
export function detectForm(head: string): Form {
  if (head.startsWith('ElfFile\0')) return 'evtx';
  const text = head.slice(0, headLength).trimStart();
  if (text.startsWith('{') || text.startsWith(recordSeparator) || /^\[\s*(?:[{\]]|$)/.test(text))
    return 'json';
  if (/^<(?:\?xml|!--|Events?[\s>])/.test(text)) return 'xml';
  const [first = '', second = ''] = text.split(/\r?\n/, 2);
  if (beginsWindowsText(first) && /^\w+=/.test(second)) return 'windows-text';
  if (/^(?:node=\S+ )?type=\S+ msg=audit\(/.test(first)) return 'auditd';
  if (isHeader(first)) return 'csv';
  return Object.keys(pairsIn(first)).length > 1 ? 'key-value' : 'lines';
}

function isHeader(line: string): boolean {
  const names = line.split(',');
  return (
    (names.length > 1 || /^"?_raw"?$/.test(line)) && names.every((name) => columnName.test(name))
  );
}
