import { XMLParser } from 'fast-xml-parser';

/** A part of a view that a search fills, or a search that fills none. */
export interface Panel {
  readonly title: string;
  /** The whole search, its base included; tokens as written. */
  readonly query: string;
  /** Columns shown; undefined: all. */
  readonly fields: readonly string[] | undefined;
  /** Addresses that it opens; tokens as written. */
  readonly links: readonly string[];
  /** Tokens that a click sets. */
  readonly sets: readonly string[];
}

type Node = Readonly<Record<string, unknown>>;

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  htmlEntities: true,
  isArray: () => true,
  trimValues: true,
  parseTagValue: false,
});

/** The searches of a view of Simple XML, in the order of their elements. */
export function panelsOf(xml: string): readonly Panel[] {
  const [form] = nodes(parser.parse(xml) as Node, 'form');
  if (!form) throw new Error('the view is not a form');
  const bases = new Map(
    nodes(form, 'search').map((search) => [String(search['@id']), textAt(search, 'query')]),
  );
  const wholeQuery = (search: Node): string => {
    const own = textAt(search, 'query');
    if (search['@base'] === undefined) return own;
    const base = bases.get(String(search['@base']));
    if (base === undefined) throw new Error(`there is no search ${String(search['@base'])}`);
    return `${base} | ${own}`;
  };
  const panels = nodes(form, 'row').flatMap((row) => nodes(row, 'panel'));
  const shown = panels.flatMap((panel) =>
    ['single', 'chart', 'table'].flatMap((kind) =>
      nodes(panel, kind).map((element) => [panel, element] as const),
    ),
  );
  return [
    ...nodes(form, 'search').map(
      (search): Panel => ({
        title: String(search['@id'] ?? ''),
        query: textAt(search, 'query'),
        fields: undefined,
        links: [],
        sets: [],
      }),
    ),
    ...shown.map(([panel, element]): Panel => {
      const [search = {}] = nodes(element, 'search');
      const fields = textAt(element, 'fields');
      const [drilldown = {}] = nodes(element, 'drilldown');
      const links = [drilldown, ...nodes(drilldown, 'condition')].flatMap((one) =>
        nodes(one, 'link').map((link) => String(link['#text'] ?? '')),
      );
      return {
        title: textAt(element, 'title') || textAt(panel, 'title'),
        query: wholeQuery(search),
        fields: fields === '' ? undefined : (JSON.parse(fields) as string[]),
        links,
        sets: nodes(drilldown, 'set').map((set) => String(set['@token'])),
      };
    }),
  ];
}

function nodes(parent: Node, name: string): readonly Node[] {
  const found = parent[name];
  return Array.isArray(found)
    ? found.map((one: unknown) => (typeof one === 'string' ? { '#text': one } : (one as Node)))
    : [];
}

const textAt = (parent: Node, name: string): string =>
  String(nodes(parent, name)[0]?.['#text'] ?? '');

export type Tokens = Readonly<Record<string, string>>;

const filters: Readonly<Record<string, (value: string) => string>> = {
  u: encodeURIComponent,
  n: (value) => value,
};

/**
 * A text of a view with its tokens replaced, as Splunk's manual has it: `$name|u$` encoded, `$$` a
 * dollar. `$name|s$` is refused: of the signs that end a quoted text, the manual promises to escape
 * quotes, not backslashes.
 */
export function withTokens(text: string, tokens: Tokens): string {
  return text.replace(
    /\$\$|\$([\w.]+)(?:\|(\w))?\$/g,
    (token, name: string | undefined, filter: string | undefined) => {
      if (token === '$$') return '$';
      const value = name === undefined ? undefined : tokens[name];
      const filtered = value === undefined ? undefined : filters[filter ?? '']?.(value);
      if (filtered === undefined)
        throw new Error(`${token} is not a token with a value and a filter`);
      return filtered;
    },
  );
}

/** Where a click on a row leads. */
export const opened = (link: string, row: Readonly<Record<string, unknown>>): string =>
  withTokens(
    link,
    Object.fromEntries(Object.entries(row).map(([name, value]) => [`row.${name}`, String(value)])),
  );
