// node --import crash-at.mjs: counts the calls that change the disk below CRASH_BELOW, and prints
// how many there are, and which of them rename and remove. At those whose numbers are in CRASH_AT
// it copies the folder to CRASH_COPIES/<number>: what a kill at that call leaves. The last of them
// kills the process. CRASH_HALF=1: a kill hits a write when half of it is done.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join, resolve } from 'node:path';

const { cpSync, existsSync } = fs;
const moments = (process.env.CRASH_AT ?? '').split(' ').filter(Boolean).map(Number);
const last = Math.max(...moments);
const below = process.env.CRASH_BELOW ?? '';
const copies = process.env.CRASH_COPIES ?? '';
const half = process.env.CRASH_HALF === '1';
const options = { recursive: true, preserveTimestamps: true, verbatimSymlinks: true };
let calls = 0;
let copying = false;
const renames = [];
const removals = [];

function crash() {
  copying = true;
  if (existsSync(below)) cpSync(below, join(copies, String(calls)), options);
  copying = false;
  if (calls === last) process.kill(process.pid, 'SIGKILL');
}

for (const name of [
  'mkdirSync',
  'mkdtempSync',
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
    const concerns = typeof args[0] === 'number' || resolve(String(args[0])).startsWith(below);
    if (copying || !concerns) return real(...args);
    calls++;
    if (name === 'renameSync') renames.push(calls);
    if (name === 'rmSync') removals.push(calls);
    if (!moments.includes(calls)) return real(...args);
    if (!half || name !== 'writeSync') {
      crash();
      return real(...args);
    }
    const [descriptor, bytes] = args;
    const middle = bytes.length >> 1;
    real(descriptor, bytes.subarray(0, middle));
    crash();
    return middle + real(descriptor, bytes.subarray(middle));
  };
}
syncBuiltinESMExports();
if (moments.length === 0)
  process.on('exit', () =>
    console.log(`calls ${calls}\nrenames ${renames.join(' ')}\nremovals ${removals.join(' ')}`),
  );
