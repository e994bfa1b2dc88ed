import type { Pack } from '../../pack/pack.ts';
import { diffOf } from '../../release/diff/diff.ts';
import { settingText } from '../../release/diff/view.ts';
import { lockSnapshot } from '../../release/lock/lock.ts';
import { type Built, snapshotOf } from '../../release/snapshot.ts';
import type { DiagnosticBag } from '../../source/diagnostic.ts';
import type { Locked } from './lock-file.ts';

/** What the lock does not have is reported in its first line, behind the `# `. */
const headingText = 2;

/** Reports each difference between a build and what the lock says was published; true if none. */
export function isAsLocked(
  { lock, lockFile, loaded, bag }: Locked & { readonly bag: DiagnosticBag },
  pack: Pack,
  built: Built,
): boolean {
  let isSame = true;
  const report = (message: string, at = 0): void => {
    isSame = false;
    bag.add(lockFile, { code: 'LCK002', message, span: { start: at, end: at } });
  };
  if (!lock) {
    report('there is no sigpack.lock; `sigpack release` writes it');
    return isSame;
  }
  const { version, revision } = loaded.config.info;
  if (version !== lock.pack.version)
    report(`the version is ${version}, locked is ${lock.pack.version}`);
  if (revision !== lock.pack.revision)
    report(`the revision is ${revision}, locked is ${lock.pack.revision}`);
  const { changes, parameters, settings } = diffOf(
    lockSnapshot(lock),
    snapshotOf(version, pack, built),
  );
  for (const { id, kinds, before, after } of changes) {
    const what = kinds.map((kind) => words[kind]).join(', ');
    const at = lock.places.get(id)?.start ?? headingText;
    report(`"${(after ?? before)?.title}" (${id}): ${what}`, at);
  }
  const entities = new Map(built.entries.map((entry) => [entry.id, entry.entities.join()]));
  for (const rule of lock.rules.values()) {
    const now = entities.get(rule.id);
    if (now !== undefined && now !== rule.entities.join())
      report(`"${rule.title}" (${rule.id}): its Graylog entities differ`);
  }
  for (const change of settings) report(`a setting of the pack differs: ${settingText(change)}`);
  for (const name of [...parameters.added, ...parameters.removed])
    report(`parameter ${name} is on one side only`);
  return isSame;
}

const words = {
  added: 'is not in the lock',
  removed: 'is in the lock alone',
  renamed: 'its title or name differs',
  meaning: 'its condition differs',
  query: 'its query differs',
  settings: 'its severity or settings differ',
  moved: 'its file is another one',
  text: 'its texts differ',
} as const;
