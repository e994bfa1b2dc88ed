import { dirname, join, resolve } from 'node:path';
import { visible } from '../../../source/visible.ts';
import { type ExitCode, exitCodes } from '../../error/exit-code.ts';
import { shownPath } from '../../files/rule-files.ts';
import { finishRelease } from '../../release/files.ts';
import { printText } from '../../terminal/guarded.ts';
import { configurationLine } from '../../terminal/report.ts';
import { createTerminal } from '../../terminal/terminal.ts';

/**
 * Finishes a release that was cut off, so that the user sees what it had decided before anything
 * else is decided. Undefined where there is none to finish.
 */
export function finishInterrupted(path: string): ExitCode | undefined {
  const folder = dirname(resolve(path));
  const finished = finishRelease(folder);
  if (!finished) return undefined;
  const shown = (one: string): string => visible(shownPath(join(folder, one)));
  if (finished.kind === 'given up') {
    printText(
      `gave up a release that was cut off: ${shown(finished.path)} is there already, and ` +
        `nothing else had been moved\n`,
    );
    return undefined;
  }
  const lines = [
    configurationLine(path, createTerminal(process.stdout, process.env, () => 0).paint),
    'finished the release that was cut off:\n',
    ...finished.paths.map((one) => `  ${shown(one)}\n`),
    'Now commit these and tag the commit with the version in sigpack.lock.\n',
  ];
  printText(lines.join(''));
  return exitCodes.success;
}
