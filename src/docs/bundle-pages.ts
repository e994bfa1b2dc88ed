import type { PackDetection, PackFile } from '../pack/detection.ts';
import { markdownText } from './escape.ts';

/** Folder of the pages in the bundle. */
const folder = 'rules';

// Windows keeps these names for devices, whatever follows the dot
const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)$/;
const longestName = 100;

export interface BundlePages {
  /** Takes the page of a detection. */
  readonly add: (detection: PackDetection, markdown: string) => void;
  /** A Markdown file for each log source, with a table of contents. */
  readonly files: () => readonly PackFile[];
}

interface SourceFile {
  readonly title: string;
  contents: string;
  // as bytes: half the memory of texts that hold a letter outside Latin-1
  readonly pages: Buffer[];
}

/** Collects pages in a file for each log source: thousands of files of a page each are slow to pack and to unpack. */
export function collectBundlePages(): BundlePages {
  const sources = new Map<string, SourceFile>();
  return {
    add(detection, markdown) {
      const title = sourceTitle(detection);
      const name = fileName(title);
      const file = sources.get(name) ?? { title, contents: '', pages: [] };
      sources.set(name, file);
      const heading = markdownText(detection.name);
      file.contents += `- [${heading}](#${detection.slug})\n`;
      file.pages.push(Buffer.from(`\n<a id="${detection.slug}"></a>\n\n# ${heading}\n\n${markdown}`));
    },
    files: () =>
      [...sources].map(([name, { title, contents, pages }]) => ({
        path: `${folder}/${name}.md`,
        content: Buffer.concat([Buffer.from(`# ${markdownText(title)}\n\n${contents}`), ...pages]),
      })),
  };
}

/** `windows process_creation`; correlations have a file of their own. */
function sourceTitle({ rule, logSources: [source] }: PackDetection): string {
  if (rule.kind === 'correlation') return 'correlations';
  const parts = [source?.product, source?.category, source?.service].filter((part) => part !== undefined);
  return parts.length > 0 ? parts.join(' ') : 'any';
}

/** `[a-z0-9_]+`. Log sources whose names come out the same share a file. */
function fileName(title: string): string {
  const name = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, longestName);
  return /^_*$/.test(name) || reserved.test(name) ? `source_${name}` : name;
}
