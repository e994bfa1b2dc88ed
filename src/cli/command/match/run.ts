import { EventError } from '../../../event/event-error.ts';
import { eventTime } from '../../../event/event-time.ts';
import { logSourceOf } from '../../../event/log-source.ts';
import {
  type CorrelationHit,
  type Correlator,
  correlatorOf,
} from '../../../match/correlation/correlation.ts';
import type { Event } from '../../../match/event.ts';
import type { EventSource } from '../../../match/event-source.ts';
import { createRuleIndex, type IndexedRule } from '../../../match/index/rule-index.ts';
import { type CompiledRule, createCombiner } from '../../../query/compile.ts';
import type { Rule } from '../../../sigma/collection/collection.ts';
import type { DiagnosticBag } from '../../../source/diagnostic.ts';
import { counted, plural } from '../../../source/plural.ts';
import { visible } from '../../../source/visible.ts';
import { CommandError } from '../../error/command-error.ts';
import type { ExitCode } from '../../error/exit-code.ts';
import { shownPath } from '../../files/rule-files.ts';
import { keepNurserySmall } from '../../process/small-nursery.ts';
import { processedRules, type RuleChoice } from '../../project/processed-rules.ts';
import { reportProject } from '../../project/project.ts';
import type { Paint } from '../../report/context.ts';
import { type FoundEvent, readEventBatches } from '../../rule-test/event-files.ts';
import { personText } from '../../terminal/guarded.ts';
import { createTerminal } from '../../terminal/terminal.ts';

export interface MatchOptions extends RuleChoice {
  readonly events: readonly string[];
  readonly format: 'text' | 'ndjson';
  /** Try the rules of all log sources on every event. */
  readonly allLogSources?: boolean;
}

/** A rule that matches an event; of a correlation, with the group that it now holds for. */
interface Found {
  readonly rule: Rule;
  readonly group?: CorrelationHit['group'];
}

/** `sigpack match`: the rules that match each event of a stream, as the events come. */
export async function match(paths: readonly string[], options: MatchOptions): Promise<ExitCode> {
  keepNurserySmall();
  const processed = await processedRules(paths, options);
  if (!processed.ok) return processed.error;
  const { project, answer, served } = processed.value;
  const { bag } = project;
  const combine = createCombiner(bag);
  let unknown = 0;
  let timeless = 0;
  const sourceOf = (event: Event): EventSource | undefined => {
    const source = logSourceOf(event);
    if (!source) unknown++;
    return source;
  };
  const rules = processed.value.rules.flatMap((settled) =>
    served.has(settled) ? [] : (combine(settled) ?? []),
  );
  const find = createFinder(rules, {
    bag,
    sourceOf: options.allLogSources ? () => undefined : sourceOf,
    onTimeless: () => timeless++,
  });
  const write =
    options.format === 'ndjson'
      ? ndjsonWriter
      : textWriter(createTerminal(process.stdout, process.env, () => 0).paint);
  let events = 0;
  let matched = 0;
  const matchBatch = (batch: Iterable<FoundEvent>, output: string[]): void => {
    for (const one of batch) {
      events++;
      const fulfilled = find(one.event);
      if (fulfilled.length === 0) continue;
      matched++;
      output.push(write(one, fulfilled));
    }
  };
  try {
    for await (const batch of readEventBatches(
      options.events.includes('-') ? '-' : options.events,
      'sigma',
    )) {
      const output: string[] = [];
      try {
        matchBatch(batch, output);
      } finally {
        // also prints the matches before an event that can't be read
        await print(options.format === 'text' ? personText(output.join('')) : output.join(''));
      }
    }
  } catch (error) {
    if (error instanceof EventError) throw new CommandError(error.message);
    throw error;
  }
  const code = reportProject(project, answer);
  process.stderr.write(`${matched} of ${counted(events, 'event')} matched\n`);
  if (timeless > 0) process.stderr.write(withoutTime(timeless));
  if (!options.allLogSources && unknown < events) process.stderr.write(narrowing(unknown));
  return code;
}

/** Notes which rules were not tried. */
function narrowing(unknown: number): string {
  const others = unknown === 0 ? '' : `, ${unknown} of unknown origin with all rules`;
  return (
    `Events were only tested with the rules of their log source${others}; ` +
    `--all-log-sources tests them with all rules\n`
  );
}

const withoutTime = (count: number): string =>
  `${counted(count, 'event has', 'events have')} no known time: ` +
  `correlations were not tested on ${plural(count, 'it', 'them')}\n`;

/** Waits while the reader of the output is slower. */
async function print(text: string): Promise<void> {
  if (text !== '' && !process.stdout.write(text))
    await new Promise((resolve) => process.stdout.once('drain', resolve));
}

interface Finding {
  readonly bag: DiagnosticBag;
  readonly sourceOf: (event: Event) => EventSource | undefined;
  /** Called for each event that correlations can't be matched with, if there are correlations. */
  readonly onTimeless: () => void;
}

/** Matches the detections together, by their index, and each correlation alone. */
function createFinder(
  rules: readonly CompiledRule[],
  { bag, sourceOf, onTimeless }: Finding,
): (event: Event) => readonly Found[] {
  const unmatchable = ({ rule }: CompiledRule, reason: string): void => {
    bag.add(rule.file, { code: 'TST004', message: reason, span: rule.titleSpan });
  };
  // of the current event
  let source: EventSource | undefined;
  const indexed = new Map<string, CompiledRule>();
  const detections: IndexedRule[] = [];
  const correlations: { readonly rule: Rule; readonly push: Correlator }[] = [];
  for (const [number, compiled] of rules.entries()) {
    if (compiled.kind === 'detection') {
      indexed.set(String(number), compiled);
      const { logsource } = compiled.rule;
      detections.push({ id: String(number), query: compiled.query, logsource });
      continue;
    }
    const correlator = correlatorOf(compiled, {
      history: 'unknown',
      asks: ({ logsource }) => source?.allows(logsource) ?? true,
    });
    if (correlator.ok) correlations.push({ rule: compiled.rule, push: correlator.value });
    else unmatchable(compiled, correlator.error);
  }
  const index = createRuleIndex(detections, { logSourceOf: () => source });
  for (const { id, reason } of index.unmatchable) {
    const compiled = indexed.get(id);
    if (compiled) unmatchable(compiled, reason);
  }
  return (event) => {
    source = sourceOf(event);
    const found: Found[] = index.matchesOf(event).flatMap((id) => {
      const compiled = indexed.get(id);
      return compiled ? [{ rule: compiled.rule }] : [];
    });
    if (correlations.length === 0) return found;
    const time = eventTime(event);
    // an event without a time is in no window
    if (time === undefined) onTimeless();
    else
      for (const { rule, push } of correlations)
        found.push(...push(event, time).map(({ group }) => ({ rule, group })));
    return found;
  };
}

type Writer = (event: FoundEvent, found: readonly Found[]) => string;

const ndjsonWriter: Writer = ({ file, line, event }, found) =>
  `${JSON.stringify({
    file,
    line,
    rules: found.map(({ rule, group }) => ({
      id: rule.id,
      title: rule.title,
      level: rule.level,
      file: shownPath(rule.file.path),
      group,
    })),
    event,
  })}\n`;

const textWriter =
  (paint: Paint): Writer =>
  ({ file, line }, found) =>
    found
      .map(({ rule, group }) => {
        const key =
          group === undefined || group.length === 0
            ? ''
            : ` ${paint('dim', visible(group.join(', ')))}`;
        const level = rule.level === undefined ? '' : paint('dim', ` (${rule.level})`);
        return `${visible(file)}:${line}: ${visible(rule.title)}${level}${key}\n`;
      })
      .join('');
