import type { Event } from '../../match/event.ts';
import { limits } from '../event-error.ts';
import { addField, type Fields, setField } from '../field.ts';
import { flattenWindows } from './windows.ts';

interface Element {
  readonly name: string;
  readonly attributes: Fields;
  readonly children: Element[];
  text: string;
}

const token =
  /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|<\/([^\s<>]+)\s*>|<([^\s<>/!?]+)((?:\s+[^\s<>=/]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/y;
const attribute = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/**
 * The fields of a Windows event in XML, or why it can't be read. Own entities are refused, as no
 * Windows event has them.
 */
export function readWindowsXml(text: string): Fields | string {
  const root = parse(text);
  if (typeof root === 'string') return root;
  return root.name === 'Event'
    ? flattenWindows({ Event: documentOf(root) })
    : `expected <Event> but found <${root.name}>`;
}

function parse(text: string): Element | string {
  const top: Element = { name: '', attributes: {}, children: [], text: '' };
  const open: Element[] = [top];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (match === null)
      return `the XML can't be read at ${JSON.stringify(text.slice(at, at + 20))}`;
    const reason = takeToken(match, open.at(-1) ?? top, open);
    if (reason !== undefined) return reason;
  }
  return open.length > 1
    ? `<${open.at(-1)?.name}> is not closed`
    : (top.children[0] ?? 'there is no element');
}

/** Puts into `parent`, the last of `open`, what a token says; gives what is wrong with it. */
function takeToken(match: RegExpExecArray, parent: Element, open: Element[]): string | undefined {
  const [, verbatim, closed, opened, attributes = '', isEmpty, written] = match;
  if (verbatim !== undefined) parent.text += verbatim;
  else if (written !== undefined) parent.text += decoded(written);
  else if (opened !== undefined) {
    const element: Element = {
      name: opened.replace(/^.*:/, ''),
      attributes: attributesOf(attributes),
      children: [],
      text: '',
    };
    parent.children.push(element);
    if (isEmpty !== '/') open.push(element);
    if (open.length > limits.depth) return `elements are nested deeper than ${limits.depth}`;
  } else if (closed !== undefined) {
    if (open.length === 1 || closed.replace(/^.*:/, '') !== parent.name)
      return `</${closed}> closes no element`;
    open.pop();
  }
  return undefined;
}

function attributesOf(text: string): Fields {
  const fields: Fields = {};
  for (const [, name = '', double, single = ''] of text.matchAll(attribute))
    setField(fields, name, decoded(double ?? single));
  return fields;
}

const named: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

const decoded = (text: string): string =>
  text.includes('&')
    ? text.replace(
        /&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([\dA-Fa-f]{1,6}));/g,
        (whole, name?: string, decimal?: string, hex?: string) => {
          if (name !== undefined) return named.get(name) ?? whole;
          const point = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
          return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
        },
      )
    : text;

/** The JSON that evtx_dump makes of an element; `<Data Name="x">` becomes a field x. */
function documentOf(element: Element): Event {
  const fields: Fields = {};
  if (Object.keys(element.attributes).length > 0) fields['#attributes'] = element.attributes;
  for (const child of element.children) {
    const name =
      child.name === 'Data' && typeof child.attributes.Name === 'string'
        ? child.attributes.Name
        : child.name;
    if (name === child.attributes.Name) addText(fields, name, child.text);
    else if (child.children.length > 0 || Object.keys(child.attributes).length > 0)
      addField(fields, name, documentOf(child));
    else addText(fields, name, child.text);
  }
  if (element.children.length === 0 && element.text !== '') fields['#text'] = element.text;
  return fields;
}

// an empty element stands for no value
function addText(fields: Fields, name: string, text: string): void {
  if (text !== '') addField(fields, name, text);
}
