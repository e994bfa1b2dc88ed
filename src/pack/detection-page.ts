import type { PackDetection, PackFile } from './detection.ts';

/** The Markdown page of a detection, as the archive that it is for holds it. */
export interface DetectionPage {
  /** Id of the detection. */
  readonly id: string;
  /** `[a-z0-9_-]+.md`, unique in the pack. */
  readonly name: string;
  readonly content: Uint8Array;
}

/** Folder of the pages in the bundle. */
const bundleFolder = 'rules';

/** Folder of the pages in the app: what is in README is neither loaded nor served by Splunk. */
export const appPageFolder = 'README/rules';

// Windows keeps these names for devices, whatever follows the dot
const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)$/;

/**
 * Makes pages of Markdown texts; a file's name is the slug, in which there is no hyphen. Those for an app hold nothing that AppInspect would
 * warn of.
 */
export function createPages({ forApp }: { readonly forApp: boolean }): (detection: PackDetection, text: string) => DetectionPage {
  const used = new Set<string>();
  return ({ id, slug }, text) => {
    const base = reserved.test(slug) ? `rule-${slug}` : slug;
    let name = base;
    for (let number = 2; used.has(name); number++) name = `${base}-${number}`;
    used.add(name);
    return { id, name: `${name}.md`, content: Buffer.from(forApp ? withoutAddresses(text) : text) };
  };
}

const someQuad = /\d\.\d{1,3}\.\d{1,3}\.\d/;
const quad = /(?<![\w.])(\d{1,3})\.(?=\d{1,3}\.\d{1,3}\.\d{1,3}(?![\w.]))/g;

/** IPv4 addresses as analysts write them, `10[.]0.0.1`, and in the target of a link as `10%2E0.0.1`, which browsers take for the same. */
function withoutAddresses(text: string): string {
  if (!someQuad.test(text)) return text;
  return text.replace(quad, (_, first: string, at: number) => `${first}${isInLink(text, at) ? '%2E' : '[.]'}`);
}

/** True behind `](` and before the `)` that ends the target: our targets hold no parenthesis. */
function isInLink(text: string, at: number): boolean {
  const start = text.lastIndexOf('](', at);
  return start !== -1 && /^\]\(https?:[^\s()]*$/.test(text.slice(start, at));
}

/** The pages as files of the bundle. */
export function bundlePages(pages: readonly DetectionPage[]): readonly PackFile[] {
  return pages.map(({ name, content }) => ({ path: `${bundleFolder}/${name}`, content }));
}
