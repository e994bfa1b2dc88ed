import type { PackFile } from '../../pack/model/detection.ts';
import type { Render } from '../../pack/render/template.ts';
import { describeLogSource } from '../../sigma/rule/reader.ts';
import type { LogSource } from '../../sigma/rule/rule.ts';
import { levels } from '../../sigma/rule/rule.ts';
import { dataOfSource } from '../data-needed.ts';
import { isDeviceName } from '../slug.ts';
import type { IndexEntry } from './site-index.ts';

/** The rules of a log source, while the site is written. */
export interface SourcePage {
  /** `windows/process_creation`; `any` for a log source that names nothing. */
  readonly title: string;
  /** File name without the extension, unique in the site. */
  readonly slug: string;
  /** Setup, channels and event ids. */
  readonly needed: ReadonlySet<string>;
  readonly entries: readonly IndexEntry[];
}

interface GrowingPage extends SourcePage {
  readonly needed: Set<string>;
  readonly entries: IndexEntry[];
}

/** Collects the rules of each log source. Correlations are with each log source of their rules. */
export interface SourcePages {
  readonly add: (sources: readonly LogSource[], entry: IndexEntry) => void;
  /** The slug of the page of a log source that was added. */
  readonly slugOf: (title: string) => string | undefined;
  /** By title. */
  readonly all: () => readonly SourcePage[];
}

export function createSourcePages(): SourcePages {
  const pages = new Map<string, GrowingPage>();
  const used = new Set<string>();
  return {
    add(sources, entry) {
      for (const source of sources) {
        const title = describeLogSource(source) || 'any';
        const page = pages.get(title) ?? {
          title,
          slug: uniqueSlug(title, used),
          needed: new Set<string>(),
          entries: [],
        };
        pages.set(title, page);
        if (source.definition) page.needed.add(`Setup: ${source.definition}`);
        for (const line of dataOfSource(source)) page.needed.add(line);
        if (page.entries.at(-1) !== entry) page.entries.push(entry);
      }
    },
    slugOf: (title) => pages.get(title)?.slug,
    all: () => [...pages.values()].sort((a, b) => (a.title < b.title ? -1 : 1)),
  };
}

function uniqueSlug(title: string, used: Set<string>): string {
  const plain = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 100);
  const base = plain === '' || isDeviceName(plain) ? `source_${plain}`.replace(/_$/, '') : plain;
  let slug = base;
  for (let number = 2; used.has(slug); number++) slug = `${base}_${number}`;
  used.add(slug);
  return slug;
}

const mostFields = 20;

/** The page of a log source as HTML, from `source.html.hbs`. */
export function sourceHtml(page: SourcePage, siteTitle: string, render: Render): PackFile {
  const fields = new Map<string, number>();
  for (const field of page.entries.flatMap((entry) => entry.fields))
    fields.set(field, (fields.get(field) ?? 0) + 1);
  const common = [...fields].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const ranks = new Map<string, number>(levels.map((level, rank) => [level, rank]));
  const rank = (level: string): number => ranks.get(level) ?? -1;
  return {
    path: `sources/${page.slug}.html`,
    content: render('source.html', {
      siteTitle,
      title: page.title,
      // a narrow screen breaks a long name behind a slash or an underscore
      titleParts: page.title.split(/(?<=[/_])/),
      total: page.entries.length,
      needed: [...page.needed],
      fields: common.slice(0, mostFields).map(([name, count]) => ({ name, count })),
      moreFields: Math.max(0, common.length - mostFields),
      levels: levels
        .map((level) => ({ level, count: countOf(page.entries, level) }))
        .filter(({ count }) => count > 0)
        .reverse(),
      rules: page.entries
        .toSorted((a, b) => rank(b.level) - rank(a.level) || (titleKey(a) < titleKey(b) ? -1 : 1))
        .map(({ slug, title, level, status, techniques }) => ({
          slug,
          title,
          level,
          status,
          techniques: techniques.join(', '),
        })),
    }),
  };
}

const countOf = (entries: readonly IndexEntry[], wanted: string): number =>
  entries.filter(({ level }) => level === wanted).length;

const titleKey = ({ title, slug }: IndexEntry): string => `${title.toLowerCase()}\n${slug}`;
