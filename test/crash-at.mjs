// node --import crash-at.mjs: kills the process at the CRASH_AT-th call that changes the disk below
// CRASH_BELOW; 0 counts them and prints how many, and which of them rename and remove.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const at = Number(process.env.CRASH_AT);
const below = process.env.CRASH_BELOW ?? '';
let calls = 0;
const renames = [];
const removals = [];
for (const name of [
  'mkdirSync',
  'writeFileSync',
  'openSync',
  'renameSync',
  'rmSync',
  'writeSync',
  'fsyncSync',
  'closeSync',
]) {
  const real = fs[name];
  fs[name] = (...args) => {
    const concerns = typeof args[0] === 'number' || String(args[0]).startsWith(below);
    if (concerns && ++calls === at) process.kill(process.pid, 'SIGKILL');
    if (concerns && name === 'renameSync') renames.push(calls);
    if (concerns && name === 'rmSync') removals.push(calls);
    return real(...args);
  };
}
syncBuiltinESMExports();
if (at === 0)
  process.on('exit', () =>
    console.log(`calls ${calls}\nrenames ${renames.join(' ')}\nremovals ${removals.join(' ')}`),
  );
