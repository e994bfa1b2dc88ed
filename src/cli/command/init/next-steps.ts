import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { shellQuoted } from '../../../backend/shell.ts';
import { visible } from '../../../source/visible.ts';
import { shownPath } from '../../files/rule-files.ts';
import { isCheckout, packageRoot, toolVersion } from '../../process/package-root.ts';

const tarballFolder = 'vendor';

/** What package.json has where no registry has this Sigpack: the tarball that a step makes. */
export const ownTarball = (): string => `file:${tarballFolder}/sigpack-${toolVersion()}.tgz`;

/**
 * What is left to do, such as what CI needs from npm: Sigpack among the dependencies, and the lock
 * file with its digest. `spec` is how a package.json of init's names Sigpack.
 */
export function nextSteps(folder: string, spec: string, build: boolean): string {
  const here = resolve(folder) === process.cwd();
  const missing = notIgnored(folder);
  const steps = [
    ...(here ? [] : [`cd ${quoted(shownPath(folder))}`]),
    ...(missing.length === 0
      ? []
      : [`add ${missing.map((name) => `${name}/`).join(' and ')} to .gitignore`]),
    ...npmSteps(folder, spec),
    ...(build ? [] : ['sigpack build']),
  ];
  return steps.length === 0 ? '' : `Next: ${steps.join('\nThen: ')}\n`;
}

function notIgnored(folder: string): readonly string[] {
  const ignored = readFileSync(join(folder, '.gitignore'), 'utf8').split(/\r?\n/);
  return ['dist', 'node_modules'].filter(
    (name) => !ignored.some((line) => line.replace(/^\/|\/$/g, '') === name),
  );
}

function npmSteps(folder: string, spec: string): readonly string[] {
  const manifest = readFileSync(join(folder, 'package.json'), 'utf8');
  const isListed = /"sigpack"\s*:/.test(manifest);
  if (isListed && existsSync(join(folder, 'package-lock.json'))) return [];
  const isFile = spec.startsWith('file:');
  // a package.json of the user's may name another Sigpack
  const isOwn = spec === ownTarball() && (!isListed || manifest.includes(JSON.stringify(spec)));
  const install = isListed
    ? 'npm install'
    : `npm install --save-dev --save-exact ${isFile ? spec : `sigpack@${spec}`}`;
  const commit = isOwn
    ? `commit ${tarballFolder}/ and package-lock.json: CI runs nothing else`
    : 'commit package-lock.json: CI runs what is in it and nothing else';
  return [...(isOwn ? tarballSteps(folder) : []), install, commit];
}

function tarballSteps(folder: string): readonly string[] {
  if (existsSync(join(folder, ownTarball().slice('file:'.length)))) return [];
  const hasFolder = existsSync(join(folder, tarballFolder));
  return [
    ...(hasFolder ? [] : [`mkdir ${tarballFolder}`]),
    // an installed package is built, and lacks the scripts that would build it
    `npm pack ${quoted(packageRoot())}${isCheckout() ? '' : ' --ignore-scripts'} ` +
      `--pack-destination ${tarballFolder}`,
  ];
}

/** Quotes a path for a shell; most need no quotes. */
const quoted = (path: string): string =>
  /^[\w./:@+-]+$/.test(path) && !path.startsWith('-') ? path : shellQuoted(visible(path));
