import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Sigpack's own folder: templates and package.json lie there, from a checkout and from an
 * installation.
 */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'templates')) || !existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder)
      throw new Error('the files of Sigpack are incomplete: no templates folder was found');
    folder = parent;
  }
  return folder;
}

/** Whether Sigpack runs from a checkout: npm's package has no sources. */
export const isCheckout = (): boolean => existsSync(join(packageRoot(), 'src'));

export function toolVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : '0.0.0';
}
