import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning } from '../../running.ts';
import { api, judge, runningVariable } from './server.ts';

/** A process of the judge: the server or its OpenSearch node. */
type Process = 'graylog' | 'os';

const ticks = 100;

/** The folder in which the server of this version keeps what it writes while it runs. */
function runFolder(): string {
  const own = join(judge, 'servers', process.env[runningVariable] ?? 'none', 'run');
  return existsSync(own) ? own : join(judge, 'run');
}

const pidOf = (name: Process): number =>
  Number(readFileSync(join(runFolder(), `${name}.pid`), 'utf8'));
const proc = (name: Process, file: string): string =>
  readFileSync(`/proc/${pidOf(name)}/${file}`, 'utf8');

/** User and system seconds of a process so far. */
export function cpuOf(name: Process): number {
  const fields = proc(name, 'stat')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticks;
}

/** Resident memory in MiB. */
export const memoryOf = (name: Process): number =>
  Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(proc(name, 'status'))?.[1] ?? 0) / 1024);

/**
 * Ends the process of the server and starts it again as it was: it reads all pipeline rules once,
 * and not once more for each that was written before. What it has stored stays.
 */
export async function restartServer(): Promise<void> {
  const parts = (file: string): readonly string[] => proc('graylog', file).split('\0').slice(0, -1);
  const [program = '', ...rest] = parts('cmdline');
  const env = Object.fromEntries(
    parts('environ').map((one) => [
      one.slice(0, one.indexOf('=')),
      one.slice(one.indexOf('=') + 1),
    ]),
  );
  const before = pidOf('graylog');
  const cwd = readlinkSync(`/proc/${before}/cwd`);
  process.kill(before, 'SIGTERM');
  for (let waited = 0; isRunning(before); waited += 500) {
    if (waited > 60_000) process.kill(before, 'SIGKILL');
    await sleep(500);
  }
  const log = openSync(join(runFolder(), 'graylog.log'), 'a');
  const child = spawn(program, rest, { cwd, env, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  child.unref();
  writeFileSync(join(runFolder(), 'graylog.pid'), `${child.pid}\n`);
  for (let waited = 0; (await lifecycle()) !== 'ALIVE'; waited += 1000) {
    if (waited > 300_000 || child.exitCode !== null)
      throw new Error('graylog does not start again');
    await sleep(1000);
  }
}

async function lifecycle(): Promise<string> {
  try {
    return await (await fetch(`${api}/system/lbstatus`)).text();
  } catch {
    return 'it does not listen';
  }
}
