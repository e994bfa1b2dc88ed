import type { PackConfig } from '../pack/config.ts';
import { enabledIds } from '../pack/enabled.ts';
import { scheduleProblems, searchesPerMinute } from '../pack/schedule-budget.ts';
import { compileRules } from './compile-rules.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import { openProject, reportProject, shownConfiguration } from './project.ts';
import { visible } from './report/visible.ts';

export interface StatsOptions {
  readonly config?: string;
  /** In place of those of the configuration. */
  readonly pipeline?: readonly string[];
  readonly all: boolean;
  readonly budget?: number;
  readonly format: 'text' | 'json';
}

/** `sigpack stats`: how the schedules of the Splunk app spread over the hour. Fails when a minute passes the budget, and where `sigpack build` does. */
export async function stats(paths: readonly string[], options: StatsOptions): Promise<ExitCode> {
  const answer = { format: 'text', verbose: false, names: options.format === 'text' ? 'first' : 'verbose' } as const;
  const request = {
    config: options.config,
    pipeline: options.pipeline,
    adjust: splunkAlone(options.budget),
    rules: paths,
    lock: { retire: paths.length === 0 },
  };
  const project = await openProject(request, answer);
  if ('code' in project) return project.code;
  const { loaded, terminal } = project;
  const { pack } = compileRules(project, paths);
  const { searchesPerMinute: budget } = loaded.config.splunk;
  const minutes = searchesPerMinute(pack, options.all ? 'all' : 'enabled');
  const problems = scheduleProblems(pack);
  const searches = options.all ? pack.splunk.length : enabledIds(pack, 'splunk').size;
  terminal.clear();
  if (options.format === 'json') {
    const configuration = shownConfiguration(loaded);
    const answered = { version: 1, configuration, searches, minutes, ...(budget === undefined ? {} : { budget }), problems };
    process.stdout.write(`${JSON.stringify(answered, null, 1)}\n`);
  } else process.stdout.write(histogram(searches, minutes, budget, terminal.width));
  const code = reportProject(project, answer);
  if (options.format === 'text') for (const problem of problems) process.stderr.write(`${terminal.paint('red', visible(problem))}\n`);
  return problems.length > 0 ? exitCodes.findings : code;
}

/** Graylog's event definitions have no schedule of an hour. */
const splunkAlone =
  (budget: number | undefined) =>
  (config: PackConfig): PackConfig => ({
    ...config,
    targets: ['splunk'],
    splunk: { ...config.splunk, ...(budget === undefined ? {} : { searchesPerMinute: budget }) },
  });

function histogram(searches: number, minutes: readonly number[], budget: number | undefined, width: number): string {
  const most = Math.max(0, ...minutes);
  const room = Math.max(10, Math.min(60, width - 20));
  const rows = minutes.map((count, minute) => {
    const over = budget !== undefined && count > budget ? ' over budget' : '';
    return `:${String(minute).padStart(2, '0')} ${String(count).padStart(5)} ${'█'.repeat(Math.ceil((count / Math.max(1, most)) * room))}${over}`;
  });
  const mean = minutes.reduce((sum, count) => sum + count, 0) / 60;
  return `${searches} ${searches === 1 ? 'search' : 'searches'}; starts on each minute of the worst hour (most ${most}, mean ${mean.toFixed(1)}${budget === undefined ? '' : `, budget ${budget}`})\n${rows.join('\n')}\n`;
}
