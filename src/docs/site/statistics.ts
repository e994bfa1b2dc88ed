import type { PackFile } from '../../pack/model/detection.ts';
import type { Render } from '../../pack/render/template.ts';
import { levels, statuses } from '../../sigma/rule/rule.ts';
import { numberText } from '../../source/number-text.ts';
import { type AttackCount, attackMatrix } from './matrix.ts';
import type { IndexEntry } from './site-index.ts';
import type { SourcePage } from './source-pages.ts';

/** A line of a table with a bar. */
interface Bar {
  readonly name: string;
  /** `1,234`. */
  readonly count: string;
  /** Of the largest, from 0 to 100. */
  readonly width: number;
  /** Address of the list of these rules; empty if there is none. */
  readonly url: string;
  readonly note: string;
}

/** Numbers of the site as HTML, from `statistics.html.hbs`: levels, coverage, tests, age. */
export function statisticsHtml(
  {
    title,
    entries,
    count,
    sources,
  }: {
    readonly title: string;
    readonly entries: readonly IndexEntry[];
    readonly count: AttackCount;
    readonly sources: readonly SourcePage[];
  },
  render: Render,
): PackFile {
  const tables = [
    {
      title: 'Levels',
      bars: bars(grouped(entries, ({ level }) => level, levels.toReversed(), 'level')),
    },
    { title: 'Statuses', bars: bars(grouped(entries, ({ status }) => status, statuses, 'status')) },
    { title: 'Tests', bars: bars(tested(entries)) },
    {
      title: 'Rules by tactic',
      bars: bars(
        attackMatrix(count).map(({ id, name, rules, covered, techniques }) => ({
          name,
          count: rules,
          url: rules > 0 ? `index.html#tactic=${id}` : '',
          note: `${covered} of ${techniques.length} techniques`,
        })),
      ),
    },
    { title: 'Last modified', bars: bars(byYear(entries)) },
    {
      title: 'Log sources',
      bars: bars(
        sources
          .map(({ title: name, slug, entries: { length } }) => ({
            name,
            count: length,
            url: `sources/${slug}.html`,
            note: '',
          }))
          .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1)),
      ),
    },
  ].filter((table) => table.bars.length > 0);
  return {
    path: 'statistics.html',
    content: render('statistics.html', {
      siteTitle: title,
      total: numberText(entries.length),
      tables,
    }),
  };
}

type Line = Omit<Bar, 'width' | 'count'> & { readonly count: number };

function bars(lines: readonly Line[]): readonly Bar[] {
  const most = Math.max(1, ...lines.map(({ count }) => count));
  return lines.map((line) => ({
    ...line,
    count: numberText(line.count),
    width: Math.ceil((100 * line.count) / most),
  }));
}

/** In the given order; rules without a value last. */
function grouped(
  entries: readonly IndexEntry[],
  of: (entry: IndexEntry) => string,
  order: readonly string[],
  filter: string,
): readonly Line[] {
  const counts = counted(entries, of);
  return [...order, ''].flatMap((name) => {
    const count = counts.get(name);
    if (count === undefined) return [];
    const url = name === '' ? '' : `index.html#${filter}=${name}`;
    return [{ name: name === '' ? 'not given' : name, count, url, note: '' }];
  });
}

function tested(entries: readonly IndexEntry[]): readonly Line[] {
  const counts = counted(entries, ({ tests }) => tests);
  if (counts.size === 1 && counts.has('none')) return [];
  return (['passed', 'failed', 'none'] as const).map((name) => ({
    name: { passed: 'all passed', failed: 'some failed', none: 'no test' }[name],
    count: counts.get(name) ?? 0,
    url: '',
    note: '',
  }));
}

function byYear(entries: readonly IndexEntry[]): readonly Line[] {
  const counts = counted(entries, ({ modified, date }) => (modified || date).slice(0, 4));
  return [...counts]
    .sort(([a], [b]) => (a < b ? 1 : -1))
    .map(([name, count]) => ({ name: name === '' ? 'no date' : name, count, url: '', note: '' }));
}

function counted(
  entries: readonly IndexEntry[],
  of: (entry: IndexEntry) => string,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const entry of entries) counts.set(of(entry), (counts.get(of(entry)) ?? 0) + 1);
  return counts;
}
