// Import it first: it ends a script on a Node that is too old, before what that Node lacks does.
import { readFileSync } from 'node:fs';
import process from 'node:process';

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const [needed] = engines.node.match(/\d+\.\d+/);
const [major, minor] = needed.split('.').map(Number);
const { node } = process.versions;
const [ownMajor, ownMinor] = node.split('.').map(Number);
if (ownMajor < major || (ownMajor === major && ownMinor < minor)) {
  process.stderr.write(
    `Node ${node} (${process.execPath}) is too old: Sigpack needs ${needed} or newer.\n` +
      '`npm ci` without --ignore-scripts installs one for the scripts of npm.\n',
  );
  process.exit(1);
}
