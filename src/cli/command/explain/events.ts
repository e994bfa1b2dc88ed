import { EventError } from '../../../event/event-error.ts';
import type { Event } from '../../../match/event.ts';
import { createCombiner, type SettledRule } from '../../../query/compile.ts';
import { explainedMatch } from '../../../rule-test/explanation.ts';
import { proverOf } from '../../../rule-test/prove.ts';
import type { DiagnosticBag } from '../../../source/diagnostic.ts';
import { counted } from '../../../source/plural.ts';
import { positionAt } from '../../../source/span.ts';
import { visible } from '../../../source/visible.ts';
import { CommandError } from '../../error/command-error.ts';
import type { ExitCode } from '../../error/exit-code.ts';
import { processedRules, type RuleChoice } from '../../project/processed-rules.ts';
import { reportProject } from '../../project/project.ts';
import type { Paint } from '../../report/context.ts';
import { reasonLines } from '../../report/reason-lines.ts';
import { readEvents } from '../../rule-test/event-files.ts';
import { printText } from '../../terminal/guarded.ts';
import { createTerminal } from '../../terminal/terminal.ts';

export interface ExplainEventOptions extends RuleChoice {
  readonly event: string;
}

/** Values of a list that are shown without --verbose. */
const shownParts = 12;

/**
 * `sigpack explain --event`: for each event of a file, which part of a rule's condition holds,
 * pattern against value.
 */
export async function explainEvents(
  paths: readonly string[],
  options: ExplainEventOptions,
): Promise<ExitCode> {
  const processed = await processedRules(paths, { ...options, keepsConstant: true });
  if (!processed.ok) return processed.error;
  const { rules, project, answer } = processed.value;
  const { bag } = project;
  const events = await eventsOf(options.event);
  const style: Style = {
    paint: createTerminal(process.stdout, process.env, () => 0).paint,
    maximumParts: options.verbose ? Number.POSITIVE_INFINITY : shownParts,
  };
  const texts = rules.map((settled) => explained(settled, events, bag, style));
  printText(texts.join('\n'));
  return reportProject(project, answer);
}

async function eventsOf(path: string): Promise<readonly Event[]> {
  const events: Event[] = [];
  try {
    for await (const { event } of readEvents(path === '-' ? '-' : [path], 'sigma'))
      events.push(event);
  } catch (error) {
    if (error instanceof EventError) throw new CommandError(error.message);
    throw error;
  }
  if (events.length === 0) throw new CommandError(`${path} holds no event`);
  return events;
}

interface Style {
  readonly paint: Paint;
  readonly maximumParts: number;
}

function explained(
  settled: SettledRule,
  events: readonly Event[],
  bag: DiagnosticBag,
  style: Style,
): string {
  const { rule } = settled;
  const place = `${visible(rule.file.path)}:${positionAt(rule.file, rule.titleSpan.start).line}`;
  const head = [style.paint('bold', visible(rule.title)), style.paint('dim', place), ''];
  const lines =
    settled.kind === 'correlation'
      ? correlationLines(settled, events, bag)
      : eventLines(settled, events, bag, style);
  return `${[...head, ...lines].join('\n')}\n`;
}

function eventLines(
  settled: SettledRule & { readonly kind: 'detection' },
  events: readonly Event[],
  bag: DiagnosticBag,
  style: Style,
): readonly string[] {
  const compiled = createCombiner(bag)(settled);
  if (!compiled) return ['the rule does not compile'];
  const prover = proverOf(compiled);
  if (!prover.ok) {
    bag.add(settled.rule.file, {
      code: 'TST004',
      message: prover.error,
      span: settled.rule.titleSpan,
    });
    return [`the rule cannot be matched here: ${visible(prover.error)}`];
  }
  return events.flatMap((event, index) => {
    const reason = explainedMatch(settled, event);
    if (!reason) return [];
    const verdict = reason.holds
      ? style.paint('green', 'matches')
      : style.paint('red', 'does not match');
    return [
      ...(index > 0 ? [''] : []),
      `event ${index + 1} ${verdict}`,
      ...reasonLines(reason, style),
    ];
  });
}

/** All that a correlation shows of single events is how many of them its rules find. */
function correlationLines(
  settled: SettledRule & { readonly kind: 'correlation' },
  events: readonly Event[],
  bag: DiagnosticBag,
): readonly string[] {
  return settled.parts.map((part) => {
    const compiled = createCombiner(bag)(part);
    const prover = compiled && proverOf(compiled);
    const found = prover?.ok
      ? prover
          .value(events.map((event) => ({ event, time: undefined })))
          .filter((count) => count > 0).length
      : 0;
    return `${visible(part.rule.title)} finds ${found} of ${counted(events.length, 'event')}`;
  });
}
