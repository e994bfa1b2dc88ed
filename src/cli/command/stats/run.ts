import {
  budgetErrors,
  groupedLoad,
  loadOf,
  loadOfMinutes,
  scheduledCrons,
  searchesPerMinute,
} from '../../../artifact/schedule-budget.ts';
import { estimatedWork } from '../../../artifact/work-estimate.ts';
import type { PackConfig } from '../../../pack/config/config.ts';
import type { Pack } from '../../../pack/pack.ts';
import { countedText, numberText } from '../../../source/number-text.ts';
import { visible } from '../../../source/visible.ts';
import { type ExitCode, exitCodes } from '../../error/exit-code.ts';
import { compileRules } from '../../project/compile-rules.ts';
import { openProject, reportProject, shownConfiguration } from '../../project/project.ts';
import { leftOffLines, loadText, roomierSetting } from '../../report/load-lines.ts';
import { printText } from '../../terminal/guarded.ts';
import { groupedLines, workLines } from './grouped-lines.ts';

export interface StatsOptions {
  readonly config?: string;
  /** In place of those of the configuration. */
  readonly pipeline?: readonly string[];
  readonly all: boolean;
  readonly budget?: number;
  /** Events a minute by log source. */
  readonly eventsPerMinute?: ReadonlyMap<string, number>;
  readonly format: 'text' | 'json';
}

/**
 * `sigpack stats`: how the schedules of the Splunk app spread over the hour, and what Graylog runs.
 * Fails when a budget is exceeded, and where `sigpack build` fails.
 */
export async function stats(paths: readonly string[], options: StatsOptions): Promise<ExitCode> {
  const answer = {
    format: 'text',
    verbose: false,
    names: options.format === 'text' ? 'first' : 'verbose',
  } as const;
  const request = {
    config: options.config,
    pipeline: options.pipeline,
    adjust: withSplunk(options.budget),
    rules: paths,
    lock: { retire: paths.length === 0 },
  };
  const opened = await openProject(request, answer);
  if (!opened.ok) return opened.error;
  const project = opened.value;
  const { loaded, terminal } = project;
  const pack = compileRules(project, paths).pack();
  const { searchesPerMinute: budget } = loaded.config.splunk;
  const minutes = searchesPerMinute(pack, options.all ? 'all' : 'enabled');
  const reasons = budgetErrors(pack);
  const leftOff = Object.fromEntries(
    loaded.config.targets.map((target) => [target, pack.leftOff[target].map(({ id }) => id)]),
  );
  const graylog = loaded.config.targets.includes('graylog')
    ? { graylog: loadOf(pack, 'graylog') }
    : {};
  const searches = scheduledCrons(pack, options.all ? 'all' : 'enabled').length;
  const grouped = groupedLoad(pack, options.all ? 'all' : 'enabled');
  const work = options.eventsPerMinute ? estimatedWork(pack, options.eventsPerMinute) : [];
  terminal.clear();
  if (options.format === 'json') {
    const configuration = shownConfiguration(loaded);
    const answered = {
      version: 1,
      configuration,
      searches,
      minutes,
      budget,
      ...(grouped === undefined ? {} : { grouped }),
      ...(work.length === 0 ? {} : { work }),
      ...graylog,
      leftOff,
      problems: reasons,
    };
    process.stdout.write(`${JSON.stringify(answered, null, 1)}\n`);
  } else
    printText(
      [
        histogram(searches, minutes, budget, terminal.width),
        ...(grouped === undefined ? [] : groupedLines(grouped)),
        ...workLines(work, pack),
        ...loadLines(pack),
      ].join(''),
    );
  const code = reportProject(project, answer);
  if (options.format === 'text')
    for (const reason of reasons)
      process.stderr.write(`${terminal.paint('red', visible(reason))}\n`);
  return reasons.length > 0 ? exitCodes.findings : code;
}

/** The load that the histogram does not show. */
const loadLines = (pack: Pack): readonly string[] =>
  pack.config.targets.flatMap((target) => {
    const load = target === 'graylog' ? [loadText(target, loadOf(pack, target))] : [];
    const roomier = roomierSetting(target, pack.config);
    const off = leftOffLines(target, pack.leftOff[target], { names: false, roomier });
    return [...load, ...off].map((line) => `${line}\n`);
  });

/**
 * The histogram is of Splunk. A budget of the command line is only compared with; nothing is left
 * off for it.
 */
const withSplunk =
  (budget: number | undefined) =>
  (config: PackConfig): PackConfig => ({
    ...config,
    targets: ['splunk', ...config.targets.filter((target) => target !== 'splunk')],
    ...(budget === undefined
      ? {}
      : { overBudget: 'warn', splunk: { ...config.splunk, searchesPerMinute: budget } }),
  });

function histogram(
  searches: number,
  minutes: readonly number[],
  budget: number,
  width: number,
): string {
  const { most, mean } = loadOfMinutes(minutes);
  const room = Math.max(10, Math.min(60, width - 20));
  const rows = minutes.map((count, minute) => {
    const start = `:${String(minute).padStart(2, '0')} ${String(count).padStart(5)}`;
    const bar = '█'.repeat(Math.ceil((count / Math.max(1, most)) * room));
    return `${start} ${bar}${count > budget ? ' over budget' : ''}`;
  });
  const numbers = `most ${numberText(most)}, mean ${mean.toFixed(1)}, budget ${budget}`;
  const head =
    `${countedText(searches, 'search', 'searches')}; starts on each minute of the worst hour ` +
    `(${numbers})`;
  return `${head}\n${rows.join('\n')}\n`;
}
