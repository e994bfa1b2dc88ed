import { unicodeEscape } from '../source/char-escape.ts';
import type { Work } from '../work/work.ts';
import { JinjaError } from './error.ts';
import { numberText } from './number.ts';
import { compareTexts } from './operators.ts';
import { isList, type Value } from './value.ts';

/** A text as JSON in plain ASCII, as Python's `json.dumps` writes it. */
export function asciiJson(text: string): string {
  return JSON.stringify(text).replace(/[\u0080-\uffff]/g, unicodeEscape);
}

/**
 * `json.dumps` of plain data, with the keys of maps sorted, as Jinja has it. Throws
 * {@link JinjaError} for anything else.
 */
export function pythonJson(value: Value, work: Work): string {
  work.characters(16);
  if (typeof value === 'string') return asciiJson(value);
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'boolean' || value === null) return String(value);
  if (isList(value))
    return counted(work, `[${value.map((one) => pythonJson(one, work)).join(', ')}]`);
  const entries = value?.text === undefined ? value?.entries?.() : undefined;
  if (entries) {
    const sorted = [...entries].sort(([a], [b]) => compareTexts(a, b, work));
    return counted(
      work,
      `{${sorted.map(([key, one]) => `${asciiJson(key)}: ${pythonJson(one, work)}`).join(', ')}}`,
    );
  }
  throw new JinjaError(
    value === undefined
      ? 'what is not there is no JSON'
      : 'this is not plain text, number, list or map; `|string` makes a text of it',
  );
}

function counted(work: Work, text: string): string {
  work.characters(text.length);
  return text;
}
