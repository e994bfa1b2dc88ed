import type { Run } from './steps.ts';

/**
 * A line for each step with its seconds, in the order of their starts, and below it what failed,
 * with the end of its output: who reads a log from its end needs nothing else.
 */
export function tableOf(
  { done, stopped, busy }: Run,
  before: readonly { readonly name: string; readonly seconds: number }[] = [],
): string {
  const outer = before.map(({ name, seconds }) => ({
    name,
    result: 'passed',
    reason: '',
    started: 0,
    seconds,
    cpu: undefined,
  }));
  const ran = [...done].sort((a, b) => a.started - b.started);
  const head = before.reduce((sum, { seconds }) => sum + seconds, 0);
  const width = Math.max(...[...outer, ...ran].map(({ name }) => name.length), 4);
  const line = (cells: readonly string[]): string =>
    `${cells[0]?.padEnd(width)} ${cells
      .slice(1, 4)
      .map((cell) => cell.padStart(9))
      .join('')}  ${cells[4]}`;
  const rows = [
    ...outer.map((row) => ({ ...row, at: 0 })),
    ...ran.map((row) => ({ ...row, at: head + row.started })),
  ];
  const lines = rows.map(({ name, result, reason, at, seconds, cpu }) =>
    line([
      name,
      at.toFixed(0),
      seconds.toFixed(1),
      cpu?.toFixed(1) ?? '',
      result === 'passed' ? '' : `${result}: ${reason}`,
    ]).trimEnd(),
  );
  const end = Math.max(head, ...rows.map(({ at, seconds }) => at + seconds));
  const unpassed = ran.filter(({ result }) => result !== 'passed');
  const failed = unpassed.map(({ name }) => name);
  const ends = unpassed.flatMap(({ name, tail }) =>
    tail === '' ? [] : ['', `== the end of ${name}:`, tail.trimEnd()],
  );
  const last = stopped
    ? `stopped by ${stopped}`
    : failed.length === 0
      ? `all ${rows.length} steps passed`
      : `did not pass: ${failed.join(', ')}`;
  return [
    line(['step', 'from', 'seconds', 'CPU', '']).trimEnd(),
    ...lines,
    `${end.toFixed(0)} s in all, in which this machine worked ${busy.toFixed(0)} s of CPU, servers included`,
    last,
    ...ends,
    '',
  ].join('\n');
}
