import type { PackDetection, PackFile } from '../pack/model/detection.ts';
import { perSource } from '../sigma/rule/per-source.ts';
import { markdownText } from './escape.ts';

/** Folder of the pages in the bundle. */
const folder = 'rules';

// Windows keeps these names for devices, whatever follows the dot
const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)$/;
const longestName = 100;

const intro =
  'Each page has what its detection finds and needs, and its Sigma rule. The queries are in ' +
  'the packs of this bundle.';

export interface BundlePages {
  /** Takes the page of a detection. */
  readonly add: (detection: PackDetection, markdown: string) => void;
  /** A Markdown file for each log source, with a table of contents. Lets go of the pages. */
  readonly files: () => readonly PackFile[];
}

interface SourceFile {
  readonly title: string;
  contents: string;
  /** As UTF-8: that of thousands of texts is half of what they take as strings. */
  readonly pages: Uint8Array[];
}

/**
 * Collects pages in a file for each log source: thousands of files of a page each are slow to pack
 * and to unpack.
 */
export function collectBundlePages(): BundlePages {
  const sources = new Map<string, SourceFile>();
  return {
    add(detection, markdown) {
      const { title, name } = sourceOf(detection);
      const file = sources.get(name) ?? { title, contents: '', pages: [] };
      sources.set(name, file);
      const heading = markdownText(detection.name);
      file.contents += `- [${heading}](#${detection.slug})\n`;
      file.pages.push(
        Buffer.from(`\n<a id="${detection.slug}"></a>\n\n# ${heading}\n\n${markdown}`),
      );
    },
    files() {
      const files: PackFile[] = [];
      for (const [name, { title, contents, pages }] of sources) {
        files.push({
          path: `${folder}/${name}.md`,
          content: Buffer.concat([
            Buffer.from(`# ${markdownText(title)}\n\n${intro}\n\n${contents}`),
            ...pages,
          ]),
        });
        sources.delete(name);
      }
      return files;
    },
  };
}

interface PageSource {
  /** `windows process_creation`. */
  readonly title: string;
  readonly name: string;
}

const named = (title: string): PageSource => ({ title, name: fileName(title) });

const ofCorrelations = named('correlations');

const ofSource = perSource(({ product, category, service }) =>
  named([product, category, service].filter((part) => part !== undefined).join(' ') || 'any'),
);

/** Correlations have a file of their own. */
const sourceOf = ({ rule, logSources: [source] }: PackDetection): PageSource =>
  rule.kind === 'correlation' || !source ? ofCorrelations : ofSource(source);

/** `[a-z0-9_]+`. Log sources whose names come out the same share a file. */
function fileName(title: string): string {
  const name = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, longestName);
  return /^_*$/.test(name) || reserved.test(name) ? `source_${name}` : name;
}
