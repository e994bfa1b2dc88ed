// node --import crash-at.mjs: counts the calls that change the disk below CRASH_BELOW, and prints
// how many there are, and which of them rename and remove. At those whose numbers are in CRASH_AT
// it copies the folder to CRASH_COPIES/<number>: what a kill at that call leaves; where no call of
// this process has changed it since the copy before, it writes CRASH_COPIES/<number>.same. The
// last of them kills the process. CRASH_HALF=1: a kill hits a write when half of it is done.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join, resolve } from 'node:path';

const { cpSync, existsSync, writeFileSync } = fs;
const moments = (process.env.CRASH_AT ?? '').split(' ').filter(Boolean).map(Number);
const last = Math.max(...moments);
const below = process.env.CRASH_BELOW ?? '';
const copies = process.env.CRASH_COPIES ?? '';
const half = process.env.CRASH_HALF === '1';
const options = { recursive: true, preserveTimestamps: true, verbatimSymlinks: true };
let calls = 0;
let copying = false;
let changed = true;
/** Change nothing that another process sees. */
const settling = new Set(['fsyncSync', 'closeSync']);
const renames = [];
const removals = [];

function crash() {
  copying = true;
  const copy = join(copies, String(calls));
  if (!changed) writeFileSync(`${copy}.same`, '');
  else if (existsSync(below)) cpSync(below, copy, options);
  changed = false;
  copying = false;
  if (calls === last) process.kill(process.pid, 'SIGKILL');
}

const counted = [
  'mkdirSync',
  'mkdtempSync',
  'writeFileSync',
  'openSync',
  'renameSync',
  'rmSync',
  'writeSync',
  'fsyncSync',
  'closeSync',
];
for (const name of counted) {
  const real = fs[name];
  fs[name] = (...args) => {
    const concerns = typeof args[0] === 'number' || resolve(String(args[0])).startsWith(below);
    if (copying || !concerns) {
      changed ||= !copying;
      return real(...args);
    }
    calls++;
    if (name === 'renameSync') renames.push(calls);
    if (name === 'rmSync') removals.push(calls);
    const isMoment = moments.includes(calls);
    if (!isMoment || !half || name !== 'writeSync') {
      if (isMoment) crash();
      changed ||= !settling.has(name);
      return real(...args);
    }
    const [descriptor, bytes] = args;
    const middle = bytes.length >> 1;
    real(descriptor, bytes.subarray(0, middle));
    changed = true;
    crash();
    changed = true;
    return middle + real(descriptor, bytes.subarray(middle));
  };
}
// a kill at one of these is none of those that are tried, but what it has changed is seen
const reading =
  /^(?:access|close|exists|fdatasync|fstat|fsync|glob|lstat|opendir|read|realpath|stat)/;
for (const name of Object.keys(fs).filter((one) => one.endsWith('Sync'))) {
  if (counted.includes(name) || reading.test(name)) continue;
  const real = fs[name];
  fs[name] = (...args) => {
    changed ||= !copying;
    return real(...args);
  };
}
syncBuiltinESMExports();
if (moments.length === 0)
  process.on('exit', () =>
    console.log(`calls ${calls}\nrenames ${renames.join(' ')}\nremovals ${removals.join(' ')}`),
  );
