import type { Found, Reason } from '../../rule-test/explanation.ts';
import { visible } from '../../source/visible.ts';
import { fitting } from './cells.ts';
import type { Paint } from './context.ts';

export interface ReasonStyle {
  readonly paint: Paint;
  /** Parts shown of one whole; the others are counted. */
  readonly maximumParts: number;
}

/** Cells that a value of the rule or of the event takes. */
const maximumCells = 160;

/**
 * A reason and what it is made of, a line each: `✗ Image|endswith: '\cmd.exe'  the event has
 * "C:\a.exe"`.
 */
export function reasonLines(reason: Reason, style: ReasonStyle, indent = ''): readonly string[] {
  const { paint, maximumParts } = style;
  const mark = reason.holds ? paint('green', '✓') : paint('red', '✗');
  const found = reason.found === undefined ? '' : `  ${paint('dim', foundText(reason.found))}`;
  const text =
    reason.kind === 'condition' || reason.kind === 'selection'
      ? paint('bold', shown(reason.text))
      : shown(reason.text);
  const children = reason.children.slice(0, maximumParts);
  const left = reason.children.length - children.length;
  return [
    `${indent}${mark} ${text}${linkText(reason)}${found}`,
    ...children.flatMap((child) => reasonLines(child, style, `${indent}  `)),
    ...(left > 0 ? [`${indent}  ${paint('dim', `… ${left} more`)}`] : []),
  ];
}

function shown(text: string): string {
  const safe = visible(text);
  const fits = fitting(safe, maximumCells);
  return fits === safe ? safe : `${fits}…`;
}

/** How listed values or entries are linked, unless the text shows it. */
function linkText({ kind, link, children, text }: Reason): string {
  if (children.length < 2 || kind === 'condition') return '';
  if (kind === 'item')
    return link === 'and' ? (text.includes('|all') ? '' : ' (all of)') : ' (one of)';
  return link === 'and' ? ' (all of)' : ' (one of)';
}

function foundText(found: Found): string {
  switch (found.kind) {
    case 'values':
      return `the event has ${found.values.map((value) => quoted(shown(value))).join(', ')}`;
    case 'absent': {
      const near = found.near === undefined ? '' : `, but ${shown(found.near)}`;
      return `the event has no ${shown(found.field)}${near}`;
    }
    case 'anywhere':
      return 'anywhere in the event';
  }
}

const quoted = (text: string): string => `"${text}"`;
