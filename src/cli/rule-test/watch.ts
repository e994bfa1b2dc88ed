import { existsSync, statSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { visible } from '../../source/visible.ts';
import { fileError } from '../error/file-error.ts';
import { shownPath } from '../files/rule-files.ts';
import { printText } from '../terminal/guarded.ts';
import { watchTree } from './watch-tree.ts';

/**
 * Milliseconds without a change after which changes count as one: editors write a file in several
 * steps.
 */
const quiet = 120;

/**
 * Calls `onChange` with the whole paths of changed files below the paths, one call at a time, until
 * Ctrl+C, a termination signal or `q`. Files that don't matter are ignored. Files that are named
 * themselves are watched through their folders, since editors replace them.
 */
export async function watchFiles(
  paths: readonly string[],
  matters: (path: string) => boolean,
  onChange: (changed: readonly string[]) => Promise<void>,
): Promise<void> {
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  let fail: (reason: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const flush = (): void => {
    const run = async (): Promise<void> => {
      const batch = [...changed].sort();
      changed.clear();
      if (batch.length === 0) return;
      printText(`\n${batch.map(shownPath).map(visible).join(', ')} changed\n\n`);
      await onChange(batch);
      hint();
    };
    running = running.then(run).catch(fail);
  };
  const touched = (path: string): void => {
    if (!matters(path)) return;
    changed.add(path);
    clearTimeout(timer);
    timer = setTimeout(flush, quiet);
  };
  const watchers = targetsOf(paths).map(({ folder, deep }) =>
    watchTree(folder, deep, { touched, lost }),
  );
  hint();
  try {
    await Promise.race([quitAsked(), failed]);
  } finally {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  }
  await running;
}

const hint = (): void => {
  process.stderr.write('Waiting for changes (Ctrl+C or q quits)\n');
};

interface Target {
  readonly folder: string;
  readonly deep: boolean;
}

/** Folders with everything below them, and the folders of files that are elsewhere. */
function targetsOf(paths: readonly string[]): readonly Target[] {
  const whole = [...new Set(paths.map((path) => resolve(path)))].filter((path) => existsSync(path));
  const folders = whole.filter((path) => statSync(path).isDirectory());
  const isCovered = (path: string): boolean =>
    folders.some((folder) => folder !== path && `${path}${sep}`.startsWith(`${folder}${sep}`));
  const others = new Set(
    whole
      .filter((path) => !folders.includes(path) && !isCovered(path))
      .map((path) => dirname(path)),
  );
  return [
    ...folders.filter((folder) => !isCovered(folder)).map((folder) => ({ folder, deep: true })),
    ...[...others]
      .filter((folder) => !folders.includes(folder))
      .map((folder) => ({ folder, deep: false })),
  ];
}

const lost = (folder: string, error: unknown): void => {
  process.stderr.write(
    `sigpack: ${visible(`${shownPath(folder)} is not watched: ${fileError(error)}`)}\n`,
  );
};

/** Ctrl+C, Ctrl+D, Q and q. */
const quitKeys: ReadonlySet<number> = new Set([3, 4, 0x51, 0x71]);

/** Resolves at the first signal or key that quits; leaves signals and the terminal as they were. */
function quitAsked(): Promise<void> {
  return new Promise((done) => {
    const keys = process.stdin.isTTY === true;
    const onKey = (data: Buffer): void => {
      // in raw mode Ctrl+C and Ctrl+D arrive as characters
      if (data.some((byte) => quitKeys.has(byte))) quit();
    };
    const quit = (): void => {
      process.off('SIGINT', quit);
      process.off('SIGTERM', quit);
      if (keys) {
        process.stdin.off('data', onKey);
        process.stdin.setRawMode(false);
        process.stdin.pause();
      }
      done();
    };
    process.on('SIGINT', quit);
    process.on('SIGTERM', quit);
    if (keys) {
      process.stdin.setRawMode(true);
      process.stdin.on('data', onKey);
    }
  });
}
