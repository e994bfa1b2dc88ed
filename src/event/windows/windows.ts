import type { Event } from '../../match/event.ts';
import { isRecord } from '../../source/record.ts';
import { asRecord, type Fields, isScalar, setField } from '../field.ts';

/** Whether it is a Windows event as JSON: `{"Event": {"System": ...}}`. */
export const isWindowsEvent = (document: Event): boolean =>
  isRecord(document.Event) && isRecord(document.Event.System);

/**
 * The event under the names that Sigma's rules use: those of System (`EventID`, `Provider_Name`),
 * of EventData, and of the innermost elements of UserData.
 */
export function flattenWindows(document: Event): Fields {
  const event = asRecord(document.Event);
  const fields: Fields = {};
  for (const [name, value] of Object.entries(asRecord(event.System)))
    addSystem(fields, name, value);
  addData(fields, asRecord(event.EventData));
  addData(fields, asRecord(event.UserData));
  return fields;
}

/** Suffix of attributes written by `evtx_dump --separate-json-attributes`. */
const separate = '_attributes';

function addSystem(fields: Fields, name: string, value: unknown): void {
  if (isScalar(value)) setField(fields, name, value);
  const element = asRecord(value);
  if (isScalar(element['#text'])) setField(fields, name, element['#text']);
  if (name.endsWith(separate)) addAttributes(fields, name.slice(0, -separate.length), element);
  addAttributes(fields, name, asRecord(element['#attributes']));
}

function addAttributes(fields: Fields, name: string, attributes: Event): void {
  for (const [attribute, content] of Object.entries(attributes)) {
    if (isScalar(content)) setField(fields, `${name}_${attribute}`, content);
  }
}

function addData(fields: Fields, data: Event): void {
  for (const [name, value] of Object.entries(data)) {
    if (name === '#attributes' || name.endsWith(separate)) continue;
    const content = isRecord(value) && value['#text'] !== undefined ? value['#text'] : value;
    if (isScalar(content) || isScalarList(content)) setField(fields, name, content);
    else if (Array.isArray(content)) for (const one of content) addData(fields, asRecord(one));
    else addData(fields, asRecord(content));
  }
}

const isScalarList = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every(isScalar);
