import { refuseLonger, type Work } from '../work/work.ts';
import { JinjaError } from './error.ts';
import { entriesOf, isList, isMembers, isTuple, printedText, type Value } from './value.ts';

/** What `{{ }}` prints: Python's `str`, lists and maps included. */
export const printed = (value: Value, work: Work): string =>
  isContainer(value) ? represented(value, work) : printedText(value);

const isContainer = (value: Value): boolean =>
  isList(value) || (isMembers(value) && value.entries !== undefined);

/** Python's `repr`. */
function represented(value: Value, work: Work): string {
  if (typeof value === 'string') return representedText(value, work);
  if (isList(value)) return representedList(value, work);
  if (!isMembers(value)) return printedText(value);
  const entries = entriesOf(value);
  // of objects Python prints what they are made of
  if (!entries) throw new JinjaError('a list of these is not text; join it');
  return whole(
    work,
    Array.from(entries, ([key, one]) => `${representedText(key, work)}: ${represented(one, work)}`),
    '{',
    '}',
  );
}

function representedList(list: readonly Value[], work: Work): string {
  const parts = list.map((one) => represented(one, work));
  if (!isTuple(list)) return whole(work, parts, '[', ']');
  return whole(work, parts, '(', parts.length === 1 ? ',)' : ')');
}

function whole(work: Work, parts: readonly string[], open: string, close: string): string {
  const length = parts.reduce((sum, part) => sum + part.length + 2, 2);
  refuseLonger(work, length);
  work.characters(length);
  return open + parts.join(', ') + close;
}

const named: ReadonlyMap<string, string> = new Map([
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

function representedText(text: string, work: Work): string {
  work.characters(text.length);
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inner = text.replace(
    /[\\\p{C}]|(?! )\p{Z}/gu,
    (char) => named.get(char) ?? escaped(char.codePointAt(0) ?? 0),
  );
  return quote + (quote === "'" ? inner.replaceAll("'", "\\'") : inner) + quote;
}

function escaped(code: number): string {
  const [letter, digits] = code < 0x100 ? ['x', 2] : code < 0x10000 ? ['u', 4] : ['U', 8];
  return `\\${letter}${code.toString(16).padStart(Number(digits), '0')}`;
}
