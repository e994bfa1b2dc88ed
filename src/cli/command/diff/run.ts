import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ArtifactTexts } from '../../../release/artifact-snapshot.ts';
import { type Diff, diffOf } from '../../../release/diff/diff.ts';
import { diffMarkdown } from '../../../release/diff/markdown.ts';
import type { SideChange } from '../../../release/diff/side-change.ts';
import { diffView } from '../../../release/diff/view.ts';
import type { Snapshot } from '../../../release/snapshot.ts';
import { createBag } from '../../../source/diagnostic.ts';
import { counted } from '../../../source/plural.ts';
import { visible, visibleJson } from '../../../source/visible.ts';
import { CommandError } from '../../error/command-error.ts';
import { type ExitCode, exitCodes } from '../../error/exit-code.ts';
import { configName, findConfig } from '../../files/find-config.ts';
import { shownPath } from '../../files/rule-files.ts';
import { writeWhole } from '../../files/write-whole.ts';
import { snapshotOfTexts } from '../../release/artifact-files.ts';
import { lockName } from '../../release/lock-file.ts';
import { unpainted } from '../../report/context.ts';
import { diffText } from '../../report/diff-text.ts';
import { sideChanges } from '../../rule-test/side-changes.ts';
import { printText } from '../../terminal/guarded.ts';
import { configurationLine, reportAsText } from '../../terminal/report.ts';
import { createTerminal } from '../../terminal/terminal.ts';
import { type Side, sideOf } from './side.ts';

export interface DiffOptions {
  readonly config?: string;
  readonly format: 'text' | 'markdown' | 'json';
  readonly output?: string;
  readonly verbose: boolean;
}

/**
 * `sigpack diff [from] [to]`: the lock and the work tree, two revisions of git, two folders, two
 * artifacts, or one of each.
 */
export async function diff(
  from: string | undefined,
  to: string | undefined,
  options: DiffOptions,
): Promise<ExitCode> {
  const terminal = createTerminal(process.stderr, process.env, () => performance.now());
  const bag = createBag();
  const sides: Side[] = [];
  const path = findConfig(options.config);
  if (options.verbose) process.stderr.write(configurationLine(path, terminal.paint));
  const home = path === undefined ? '.' : dirname(path);
  const reader = {
    home,
    configName: path === undefined ? configName : basename(path),
    terminal,
    bag,
  };
  try {
    const before = await sideOf(from ?? defaultFrom(home), reader);
    if (before) sides.push(before);
    const after = before && (await sideOf(to ?? home, reader));
    if (after) sides.push(after);
    terminal.clear();
    if (!before || !after) {
      reportAsText(bag.list, terminal, options.verbose);
      return exitCodes.usage;
    }
    const changes = diffOf(...comparable(before, after));
    const testChanges =
      before.built && after.built ? await sideChanges(before.built, after.built, changes) : [];
    for (const { snapshot, errors = 0 } of sides) {
      if (errors > 0)
        process.stderr.write(
          `${visible(snapshot.label)}: ${counted(errors, 'error')} in rules or for a target ` +
            `(sigpack check shows them): what does not compile is not in the diff\n`,
        );
    }
    write(changes, testChanges, options);
    noteMissingTag(before, changes);
  } finally {
    for (const { remove } of sides) remove();
  }
  return exitCodes.success;
}

/** Says why a change of a condition or query is not shown. */
function noteMissingTag({ missingTag }: Side, { changes }: Diff): void {
  const isHidden = changes.some(
    ({ kinds }) => kinds.includes('meaning') || kinds.includes('query'),
  );
  if (missingTag !== undefined && isHidden)
    process.stderr.write(
      `sigpack: git has no tag ${missingTag}, and ${lockName} has digests alone: ` +
        'name a revision to see what changed in conditions and queries\n',
    );
}

/** Two artifacts can only be compared in what both contain. */
function comparable(before: Side, after: Side): readonly [Snapshot, Snapshot] {
  const [old, now] = [before.texts, after.texts];
  if (!old || !now) return [before.snapshot, after.snapshot];
  const common = (texts: ArtifactTexts): ArtifactTexts =>
    Object.fromEntries(Object.entries(texts).filter(([key]) => key in old && key in now));
  const both = common(old);
  if (Object.keys(both).length === 0)
    throw new CommandError('the two artifacts have nothing in common to compare');
  return [
    snapshotOfTexts(before.snapshot.label, both),
    snapshotOfTexts(after.snapshot.label, common(now)),
  ];
}

function defaultFrom(home: string): string {
  const lock = join(home, lockName);
  if (!existsSync(lock))
    throw new CommandError(
      `there is no ${shownPath(lock)} to compare with; name a revision, a folder or an artifact`,
    );
  return lock;
}

function write(
  diff: Diff,
  tests: readonly SideChange[],
  { format, output, verbose }: DiffOptions,
): void {
  const view = diffView(diff);
  const json = { diffVersion: 1, ...view, tests };
  const { paint } = createTerminal(process.stdout, process.env, () => 0);
  const text =
    format === 'json'
      ? `${visibleJson(JSON.stringify(json, undefined, 1))}\n`
      : format === 'markdown'
        ? diffMarkdown(view, tests)
        : diffText(view, tests, { paint: output === undefined ? paint : unpainted, verbose });
  if (output === undefined && format === 'text') printText(text);
  else if (output === undefined) process.stdout.write(text);
  else writeWhole(output, text);
}
