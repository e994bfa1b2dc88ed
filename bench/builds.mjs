// Builds of all public rules, which several parts of the bench look at.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ruleFolders, sigpack, temporaryFolder } from './places.mjs';

const folders = new Map();

/** The folder of the packs that go through these pipelines; empty where nothing was built yet. */
function folderOf(pipelines) {
  const folder = folders.get(pipelines) ?? join(temporaryFolder(), 'packs');
  folders.set(pipelines, folder);
  return folder;
}

/** The command that builds them. */
export const buildCommand = (pipelines) => [
  ...sigpack,
  'build',
  ...ruleFolders,
  '-p',
  pipelines,
  '-o',
  folderOf(pipelines),
];

/** The folder with the packs, which are the same each time: built where no part has done so. */
export function builtFolder(pipelines) {
  if (!folders.has(pipelines)) {
    const [command, ...rest] = buildCommand(pipelines);
    spawnSync(command, rest, { stdio: 'ignore' });
  }
  return folderOf(pipelines);
}
