import { join } from 'node:path';
import type { BumpDecision } from '../../../release/bump.ts';
import type { Diff } from '../../../release/diff/diff.ts';
import { diffView } from '../../../release/diff/view.ts';
import { shownPath } from '../../files/rule-files.ts';
import type { ReleaseWrites } from '../../release/files.ts';
import { countsText } from '../../report/diff-text.ts';
import { createTerminal } from '../../terminal/terminal.ts';

interface Released {
  /** Undefined: it is the first version. */
  readonly diff: Diff | undefined;
  readonly decision: BumpDecision | undefined;
  readonly version: string;
  readonly before: string | undefined;
  /** From which the release was made. */
  readonly commit: string | undefined;
  readonly writes: ReleaseWrites;
}

/** What a release did, or with `dryRun` would do, in the folder of the configuration. */
export function releasedText(
  { diff, decision, version, before, commit, writes }: Released,
  folder: string,
  dryRun: boolean,
): string {
  const { paint } = createTerminal(process.stdout, process.env, () => 0);
  const shown = (path: string): string => shownPath(join(folder, path));
  const reasons = [...(decision?.reasons ?? [])]
    .map(([reason, count]) => `${count} ${reason}`)
    .join(', ');
  const lines = [
    `${dryRun ? 'would release' : 'released'} ${paint('bold', version)}` +
      `${before === undefined ? ', the first version' : ` after ${before}`}` +
      `${reasons === '' ? '' : ` (${decision?.bump}: ${reasons})`}`,
    ...(diff ? [`  ${countsText(diffView(diff))}`] : []),
    ...writes.files.map(({ path }) => `  ${shown(path)}`),
    `  ${shown(writes.output.path)}/ (${writes.output.files.length} files)`,
    ...(dryRun ? [] : [`Now commit these and tag the commit v${version}.`]),
    ...(dryRun || commit === undefined
      ? []
      : [`The provenance names ${commit.slice(0, 12)}, the commit before that one.`]),
  ];
  return `${lines.join('\n')}\n`;
}
