import {
  budgetErrors,
  type GroupedLoad,
  groupedLoad,
  loadOf,
  loadOfMinutes,
  scheduledCrons,
  searchesPerMinute,
} from '../../../artifact/schedule-budget.ts';
import { estimatedWork, type SourceWork } from '../../../artifact/work-estimate.ts';
import type { PackConfig } from '../../../pack/config/config.ts';
import type { Pack } from '../../../pack/pack.ts';
import { countedText, numberText } from '../../../source/number-text.ts';
import { visible } from '../../../source/visible.ts';
import { CommandError } from '../../error/command-error.ts';
import { type ExitCode, exitCodes } from '../../error/exit-code.ts';
import { compileRules, reportPack } from '../../project/compile-rules.ts';
import { lintOf } from '../../project/lint.ts';
import {
  openProject,
  type Project,
  reportProject,
  shownConfiguration,
} from '../../project/project.ts';
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
    adjust: withBudget(options.budget),
    rules: paths,
    lock: { retire: paths.length === 0 },
  };
  const opened = await openProject(request, answer);
  if (!opened.ok) return opened.error;
  const project = opened.value;
  const { loaded, terminal } = project;
  refuseForSplunk(project, options);
  const which = options.all ? 'all' : 'enabled';
  const lint = await lintOf(project, paths, false);
  const compilation = compileRules(project, paths, lint?.onRule);
  const pack = compilation.pack();
  lint?.finish();
  reportPack(project, pack, paths, compilation.counts().files);
  const { targets } = loaded.config;
  const reasons = budgetErrors(pack);
  const leftOff = Object.fromEntries(
    targets.map((target) => [target, pack.leftOff[target].map(({ id }) => id)]),
  );
  const graylog = targets.includes('graylog') ? { graylog: loadOf(pack, 'graylog', which) } : {};
  const splunk = targets.includes('splunk') ? splunkLoad(pack, options) : undefined;
  terminal.clear();
  if (options.format === 'json') {
    const configuration = shownConfiguration(loaded);
    const answered = {
      version: 1,
      configuration,
      ...splunk,
      ...graylog,
      leftOff,
      problems: reasons,
    };
    process.stdout.write(`${JSON.stringify(answered, null, 1)}\n`);
  } else
    printText(
      [
        ...(splunk ? splunkLines(splunk, pack, terminal.width) : []),
        ...loadLines(pack, which),
      ].join(''),
    );
  const code = reportProject(project, answer);
  if (options.format === 'text')
    for (const reason of reasons)
      process.stderr.write(`${terminal.paint('red', visible(reason))}\n`);
  return reasons.length > 0 ? exitCodes.findings : code;
}

/** These options are about searches of Splunk, which not every project has. */
function refuseForSplunk({ loaded, unchosen }: Project, options: StatsOptions): void {
  const { targets } = loaded.config;
  if (targets.includes('splunk') || unchosen.includes('splunk')) return;
  const given = Object.entries({
    '--budget': options.budget,
    '--events-per-minute': options.eventsPerMinute,
  }).find(([, value]) => value !== undefined);
  if (given)
    throw new CommandError(
      `${given[0]} is about searches of Splunk, and \`targets\` has no splunk`,
    );
}

/** What the Splunk app starts. */
interface SplunkLoad {
  readonly searches: number;
  readonly minutes: readonly number[];
  readonly budget: number;
  readonly grouped?: GroupedLoad;
  readonly work?: readonly SourceWork[];
}

function splunkLoad(pack: Pack, { all, eventsPerMinute }: StatsOptions): SplunkLoad {
  const which = all ? 'all' : 'enabled';
  const grouped = groupedLoad(pack, which);
  const work = eventsPerMinute ? estimatedWork(pack, eventsPerMinute) : [];
  return {
    searches: scheduledCrons(pack, which).length,
    minutes: searchesPerMinute(pack, which),
    budget: pack.config.splunk.searchesPerMinute,
    ...(grouped === undefined ? {} : { grouped }),
    ...(work.length === 0 ? {} : { work }),
  };
}

const splunkLines = (
  { searches, minutes, budget, grouped, work = [] }: SplunkLoad,
  pack: Pack,
  width: number,
): readonly string[] => [
  histogram(searches, minutes, budget, width),
  ...(grouped === undefined ? [] : groupedLines(grouped)),
  ...workLines(work, pack),
];

/** The load that the histogram does not show. */
const loadLines = (pack: Pack, which: 'enabled' | 'all'): readonly string[] =>
  pack.config.targets.flatMap((target) => {
    const load =
      target === 'graylog'
        ? [loadText(target, loadOf(pack, target, which)), detectionsText(pack)]
        : [];
    const roomier = roomierSetting(target, pack.config);
    const off = leftOffLines(target, pack.leftOff[target], { names: false, roomier });
    return [...load, ...off].map((line) => `${line}\n`);
  });

/** Graylog starts definitions when it likes: their number is all that there is beside the rate. */
function detectionsText({ graylog }: Pack): string {
  const off = graylog.filter(({ detection }) => !detection.settings.enabled).length;
  const of = countedText(graylog.length, 'detection');
  return `  ${of}${off === 0 ? '' : `, ${numberText(off)} of them switched off`}`;
}

/** A budget of the command line is only compared with; nothing is left off for it. */
const withBudget =
  (budget: number | undefined) =>
  (config: PackConfig): PackConfig => ({
    ...config,
    // the histogram comes first
    targets: config.targets.toSorted(
      (one, other) => Number(other === 'splunk') - Number(one === 'splunk'),
    ),
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
    return `${start} ${bar}${count > budget ? ' over budget' : ''}`.trimEnd();
  });
  const numbers = `most ${numberText(most)}, mean ${mean.toFixed(1)}, budget ${budget}`;
  const head =
    `${countedText(searches, 'search', 'searches')}; starts on each minute of the worst hour ` +
    `(${numbers})`;
  return `${head}\n${rows.join('\n')}\n`;
}
