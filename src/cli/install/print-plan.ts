import type { InstallPlan } from '../../install/plan.ts';
import { type PlanLine, packName, planLines } from '../../install/plan-text.ts';
import { clipped, visible } from '../../source/visible.ts';
import type { Paint } from '../report/context.ts';
import { printText } from '../terminal/guarded.ts';

export interface PlanPrinting {
  readonly paint: Paint;
  /** Every object, however many there are. */
  readonly verbose: boolean;
  /** The command that returns to what is taken over. */
  readonly wayBack: string;
}

/** Lines shown without --verbose. */
const shownLines = 200;

export function printPlan(plan: InstallPlan, { paint, verbose, wayBack }: PlanPrinting): void {
  const { pack, to, objects, drift } = plan;
  if (objects.length === 0 && drift.length === 0 && plan.adopts === undefined) return;
  const from = pack.from === null ? 'nothing' : pack.from;
  printText(`${paint('bold', visible(`${to}: ${packName(plan)}, ${from} → ${pack.version}`))}\n`);
  const lines = planLines(plan, wayBack, verbose);
  const shown = verbose ? lines : lines.slice(0, shownLines);
  for (const line of shown) printText(`${lineText(line, paint)}\n`);
  if (shown.length < lines.length)
    printText(`  ... ${lines.length - shown.length} lines more (--verbose shows them)\n`);
}

const signColours = {
  '+': 'green',
  '~': 'yellow',
  '-': 'red',
  o: 'yellow',
  '!': 'yellow',
} as const;

/** Characters of a name or a value that are shown. */
const longestText = 1000;

const shown = (text: string): string => visible(clipped(text, longestText));

export function lineText(line: PlanLine, paint: Paint): string {
  if (line.kind === 'object')
    return `  ${paint(signColours[line.sign], line.sign)} ${shown(line.text)}`;
  if (line.kind === 'hint') return `    ${shown(line.text)}`;
  if (line.kind === 'reference') return `  = ${shown(line.text)}`;
  if (line.kind === 'drift') return `  ${paint(signColours['!'], '!')} ${shown(line.text)}`;
  const pieces = line.pieces.map(({ kind, text }) => {
    if (kind === 'same') return shown(text);
    return kind === 'removed'
      ? paint('red', `[-${shown(text)}-]`)
      : paint('green', `{+${shown(text)}+}`);
  });
  return `      ${shown(line.name)}: ${pieces.join('')}`;
}
