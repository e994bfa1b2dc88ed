import type { Event } from '../../match/event.ts';
import { failed, ok, type Result } from '../../source/result.ts';
import { limits } from '../event-error.ts';
import { addField, type Fields, setField } from '../field.ts';
import { flattenWindows } from './windows.ts';

interface Element {
  readonly name: string;
  readonly attributes: Fields;
  readonly children: Element[];
  text: string;
}

const attributeList = /(?:\s+[^\s<>=/]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*/.source;
/** Comments, CDATA, processing instructions, end tags, start tags and text. */
const token = new RegExp(
  [
    /<!--[\s\S]*?-->/.source,
    /<!\[CDATA\[([\s\S]*?)\]\]>/.source,
    /<\?[\s\S]*?\?>/.source,
    /<\/([^\s<>]+)\s*>/.source,
    `<([^\\s<>/!?]+)(${attributeList})\\s*(\\/?)>`,
    /([^<]+)/.source,
  ].join('|'),
  'y',
);
const attribute = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/**
 * The fields of a Windows event in XML. Declarations of entities are refused, as no Windows event
 * has them.
 */
export function readWindowsXml(text: string): Result<Fields> {
  const root = parse(text);
  if (!root.ok) return root;
  return root.value.name === 'Event'
    ? ok(flattenWindows({ Event: documentOf(root.value) }))
    : failed(`expected <Event> but found <${root.value.name}>`);
}

function parse(text: string): Result<Element> {
  const top: Element = { name: '', attributes: {}, children: [], text: '' };
  const open: Element[] = [top];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (match === null)
      return failed(`the XML can't be read at ${JSON.stringify(text.slice(at, at + 20))}`);
    const error = takeToken(match, open.at(-1) ?? top, open);
    if (error !== undefined) return failed(error);
  }
  if (open.length > 1) return failed(`<${open.at(-1)?.name}> is not closed`);
  const [root] = top.children;
  return root ? ok(root) : failed('there is no element');
}

/** Adds a token to `parent`, the last of `open`; returns what is wrong with it. */
function takeToken(match: RegExpExecArray, parent: Element, open: Element[]): string | undefined {
  const [, verbatim, closed, opened, attributes = '', isEmpty, text] = match;
  if (verbatim !== undefined) parent.text += verbatim;
  else if (text !== undefined) parent.text += decoded(text);
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

/** An element as the JSON of evtx_dump; `<Data Name="x">` becomes a field `x`. */
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

// an empty element has no value
function addText(fields: Fields, name: string, text: string): void {
  if (text !== '') addField(fields, name, text);
}
