import { markdownText } from '../docs/escape.ts';
import { percentEncoded } from '../source/char-escape.ts';
import { type ChangeView, type DiffView, settingText } from './diff/view.ts';

const head = `# Changelog

The form follows [Keep a Changelog](https://keepachangelog.com/en/1.1.0/). Written by \`sigpack release\`; what stands under Unreleased goes into the next version.
`;

export interface ReleaseNotes {
  readonly version: string;
  /** yyyy-mm-dd */
  readonly date: string;
  readonly view: DiffView;
  /** Detections whose disabled stanzas the Splunk app keeps. */
  readonly retired: readonly string[];
  /** What earlier releases kept so and this one drops. */
  readonly dropped: readonly string[];
}

/** The section of a version: a line a detection, with a link to its rule. */
export function changelogSection({ version, date, view, retired, dropped }: ReleaseNotes): string {
  const added = view.changes
    .filter(({ kinds }) => kinds.includes('added'))
    .map((change) => line(change, ''));
  const removed = view.changes
    .filter(({ kinds }) => kinds.includes('removed'))
    .map(({ title, severity }) => plainLine(title, severity));
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
  const kept =
    retired.length === 0
      ? []
      : [
          '',
          'Disabled in the Splunk app until a release drops them:',
          '',
          ...retired.map((title) => `- ${markdownText(title)}`),
        ];
  const gone =
    dropped.length === 0
      ? []
      : [
          '',
          'Dropped from the Splunk app; delete them there by hand:',
          '',
          ...dropped.map((title) => `- ${markdownText(title)}`),
        ];
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
  return `${[`## [${version}] - ${date}`, ...(body.length === 0 ? ['', 'No detection changed.'] : body)].join('\n')}\n`;
}

const plainLine = (title: string, severity: string | undefined): string =>
  `- ${markdownText(title)}${severity === undefined ? '' : ` (${severity})`}`;

function line({ title, severity, file }: ChangeView, what: string): string {
  const linked = file === '' ? markdownText(title) : `[${markdownText(title)}](${linkPath(file)})`;
  return (
    `- ${linked}${severity === undefined ? '' : ` (${severity})`}` +
    `${what === '' ? '' : `: ${what}`}`
  );
}

const linkPath = (file: string): string =>
  file
    .split('/')
    .map((part) => encodeURIComponent(part).replace(/[()'*!~]/g, percentEncoded))
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

/** Notes of a kind that a line tells. */
const toldNotes = 3;

/** What a reader of a changelog wants to know of a detection beyond which kind of change it is. */
const told: ReadonlySet<string> = new Set([
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
  const about = notes.filter(({ label }) => told.has(label));
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
  const more = parts.length > toldNotes ? ` and ${parts.length - toldNotes} more` : '';
  return [`${label} ${parts.slice(0, toldNotes).join(', ')}${more}`];
}

/**
 * The changelog with a new section before the newest version; notes under Unreleased become the
 * section's first lines.
 */
export function withSection(changelog: string | undefined, section: string): string {
  const text =
    changelog === undefined || changelog.trim() === ''
      ? `${head}\n## [Unreleased]\n`
      : changelog.replace(/\r\n/g, '\n');
  const [title = '', ...rest] = section.split('\n');
  const unreleased = /^## \[?unreleased\]?[^\n]*\n?/im.exec(text);
  if (!unreleased) {
    const first = /^## /m.exec(text)?.index ?? text.length;
    return (
      `${ended(text.slice(0, first))}${section}${first < text.length ? '\n' : ''}` +
      `${text.slice(first)}`
    );
  }
  const start = unreleased.index + unreleased[0].length;
  const length = /^## /m.exec(text.slice(start))?.index ?? text.length - start;
  const notes = text.slice(start, start + length).trim();
  const after = text.slice(start + length);
  const body = [title, ...(notes === '' ? [] : ['', notes]), ...rest].join('\n');
  return `${text.slice(0, start).trimEnd()}\n\n${body}${after === '' ? '' : `\n${after}`}`;
}

const ended = (text: string): string => (text.trim() === '' ? '' : `${text.trimEnd()}\n\n`);

/** True where the changelog tells of a version already. */
export const hasSection = (changelog: string, version: string): boolean =>
  new RegExp(`^## \\[?v?${version.replaceAll('.', '\\.')}\\]?(?:\\s|$)`, 'm').test(changelog);
