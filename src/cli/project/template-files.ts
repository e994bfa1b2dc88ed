import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { TemplateSet } from '../../pack/render/template.ts';
import { CommandError } from '../error/command-error.ts';
import { withSlashes } from '../files/portable-path.ts';
import { shownPath } from '../files/rule-files.ts';
import { packageRoot } from '../process/package-root.ts';

export interface LoadedTemplates extends TemplateSet {
  readonly assets: ReadonlyMap<string, Uint8Array>;
  readonly custom: boolean;
}

/** Sigpack's templates; those in the user's folder replace the ones with the same path. */
export function loadTemplates(folder: string | undefined): LoadedTemplates {
  const templates = new Map<string, string>();
  const assets = new Map<string, Uint8Array>();
  const own = readFolder(join(packageRoot(), 'templates'));
  for (const [name, bytes] of own) add(name, bytes, templates, assets);
  if (folder === undefined) return { templates, assets, custom: false };
  for (const [name, bytes] of overrides(folder)) {
    if (!own.has(name)) {
      const known = [...own.keys()].filter((path) => path.endsWith('.hbs')).join(', ');
      throw new CommandError(
        `${shownPath(join(folder, name))} overrides no template; there are ${known}`,
      );
    }
    add(name, bytes, templates, assets);
  }
  return { templates, assets, custom: true };
}

function add(
  name: string,
  bytes: Uint8Array,
  templates: Map<string, string>,
  assets: Map<string, Uint8Array>,
): void {
  // a checkout on Windows may have other line breaks; the packs are the same
  if (name.endsWith('.hbs'))
    templates.set(name, Buffer.from(bytes).toString('utf8').replaceAll('\r\n', '\n'));
  else assets.set(name, bytes);
}

function overrides(folder: string): ReadonlyMap<string, Uint8Array> {
  try {
    return readFolder(folder);
  } catch {
    throw new CommandError(`the template folder ${shownPath(folder)} can't be read`);
  }
}

function readFolder(folder: string): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || entry.name.startsWith('.')) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(withSlashes(relative(folder, path)), readFileSync(path));
  }
  return files;
}
