// Where the bench finds the command, the public rules and the tools that it compares with.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const cache = process.env.SIGPACK_CACHE ?? join(process.env.HOME ?? '', '.cache', 'sigpack');

export const shared = process.env.SIGPACK_SHARED ?? join(root, '..', 'shared');
export const ruleFolders = ['rules', 'rules-emerging-threats', 'rules-threat-hunting'].map((name) =>
  join(shared, 'corpus', name),
);
export const eventFolder = join(shared, 'events');

/** The command as users run it: no flags. */
export const sigpack = [process.execPath, join(root, 'dist', 'lib', 'cli', 'main.js')];

export const rsigma = installed('rsigma', 'rsigma');
export const sigmaCli = installed('sigma', 'sigma');

function installed(folder, name) {
  const path = join(cache, folder, 'bin', name);
  return existsSync(path) ? path : undefined;
}

/** The folders of `shared` that are not there. */
export const missingFolders = () =>
  [...ruleFolders, eventFolder].filter((path) => !existsSync(path));

/** A folder that is gone when the process ends, also by Ctrl-C. */
export function temporaryFolder(place = tmpdir()) {
  const folder = mkdtempSync(join(place, 'sigpack-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
]) {
  process.on(signal, () => process.exit(code));
}
