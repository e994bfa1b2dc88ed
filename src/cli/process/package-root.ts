import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isRecord } from '../../source/record.ts';

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

/**
 * Whether a registry has this very package, as far as npm's record of what it installed says: not
 * so of a checkout, nor of a package that came as a tarball.
 */
export function isFromRegistry(): boolean {
  if (isCheckout()) return false;
  const resolved = resolvedByNpm();
  return resolved === undefined || /\/sigpack\/-\/sigpack-[^/]+\.tgz$/.test(resolved);
}

/** Undefined where npm has not installed it, or has left no record. */
function resolvedByNpm(): string | undefined {
  const record = join(dirname(packageRoot()), '.package-lock.json');
  if (!existsSync(record)) return undefined;
  const packages = at(JSON.parse(readFileSync(record, 'utf8')), 'packages');
  const resolved = at(at(packages, 'node_modules/sigpack'), 'resolved');
  return typeof resolved === 'string' ? resolved : undefined;
}

const at = (value: unknown, key: string): unknown => (isRecord(value) ? value[key] : undefined);

export function toolVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : '0.0.0';
}
