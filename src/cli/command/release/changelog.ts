import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { changelogSection, withSection } from '../../../release/changelog.ts';
import type { Diff } from '../../../release/diff/diff.ts';
import { diffView } from '../../../release/diff/view.ts';
import type { Lock } from '../../../release/lock/lock.ts';
import { releaseNotes } from '../../../release/release-notes.ts';
import { CommandError } from '../../error/command-error.ts';
import type { LoadedConfig } from '../../files/config-file.ts';
import { shownPath } from '../../files/rule-files.ts';

interface ChangelogInput {
  readonly version: string;
  readonly date: string;
  readonly dropped: readonly string[];
  readonly lock: Lock;
}

/** The changelog with a section for the next version. */
export function nextChangelog(
  { folder, config }: LoadedConfig,
  diff: Diff,
  { version, date, dropped, lock }: ChangelogInput,
): string {
  const path = join(folder, config.release.changelog);
  const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  const retired = [...lock.retired.values()]
    .filter(({ inSplunk }) => inSplunk)
    .map(({ title }) => title)
    .sort();
  return withSection(
    before,
    changelogSection({ version, date, view: diffView(diff), retired, dropped }),
  );
}

/** The text of a release: the section of its version alone. */
export function notesOf({ folder, config }: LoadedConfig, version: string): string {
  const path = join(folder, config.release.changelog);
  const notes = existsSync(path) ? releaseNotes(readFileSync(path, 'utf8'), version) : undefined;
  if (notes === undefined)
    throw new CommandError(`${shownPath(path)} has no section of ${version}, which --notes needs`);
  return notes;
}
