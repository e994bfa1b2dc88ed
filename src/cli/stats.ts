import { assemblePack } from '../pack/pack.ts';
import { scheduleProblems, searchesPerMinute } from '../pack/schedule-budget.ts';
import { createBag } from '../source/diagnostic.ts';
import { rulePaths } from './compile-rules.ts';
import { loadConfig } from './config-file.ts';
import { type ExitCode, exitCodes, UsageError } from './exit-code.ts';
import { loadRules } from './load.ts';
import { visible } from './report/visible.ts';
import { createTerminal } from './terminal.ts';

export interface StatsOptions {
  readonly config?: string;
  readonly all: boolean;
  readonly budget?: number;
  readonly format: 'text' | 'json';
}

/** `sigpack stats`: how the schedules of the Splunk app spread over the hour. Fails when a minute passes the budget. */
export function stats(paths: readonly string[], options: StatsOptions): ExitCode {
  const terminal = createTerminal(process.stderr, process.env, () => performance.now());
  const loaded = loadConfig(options.config);
  if (!('config' in loaded)) throw new UsageError('the configuration is invalid; `sigpack check` shows how');
  const { budget = loaded.config.splunk.searchesPerMinute } = options;
  const splunk = { ...loaded.config.splunk, ...(budget === undefined ? {} : { searchesPerMinute: budget }) };
  const bag = createBag();
  const { collection } = loadRules(rulePaths(paths, loaded), bag, terminal);
  const pack = assemblePack({ collection, config: { ...loaded.config, splunk, targets: ['splunk'] }, bag });
  const unread = bag.list.filter(({ code }) => code === 'SIG001').map(({ message }) => message);
  const minutes = searchesPerMinute(pack, options.all ? 'all' : 'enabled');
  const problems = scheduleProblems(pack);
  terminal.clear();
  const searches = options.all ? pack.splunk.length : pack.splunk.filter(({ detection }) => detection.settings.enabled).length;
  if (options.format === 'json')
    process.stdout.write(`${JSON.stringify({ version: 1, searches, minutes, ...(budget === undefined ? {} : { budget }), problems }, null, 1)}\n`);
  else process.stdout.write(histogram(searches, minutes, budget, terminal.width));
  for (const problem of options.format === 'text' ? [...unread, ...problems] : unread) process.stderr.write(`${terminal.paint('red', visible(problem))}\n`);
  return unread.length + problems.length > 0 ? exitCodes.findings : exitCodes.success;
}

function histogram(searches: number, minutes: readonly number[], budget: number | undefined, width: number): string {
  const most = Math.max(1, ...minutes);
  const room = Math.max(10, Math.min(60, width - 20));
  const rows = minutes.map((count, minute) => {
    const over = budget !== undefined && count > budget ? ' over budget' : '';
    return `:${String(minute).padStart(2, '0')} ${String(count).padStart(5)} ${'█'.repeat(Math.ceil((count / most) * room))}${over}`;
  });
  const mean = minutes.reduce((sum, count) => sum + count, 0) / 60;
  return `${searches} ${searches === 1 ? 'search' : 'searches'}; starts on each minute of the worst hour (most ${most}, mean ${mean.toFixed(1)}${budget === undefined ? '' : `, budget ${budget}`})\n${rows.join('\n')}\n`;
}
