import { fenceFor, markdownText } from '../docs/escape.ts';
import type { ChangeKind } from './diff.ts';
import { type ChangeView, type DiffView, wordsOf } from './diff-view.ts';
import { shortened } from './query-diff.ts';
import type { SideChange } from './side-change.ts';

/** Comments of GitHub and GitLab hold 65,536 characters and a million; the rest is counted. */
const maximumLength = 60_000;

const headingOf = (kind: ChangeKind, view: DiffView): string => wordsOf(kind, view).replace(/^./, (first) => first.toUpperCase());

/** For a comment on a pull request: a section a kind, a detection under its weightiest one. */
export function diffMarkdown(view: DiffView, sides: readonly SideChange[]): string {
  const lines = [`## Detections: ${markdownText(view.from)} → ${markdownText(view.to)}`, ''];
  if (view.counts.length === 0) return `${[...lines, `Nothing changed in ${view.unchanged} detections.`].join('\n')}\n`;
  lines.push(`${view.counts.map(({ kind, count }) => `**${count}** ${wordsOf(kind, view)}`).join(', ')}, ${view.unchanged} unchanged.`, '');
  for (const name of view.parameters.removed) lines.push(`- parameter gone: ${markdownText(name)}`);
  for (const name of view.parameters.added) lines.push(`- new parameter: ${markdownText(name)}`);
  if (sides.length > 0) lines.push('### Test events that change sides', '', ...sides.map(sideLine), '');
  const blocks: string[] = [];
  let before: ChangeKind | undefined;
  for (const change of view.changes) {
    const [kind = 'text'] = change.kinds;
    blocks.push(`${kind === before ? '' : `### ${headingOf(kind, view)}\n\n`}${changeBlock(change, view)}`);
    before = kind;
  }
  return `${lines.join('\n')}\n${fitted(blocks)}`;
}

const sideLine = ({ title, test, before, after }: SideChange): string => `- ${markdownText(title)}: ${markdownText(test)}: ${before} → ${after} matches`;

function fitted(blocks: readonly string[]): string {
  let text = '';
  for (const [index, block] of blocks.entries()) {
    if (text.length + block.length > maximumLength) return `${text}\n… and ${blocks.length - index} more.\n`;
    text += block;
  }
  return text;
}

function changeBlock({ title, severity, file, kinds, notes, queries }: ChangeView, view: DiffView): string {
  const also = kinds.slice(1).map((kind) => wordsOf(kind, view));
  const about = [severity, file === '' ? undefined : markdownText(file), ...also].filter((part) => part !== undefined).join(', ');
  const lines = [`- **${markdownText(title)}**${about === '' ? '' : ` (${about})`}`];
  for (const { label, text, effect } of notes)
    lines.push(`  - ${effect === 'catches' ? '➕ ' : effect === 'drops' ? '➖ ' : ''}${markdownText(label)}: ${markdownText(text)}`);
  for (const { target, pieces } of queries) {
    const text = shortened(pieces)
      .map(({ kind, text: one }) => (kind === 'same' ? one : kind === 'added' ? `{+${one}+}` : `[-${one}-]`))
      .join('')
      .replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, ' ');
    const fence = fenceFor(text);
    lines.push(`  - ${target}`, '', `    ${fence}text`, `    ${text}`, `    ${fence}`);
  }
  return `${lines.join('\n')}\n`;
}
