import { attackTechniques } from '../../attack/names.ts';
import { attackReferences } from '../../pack/model/attack-tags.ts';
import type { Render } from '../../pack/render/template.ts';
import { type CompiledRule, logSourcesOf } from '../../query/compile.ts';
import { describeLogSource } from '../../sigma/rule/reader.ts';
import { levels, statuses } from '../../sigma/rule/rule.ts';
import { plural } from '../../source/plural.ts';
import { markdownText } from '../escape.ts';
import { type AttackCount, attackMatrix, currentTechniques, tacticIds } from './matrix.ts';
import type { RuleTest } from './rule-record.ts';
import { searchable } from './searchable.ts';

/** A rule in the index. */
export interface IndexEntry {
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  readonly level: string;
  readonly status: string;
  /** `windows/process_creation`. */
  readonly sources: readonly string[];
  /** Short names, as the rule has them. */
  readonly tactics: readonly string[];
  /** Ids, as the rule has them. */
  readonly techniques: readonly string[];
  /** Empty if the rule has none; so are the next ones. */
  readonly id: string;
  readonly author: string;
  readonly date: string;
  readonly modified: string;
  /** Whether the tests of the rule passed. */
  readonly tests: 'none' | 'passed' | 'failed';
  readonly fields: readonly string[];
  /** What it tests, for the search. */
  readonly values: string;
}

/** Longer descriptions are cut: they would only fill the screen. */
const shownDescription = 200;

export function indexEntry(
  compiled: CompiledRule,
  { slug, title }: Pick<IndexEntry, 'slug' | 'title'>,
  tests: readonly RuleTest[],
): IndexEntry {
  const { rule } = compiled;
  const { tactics, techniques } = attackReferences(rule.tags);
  const description = (rule.description ?? '').replace(/\s+/g, ' ').trim();
  return {
    slug,
    title,
    description:
      description.length > shownDescription
        ? `${description.slice(0, shownDescription - 1)}…`
        : description,
    level: rule.level ?? '',
    status: rule.status ?? '',
    sources: [...new Set(logSourcesOf(compiled).map(describeLogSource))],
    tactics,
    techniques,
    id: rule.id ?? '',
    author: rule.author ?? '',
    date: rule.date ?? '',
    modified: rule.modified ?? '',
    tests: tests.length === 0 ? 'none' : tests.every(({ passed }) => passed) ? 'passed' : 'failed',
    ...searchable(compiled),
  };
}

export interface SiteIndex {
  readonly title: string;
  readonly entries: readonly IndexEntry[];
  readonly count: AttackCount;
}

/** The index as Markdown, from `index.md.hbs`. */
export function indexMarkdown({ title, entries, count }: SiteIndex, render: Render): string {
  const columns = attackMatrix(count);
  return render('index.md', {
    title: markdownText(title),
    total: entries.length,
    rules: entries.map((entry) => ({
      slug: entry.slug,
      title: markdownText(entry.title),
      level: entry.level,
      status: entry.status,
      source: markdownText(entry.sources.join(', ')),
      techniques: entry.techniques.join(', '),
    })),
    columns: columns.map((column) => ({
      ...column,
      total: column.techniques.length,
      techniques: column.techniques.filter(({ rules }) => rules > 0),
    })),
  });
}

/** The index as HTML, from `index.html.hbs`. Its script renders rows from embedded JSON. */
export function indexHtml({ title, entries, count }: SiteIndex, render: Render): string {
  const columns = attackMatrix(count);
  const coveredTechniques = new Set(
    columns.flatMap(({ techniques }) =>
      techniques.filter(({ rules }) => rules > 0).map(({ id }) => id),
    ),
  );
  const names = [...count.techniques.keys()]
    .sort()
    .map((id) => [id, attackTechniques().get(id)?.name ?? '']);
  const values = (of: (entry: IndexEntry) => readonly string[]): readonly string[] =>
    [...new Set(entries.flatMap(of))].filter((value) => value !== '').sort();
  const present = {
    level: new Set(entries.map(({ level }) => level)),
    status: new Set(entries.map(({ status }) => status)),
  };
  return render('index.html', {
    title,
    total: counted(entries.length, 'rule'),
    covered: counted(coveredTechniques.size, 'ATT&CK technique'),
    columns: columns.map((column) => ({
      ...column,
      total: column.techniques.length,
      counted: counted(column.rules, 'rule'),
    })),
    tactics: columns.filter(({ rules }) => rules > 0).map(({ id, name }) => ({ id, name })),
    levels: levels.filter((level) => present.level.has(level)).reverse(),
    statuses: statuses.filter((status) => present.status.has(status)),
    sources: values(({ sources }) => sources),
    tested: entries.some(({ tests }) => tests === 'passed'),
    data: {
      // columns: file, title, description, level, status, log sources, tactics, techniques,
      // tests passed, id, author, fields, values
      rules: entries.map((entry) => [
        entry.slug,
        entry.title,
        entry.description,
        entry.level,
        entry.status,
        entry.sources,
        tacticIds(entry.tactics),
        currentTechniques(entry.techniques),
        entry.tests === 'passed' ? 1 : 0,
        entry.id,
        entry.author,
        entry.fields.join(' '),
        entry.values,
      ]),
      names: Object.fromEntries(names),
    },
  });
}

/** `1 rule`, `3,755 rules`. */
const counted = (count: number, noun: string): string =>
  `${count.toLocaleString('en-US')} ${plural(count, noun)}`;
