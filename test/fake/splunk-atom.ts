export interface Entry {
  readonly name: string;
  readonly acl: Readonly<Record<string, unknown>>;
  readonly content: Readonly<Record<string, unknown>>;
}

const escaped = (text: string): string =>
  text.replace(
    /[<>&"]/g,
    (character) => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' })[character] ?? '',
  );

const text = (value: unknown): string =>
  value === true ? '1' : value === false ? '0' : String(value ?? '');

const dictionary = (values: Readonly<Record<string, unknown>>): string =>
  `<s:dict>${Object.entries(values)
    .map(
      ([key, value]) =>
        `<s:key name="${escaped(key)}">${typeof value === 'object' && value !== null ? dictionary(value as Readonly<Record<string, unknown>>) : escaped(text(value))}</s:key>`,
    )
    .join('')}</s:dict>`;

/** A feed as Splunk answers without `output_mode`. */
export function atomFeed(
  path: string,
  entries: readonly Entry[],
  paging: { readonly total: number; readonly offset: number },
): string {
  const shown = entries.map(({ name, acl, content }) => {
    const [base, last = ''] = [
      path.replace(/\/[^/]*$/, ''),
      path.replace(/^.*\//, '').replaceAll('+', ' '),
    ];
    const self = `${decodeURIComponent(last) === name ? base : path}/${encodeURIComponent(name)}`;
    const links = ['alternate', 'list', 'edit', 'remove']
      .map((rel) => `<link href="${escaped(self)}" rel="${rel}"/>`)
      .join('');
    const all = { ...content, 'eai:acl': { owner: 'nobody', sharing: 'app', ...acl } };
    return `<entry><title>${escaped(name)}</title><id>https://127.0.0.1:8089${escaped(self)}</id><updated>2026-01-01T00:00:00+00:00</updated>${links}<author><name>nobody</name></author><content type="text/xml">${dictionary(all)}</content></entry>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:s="http://dev.splunk.com/ns/rest" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"><title>fake</title><id>https://127.0.0.1:8089${escaped(path)}</id><updated>2026-01-01T00:00:00+00:00</updated><author><name>Splunk</name></author><opensearch:totalResults>${paging.total}</opensearch:totalResults><opensearch:itemsPerPage>30</opensearch:itemsPerPage><opensearch:startIndex>${paging.offset}</opensearch:startIndex><s:messages/>${shown.join('')}</feed>`;
}
