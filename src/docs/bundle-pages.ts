import type { PackDetection, PackFile } from '../pack/model/detection.ts';
import { perSource } from '../sigma/rule/per-source.ts';
import { sourceLabel } from '../sigma/rule/rule.ts';
import { markdownText } from './escape.ts';
import { isDeviceName } from './slug.ts';

/** Folder of the pages in the bundle. */
const folder = 'rules';

const longestName = 100;

const intro =
  'Each page has what its detection finds and needs, and its Sigma rule. ' +
  'The queries are in the packs of this bundle.';

export interface BundlePages {
  /** Adds the page of a detection. */
  readonly add: (detection: PackDetection, markdown: string) => void;
  /** One Markdown file per log source, with a table of contents. Releases the pages. */
  readonly files: () => readonly PackFile[];
}

interface SourceFile {
  readonly title: string;
  contents: string;
  /** In UTF-8: thousands of texts take half the memory that they take as strings. */
  readonly pages: Uint8Array[];
}

/**
 * Collects pages in one file per log source: thousands of files with one page each are slow to pack
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

const pageSource = (title: string): PageSource => ({ title, name: fileName(title) });

const ofCorrelations = pageSource('correlations');

const ofSource = perSource((source) => pageSource(sourceLabel(source, ' ') || 'any'));

/** All correlations share one file. */
const sourceOf = ({ rule, logSources: [source] }: PackDetection): PageSource =>
  rule.kind === 'correlation' || !source ? ofCorrelations : ofSource(source);

/** `[a-z0-9_]+`. Log sources whose names come out the same share a file. */
function fileName(title: string): string {
  const name = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, longestName);
  return /^_*$/.test(name) || isDeviceName(name) ? `source_${name}` : name;
}
