// node scripts/built.mjs: builds where no build of what is here now is there. A build begins with
// `begin` and ends with `end`, which record what it was made of and what it made: by content, since
// git, copies and archives set times as they like.
import './node-version.mjs';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import process from 'node:process';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const started = join(dist, '.building');
const record = join(dist, '.built');
const emitted = join(dist, '.emitted');
/** tsc's own records of what is up to date. */
const tscRecords = ['.tsbuildinfo', '.tsbuildinfo-types'].map((name) => join(dist, name));

const folders = ['src', 'scripts', 'templates'];
const files = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'tsconfig.types.json',
  // what npm has installed: the playground contains some of it
  'node_modules/.package-lock.json',
];

const filesIn = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();

const contentOf = (path) => {
  try {
    return readFileSync(join(root, path));
  } catch (error) {
    if (error.code === 'ENOENT') return '';
    throw error;
  }
};

function sources() {
  const hash = createHash('sha256');
  for (const path of [...folders.flatMap((name) => filesIn(join(root, name))), ...files]) {
    const content = contentOf(path);
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** Names and sizes: a file of dist/lib that is missing or cut short is built again. */
const made = () =>
  filesIn(join(dist, 'lib')).map((path) => `${path} ${statSync(join(root, path)).size}`);

/** Whether all that tsc emitted for the last build is there: its own records don't say. */
const isEmitted = () => {
  const paths = contentOf(relative(root, emitted)).toString();
  return paths !== '' && paths.split('\n').every((path) => existsSync(join(root, path)));
};

function isBuilt() {
  try {
    return readFileSync(record, 'utf8') === [sources(), ...made()].join('\n');
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}

switch (process.argv[2]) {
  case 'begin':
    mkdirSync(dist, { recursive: true });
    rmSync(record, { force: true });
    // now: what changes during the build may not be in it
    writeFileSync(started, sources());
    if (!isEmitted()) for (const path of tscRecords) rmSync(path, { force: true });
    break;
  case 'end': {
    const byTsc = ['modules', 'types'].map((name) => join(dist, name));
    writeFileSync(emitted, byTsc.filter(existsSync).flatMap(filesIn).join('\n'));
    // without it, another build has ended meanwhile: the next run builds
    const before = contentOf(relative(root, started));
    if (before === '') break;
    writeFileSync(started, [before, ...made()].join('\n'));
    renameSync(started, record);
    break;
  }
  default:
    if (isBuilt()) break;
    // standard input and output are the command's that runs next
    try {
      execFileSync('npm', ['run', '-s', 'build'], {
        cwd: root,
        stdio: ['ignore', 2, 2],
        shell: process.platform === 'win32',
      });
    } catch (error) {
      process.exitCode = error.status ?? 1;
    }
}
