import { codeCatalogue, type DiagnosticCode } from './code/catalogue.ts';

/**
 * Where the documentation is: a folder of the npm package, since the project has no public address
 * yet. Replace it by the URL, with a slash at the end.
 */
const documentation: string = 'docs/';

/**
 * The section of docs/diagnostics.md about a code. The anchor is the one that GitHub makes of the
 * heading.
 */
export function pageOf(code: DiagnosticCode): string {
  const anchor = `${code}: ${codeCatalogue[code].title}`
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
  return `${documentation}diagnostics.md#${anchor}`;
}

/**
 * The same as an absolute URI, for formats that accept nothing else. Without an address, the scheme
 * is `sigpack:`, so that no server is named.
 */
export const pageUri = (code: DiagnosticCode): string =>
  documentation.includes(':') ? pageOf(code) : `sigpack:${pageOf(code)}`;
