import { markdownText } from '../docs/escape.ts';
import { percentEncoded, urlPart } from '../source/char-escape.ts';
import { firstFew } from '../source/plural.ts';
import { type ChangeView, type DiffView, settingText } from './diff/view.ts';

const form = '[Keep a Changelog](https://keepachangelog.com/en/1.1.0/)';
const author = '`sigpack release`; what stands under Unreleased goes into the next version';
const head = `# Changelog\n\nThe form follows ${form}. Written by ${author}.\n`;

export interface ReleaseNotes {
  readonly version: string;
  /** yyyy-mm-dd */
  readonly date: string;
  readonly view: DiffView;
  /** Titles of detections that the Splunk app keeps as disabled stanzas. */
  readonly retired: readonly string[];
  /** Titles of those that this release drops. */
  readonly dropped: readonly string[];
}

/** The section of a version: one line per detection, with a link to its rule. */
export function changelogSection({ version, date, view, retired, dropped }: ReleaseNotes): string {
  const added = view.changes
    .filter(({ kinds }) => kinds.includes('added'))
    .map((change) => line(change, ''));
  const removed = view.changes
    .filter(({ kinds }) => kinds.includes('removed'))
    .map(({ title, severity }) => `- ${markdownText(title)}${inParentheses(severity)}`);
  const changed = view.changes
    .filter(({ kinds }) => !kinds.includes('added') && !kinds.includes('removed'))
    .map((change) => line(change, whatOf(change)));
  const parameters = [
    ...view.parameters.added.map((name) => `- New parameter: ${markdownText(name)}`),
    ...view.parameters.removed.map((name) => `- Parameter gone: ${markdownText(name)}`),
  ];
  const settings = view.settings.map(
    (change) => `- Setting of the pack: ${markdownText(settingText(change))}`,
  );
  const kept = titleList('Disabled in the Splunk app until a release drops them:', retired);
  const gone = titleList('Dropped from the Splunk app; delete them there by hand:', dropped);
  const sections = [
    ['Added', added],
    ['Changed', [...changed, ...settings, ...parameters]],
    ['Removed', [...removed, ...kept, ...gone]],
  ] as const;
  const body = sections.flatMap(([name, lines]) =>
    lines.length === 0
      ? []
      : ['', `### ${name}`, '', ...lines.join('\n').replace(/^\n/, '').split('\n')],
  );
  const lines = body.length === 0 ? ['', 'No detection changed.'] : body;
  return `${[`## [${version}] - ${date}`, ...lines].join('\n')}\n`;
}

const titleList = (intro: string, titles: readonly string[]): readonly string[] =>
  titles.length === 0 ? [] : ['', intro, '', ...titles.map((title) => `- ${markdownText(title)}`)];

const inParentheses = (severity: string | undefined): string =>
  severity === undefined ? '' : ` (${severity})`;

function line({ title, severity, file }: ChangeView, what: string): string {
  const linked = file === '' ? markdownText(title) : `[${markdownText(title)}](${linkPath(file)})`;
  return `- ${linked}${inParentheses(severity)}${what === '' ? '' : `: ${what}`}`;
}

const linkPath = (file: string): string =>
  file
    .split('/')
    .map((part) => urlPart(part).replace(/[()'*!~]/g, percentEncoded))
    .join('/');

const words = {
  renamed: 'renamed',
  meaning: 'condition',
  query: 'query',
  settings: 'settings',
  moved: 'moved',
  text: 'texts',
  added: '',
  removed: '',
} as const;

/** Parts of a condition that a line lists. */
const maximumParts = 3;

/** Labels of notes that matter to readers of a changelog, besides the kind of change. */
const shownLabels: ReadonlySet<string> = new Set([
  'title',
  'name in packs',
  'finds',
  'severity',
  'texts',
  'enabled',
  'splunk.enabled',
  'graylog.enabled',
]);

function whatOf({ kinds, notes }: ChangeView): string {
  const about = notes.filter(({ label }) => shownLabels.has(label));
  return [
    kinds.map((kind) => words[kind]).join(', '),
    ...about.map(({ label, text }) => `${label}: ${markdownText(text)}`),
    ...conditionParts(notes, 'catches', 'newly catches'),
    ...conditionParts(notes, 'drops', 'no longer catches'),
  ].join('; ');
}

function conditionParts(
  notes: ChangeView['notes'],
  effect: 'catches' | 'drops',
  label: string,
): readonly string[] {
  const parts = notes
    .filter((note) => note.effect === effect)
    .map(({ text }) => markdownText(text));
  if (parts.length === 0) return [];
  return [`${label} ${firstFew(parts, maximumParts)}`];
}

/**
 * The changelog with a new section before the newest version. Notes under Unreleased become the
 * first lines of the section.
 */
export function withSection(changelog: string | undefined, section: string): string {
  const text =
    changelog === undefined || changelog.trim() === ''
      ? `${head}\n## [Unreleased]\n`
      : changelog.replace(/\r\n/g, '\n');
  const [title = '', ...lines] = section.split('\n');
  const unreleased = /^## \[?unreleased\]?[^\n]*\n?/im.exec(text);
  if (!unreleased) {
    const first = /^## /m.exec(text)?.index ?? text.length;
    const rest = text.slice(first);
    return `${ended(text.slice(0, first))}${section}${rest === '' ? '' : '\n'}${rest}`;
  }
  const start = unreleased.index + unreleased[0].length;
  const length = /^## /m.exec(text.slice(start))?.index ?? text.length - start;
  const notes = text.slice(start, start + length).trim();
  const after = text.slice(start + length);
  const body = [title, ...(notes === '' ? [] : ['', notes]), ...lines].join('\n');
  return `${text.slice(0, start).trimEnd()}\n\n${body}${after === '' ? '' : `\n${after}`}`;
}

const ended = (text: string): string => (text.trim() === '' ? '' : `${text.trimEnd()}\n\n`);

/** Whether the changelog already has a section of the version. */
export const hasSection = (changelog: string, version: string): boolean =>
  new RegExp(`^## \\[?v?${version.replaceAll('.', '\\.')}\\]?(?:\\s|$)`, 'm').test(changelog);
