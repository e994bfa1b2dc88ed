#!/usr/bin/env node
// An old Node can't even parse the rest: it is loaded once the version is known.
import module from 'node:module';

const needed = '22.12';
const { execPath, versions } = process;
const [major = 0, minor = 0] = versions.node.split('.').map(Number);
const [neededMajor = 0, neededMinor = 0] = needed.split('.').map(Number);
if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) {
  // the bytecode of the modules is kept between runs, where Node can do that
  module.enableCompileCache?.();
  const { runCommandLine } = await import('./command-line.ts');
  await runCommandLine();
} else {
  const which = `Node ${versions.node} (${execPath})`;
  process.stderr.write(
    `sigpack: ${which} is too old: Sigpack needs ${needed} or newer (https://nodejs.org)\n`,
  );
  process.exitCode = 2;
}
