import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';

/**
 * The file of a plugin; undefined if there is none. A path starts with a dot or a slash; `name.mjs`
 * is one too if there is such a file.
 */
export function fileOf(plugin: string): string | undefined {
  const path = resolve(plugin);
  const isPath = /^\.{1,2}[/\\]/.test(plugin) || isAbsolute(plugin);
  if (isPath || (/\.[cm]?[jt]s$/.test(plugin) && existsSync(path)))
    return existsSync(path) ? path : undefined;
  const require = createRequire(join(process.cwd(), 'package.json'));
  try {
    return require.resolve(plugin);
  } catch {
    // a package that exports to `import` alone
    const folder = require.resolve
      .paths(plugin)
      ?.find((candidate) => existsSync(join(candidate, plugin, 'package.json')));
    return folder === undefined ? undefined : importEntry(join(folder, plugin));
  }
}

/** The file that `import` gets of a package, by the conditions of Node in its `exports`. */
function importEntry(folder: string): string | undefined {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  let entry: unknown = property(manifest, 'exports');
  entry = property(entry, '.') ?? entry;
  while (typeof entry === 'object' && entry !== null) {
    entry = Object.entries(entry).find(([condition]) =>
      ['import', 'node', 'module-sync', 'default'].includes(condition),
    )?.[1];
  }
  return typeof entry === 'string' ? join(folder, entry) : undefined;
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined;
}
