import { fenceFor, markdownText } from '../../docs/escape.ts';
import type { ChangeKind } from './diff.ts';
import { shortened } from './query-diff.ts';
import type { SideChange } from './side-change.ts';
import { type ChangeView, type DiffView, settingsWord, settingText, wordsOf } from './view.ts';

/**
 * A comment on GitHub may have 65,536 characters, one on GitLab a million. The rest is left for
 * what a workflow adds.
 */
const maximumLength = 60_000;
/**
 * Bounds of each list before the changes, in lines and characters, and of a text in it: four such
 * lists leave room for the changes.
 */
const shownLines = 30;
const listLength = 10_000;
const textLength = 300;

const headingOf = (kind: ChangeKind, view: DiffView): string =>
  wordsOf(kind, view).replace(/^./, (first) => first.toUpperCase());

/**
 * A comment for a pull request: errors first, then a section for each kind of change. A detection
 * is in the section of its most important change.
 */
export function diffMarkdown(view: DiffView, sides: readonly SideChange[]): string {
  const lines = [`## Detections: ${shortText(view.from)} → ${shortText(view.to)}`, ''];
  lines.push(...errorLines(view));
  const { counts: kinds, settings, grouped } = view;
  if (kinds.length === 0 && settings.length === 0 && sides.length === 0 && !grouped)
    return `${[...lines, `Nothing changed in ${view.unchanged} detections.`].join('\n')}\n`;
  const counts = kinds.map(({ kind, count }) => `**${count}** ${wordsOf(kind, view)}`);
  if (settings.length > 0) counts.push(`**${settings.length}** ${settingsWord(view)}`);
  if (grouped) counts.push('grouped searches changed');
  lines.push(`${[...counts, `${view.unchanged} unchanged`].join(', ')}.`, '');
  const parameters = [
    ...(grouped ? [`- ${grouped.text}`] : []),
    ...settings.map((change) => `- setting of the pack: ${shortText(settingText(change))}`),
    ...view.parameters.removed.map((name) => `- parameter gone: ${shortText(name)}`),
    ...view.parameters.added.map(newParameter),
  ];
  lines.push(...firstOf(parameters));
  if (sides.length > 0)
    lines.push('### Test events that change sides', '', ...firstOf(sides.map(sideLine)), '');
  return withChanges(`${lines.join('\n')}\n`, view);
}

/** Without these lines, a rule that does not compile would look as if it was removed. */
function errorLines({ uncompiled, notCompared }: DiffView): readonly string[] {
  if (uncompiled.length === 0) return [];
  const lines = uncompiled.map(({ file, line, column, code, message, side }) => {
    const place = `${shortText(file)}:${line}:${column}`;
    return `- ${place} (${shortText(side)}): ${shortText(message)} (${code})`;
  });
  const missing =
    notCompared.length === 0
      ? []
      : [
          '',
          'Not compared, since an error leaves them out on one side:',
          '',
          ...firstOf(notCompared.map(listed)),
        ];
  return ['### Does not compile', '', ...firstOf(lines), ...missing, ''];
}

const listed = (title: string): string => `- ${shortText(title)}`;
const newParameter = (name: string): string => `- new parameter: ${shortText(name)}`;
const sideLine = ({ title, test, before, after }: SideChange): string =>
  `- ${shortText(title)}: ${shortText(test)}: ${before} → ${after} matches`;

const shortText = (text: string): string =>
  markdownText(text.length > textLength ? `${text.slice(0, textLength)}…` : text);

function firstOf(lines: readonly string[]): readonly string[] {
  const shown: string[] = [];
  let length = 0;
  for (const line of lines.slice(0, shownLines)) {
    length += line.length + 1;
    if (length > listLength) break;
    shown.push(line);
  }
  return shown.length < lines.length
    ? [...shown, `- … and ${lines.length - shown.length} more`]
    : shown;
}

/**
 * The changes in full as far as they fit. A change whose notes and queries do not fit has its first
 * line only; the rest is counted.
 */
function withChanges(start: string, view: DiffView): string {
  let text = start;
  let before: ChangeKind | undefined;
  for (const [index, change] of view.changes.entries()) {
    const [kind = 'text'] = change.kinds;
    const heading = kind === before ? '' : `### ${headingOf(kind, view)}\n\n`;
    const room = maximumLength - text.length - heading.length;
    const block = [changeBlock(change, view), `${changeLine(change, view)}\n`].find(
      (one) => one.length <= room,
    );
    if (block === undefined) return `${text}\n… and ${view.changes.length - index} more.\n`;
    text += `${heading}${block}`;
    before = kind;
  }
  return text;
}

function changeLine({ title, severity, file, kinds }: ChangeView, view: DiffView): string {
  const also = kinds.slice(1).map((kind) => wordsOf(kind, view));
  const about = [severity, file === '' ? undefined : shortText(file), ...also]
    .filter((part) => part !== undefined)
    .join(', ');
  return `- **${shortText(title)}**${about === '' ? '' : ` (${about})`}`;
}

function changeBlock(change: ChangeView, view: DiffView): string {
  const { notes, queries } = change;
  const lines = [changeLine(change, view)];
  for (const { label, text, effect } of notes) {
    const sign = effect === 'catches' ? '➕ ' : effect === 'drops' ? '➖ ' : '';
    lines.push(`  - ${sign}${markdownText(label)}: ${markdownText(text)}`);
  }
  for (const { target, pieces } of queries) {
    const text = shortened(pieces)
      .map(({ kind, text: one }) =>
        kind === 'same' ? one : kind === 'added' ? `{+${one}+}` : `[-${one}-]`,
      )
      .join('')
      .replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, ' ');
    const fence = fenceFor(text);
    lines.push(`  - ${target}`, '', `    ${fence}text`, `    ${text}`, `    ${fence}`);
  }
  return `${lines.join('\n')}\n`;
}
