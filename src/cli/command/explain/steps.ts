import { ruleLines } from '../../../pipeline/describe.ts';
import type { ProcessingItem } from '../../../pipeline/pipeline.ts';
import type { OnStep } from '../../../pipeline/run/process.ts';
import type { Rule } from '../../../sigma/collection/collection.ts';
import { positionAt } from '../../../source/span.ts';
import { visible } from '../../../source/visible.ts';
import type { Paint } from '../../report/context.ts';
import { type LineChange, lineChanges } from './line-changes.ts';

/** What pipelines do to rules, as it happens. */
export interface StepList {
  readonly onStep: OnStep;
  /** A paragraph for each item that changed the rule, or under --verbose for every item. */
  readonly linesOf: (rule: Rule) => readonly string[];
}

interface RuleSteps {
  readonly lines: string[];
  /** The rule after the step before. */
  before: readonly string[];
  /** Of the last item. */
  number: number;
}

/** `isWanted`: rules that are explained; others only pass. */
export function createStepList(
  isWanted: (rule: Rule) => boolean,
  paint: Paint,
  verbose: boolean,
): StepList {
  const known = new Map<string, RuleSteps>();
  return {
    onStep({ item, applied, rule }) {
      if (!isWanted(rule.rule)) return;
      const after = ruleLines(rule);
      const steps = known.get(placeOf(rule.rule));
      if (!steps) {
        known.set(placeOf(rule.rule), { lines: [], before: after, number: 0 });
        return;
      }
      if (item) steps.number++;
      const changes = lineChanges(steps.before, after);
      steps.before = after;
      if (changes.length === 0 && !(verbose && item)) return;
      const what = applied ? (changes.length > 0 ? '' : ', no change') : ', conditions do not hold';
      steps.lines.push(
        item ? headOf(steps.number, item, what, paint) : paint('cyan', 'Names by rule'),
        ...changes.map((change) => changeText(change, paint, verbose)),
      );
    },
    linesOf: (rule) => known.get(placeOf(rule))?.lines ?? [],
  };
}

/** A rule by its place, as pipelines make new objects of it. */
export const placeOf = ({ file, span }: Rule): string => `${span.start} ${file.path}`;

function headOf(number: number, item: ProcessingItem, what: string, paint: Paint): string {
  const place = `${item.file.path}:${positionAt(item.file, item.span.start).line}`;
  const head = paint('cyan', `${number}. ${visible(item.id)}`);
  return `${head} ${item.type}${what} ${paint('dim', place)}`;
}

/** A state may be a list of all fields of a product, of which the first are enough. */
const longestState = 200;

function changeText({ kind, line }: LineChange, paint: Paint, verbose: boolean): string {
  const isLong = !verbose && line.startsWith('state ') && line.length > longestState;
  const text = isLong
    ? `${visible(line.slice(0, longestState))}… (--verbose shows all)`
    : visible(line);
  return kind === 'added' ? paint('green', `   + ${text}`) : paint('red', `   - ${text}`);
}
