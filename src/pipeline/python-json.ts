import { isList, type Value } from './template-value.ts';
import { numberText } from './transformations/value-number.ts';

/** A text as JSON in plain ASCII, as Python's `json.dumps` writes it. */
export function asciiJson(text: string): string {
  return JSON.stringify(text).replace(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** `json.dumps` of what is plain data; an error for other things. */
export function pythonJson(value: Value): string {
  if (typeof value === 'string') return asciiJson(value);
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'boolean' || value === null) return String(value);
  if (isList(value)) return `[${value.map(pythonJson).join(', ')}]`;
  throw new Error(value === undefined ? 'what is not there is no JSON' : 'this is no plain text, number or list; `|string` makes a text of it');
}
