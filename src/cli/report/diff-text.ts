import type { ChangeKind } from '../../release/diff/diff.ts';
import { type QueryPiece, shortened } from '../../release/diff/query-diff.ts';
import type { SideChange } from '../../release/diff/side-change.ts';
import {
  type ChangeView,
  type DiffView,
  type Note,
  settingsWord,
  settingText,
  wordsOf,
} from '../../release/diff/view.ts';
import type { SideUncompiled } from '../../release/uncompiled.ts';
import { counted } from '../../source/plural.ts';
import { visible } from '../../source/visible.ts';
import type { Paint, Style } from './context.ts';

export interface DiffTextOptions {
  readonly paint: Paint;
  /** Everything; otherwise long queries and long lists are cut. */
  readonly verbose: boolean;
}

const signs: Readonly<Record<ChangeKind, { readonly sign: string; readonly style: Style }>> = {
  added: { sign: '+', style: 'green' },
  removed: { sign: '-', style: 'red' },
  renamed: { sign: '~', style: 'yellow' },
  meaning: { sign: '~', style: 'yellow' },
  query: { sign: '~', style: 'cyan' },
  settings: { sign: '~', style: 'cyan' },
  moved: { sign: '~', style: 'dim' },
  text: { sign: '~', style: 'dim' },
};

/** Detections that are shown in full without --verbose. */
const shownInFull = 50;
/** Notes of one kind that are shown of a detection without --verbose. */
const shownNotes = 8;

/** As text: what happened to each detection, the most important first. */
export function diffText(
  view: DiffView,
  sides: readonly SideChange[],
  options: DiffTextOptions,
): string {
  const { paint, verbose } = options;
  const lines = [
    `${paint('bold', `${visible(view.from)} → ${visible(view.to)}`)}  ${countsText(view)}`,
  ];
  const parameters = [
    ...view.parameters.removed.map((name) => `- ${name}`),
    ...view.parameters.added.map((name) => `+ ${name}`),
  ];
  if (view.uncompiled.length > 0)
    lines.push(
      '',
      paint('red', 'does not compile'),
      ...view.uncompiled.map((one) => `  ${uncompiledText(one)}`),
    );
  if (view.notCompared.length > 0)
    lines.push(
      '',
      'not compared, since an error leaves them out on one side',
      ...view.notCompared.map((title) => `  ${visible(title)}`),
    );
  if (view.settings.length > 0)
    lines.push(
      '',
      'settings of the pack',
      ...view.settings.map((change) => `  ${visible(settingText(change))}`),
    );
  if (view.grouped) lines.push('', 'grouped searches', `  ${view.grouped.text}`);
  if (parameters.length > 0)
    lines.push('', 'parameters', ...parameters.map((line) => `  ${visible(line)}`));
  for (const [index, change] of view.changes.entries()) {
    const full = verbose || index < shownInFull;
    lines.push(
      ...(full ? ['', ...changeLines(change, view, options)] : [headLine(change, view, paint)]),
    );
  }
  if (sides.length > 0)
    lines.push(
      '',
      paint('bold', 'test events that change sides'),
      ...sides.map((side) => `  ${sideText(side)}`),
    );
  return `${lines.join('\n')}\n`;
}

const uncompiledText = ({ file, line, column, code, message, side }: SideUncompiled): string =>
  visible(`${file}:${line}:${column}: ${message} (${code}, ${side})`);

export function countsText(view: DiffView): string {
  const { counts, settings, grouped, unchanged } = view;
  if (counts.length === 0 && settings.length === 0 && !grouped)
    return `nothing changed (${counted(unchanged, 'detection')})`;
  const ofPack = settings.length === 0 ? [] : [`${settings.length} ${settingsWord(view)}`];
  return [
    ...counts.map(({ kind, count }) => `${count} ${wordsOf(kind, view)}`),
    ...ofPack,
    ...(grouped ? ['grouped searches changed'] : []),
    `${unchanged} unchanged`,
  ].join(', ');
}

function headLine(
  { kinds, title, severity, file }: ChangeView,
  view: DiffView,
  paint: Paint,
): string {
  const [first = 'text'] = kinds;
  const { sign, style } = signs[first];
  const what = kinds.map((kind) => wordsOf(kind, view)).join(', ');
  const head = paint(style, `${sign} ${visible(title)}`);
  const level = severity === undefined ? '' : ` (${severity})`;
  const place = file === '' ? '' : `  ${paint('dim', visible(file))}`;
  return `${head}${level}  ${what}${place}`;
}

function changeLines(
  change: ChangeView,
  view: DiffView,
  { paint, verbose }: DiffTextOptions,
): readonly string[] {
  const notes = verbose ? change.notes : firstOfEach(change.notes);
  const lines = [
    headLine(change, view, paint),
    ...notes.map((note) => `    ${noteText(note, paint)}`),
  ];
  for (const { target, pieces } of change.queries) {
    const shown = verbose ? pieces : shortened(pieces);
    lines.push(
      `    ${paint('dim', target)} ${shown.map((piece) => pieceText(piece, paint)).join('')}`,
    );
  }
  return lines;
}

function firstOfEach(notes: readonly Note[]): readonly Note[] {
  const counts = new Map<string, number>();
  const kept = notes.filter(({ label }) => {
    counts.set(label, (counts.get(label) ?? 0) + 1);
    return (counts.get(label) ?? 0) <= shownNotes;
  });
  const more = [...counts]
    .filter(([, count]) => count > shownNotes)
    .map(([label, count]) => ({
      label,
      text: `… ${count - shownNotes} more (--verbose shows them)`,
    }));
  return [...kept, ...more];
}

function noteText({ label, text, effect }: Note, paint: Paint): string {
  const shown = visible(text);
  const colour = effect === 'catches' ? 'green' : effect === 'drops' ? 'red' : undefined;
  return `${paint('dim', visible(label))} ${colour ? paint(colour, shown) : shown}`;
}

/** Signs as well as colours, which not every terminal shows. */
function pieceText({ kind, text }: QueryPiece, paint: Paint): string {
  const shown = visible(text);
  if (kind === 'same') return shown;
  return kind === 'added' ? paint('green', `{+${shown}+}`) : paint('red', `[-${shown}-]`);
}

const sideText = ({ title, test, before, after }: SideChange): string =>
  `${visible(title)}: ${visible(test)}: ${matchesText(before)} before, ${matchesText(after)} now`;

const matchesText = (count: number): string => counted(count, 'match', 'matches');
