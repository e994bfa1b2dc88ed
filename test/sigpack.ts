import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { temporaryNames } from './memory-folder.ts';

const root = join(import.meta.dirname, '..');

/** The command as it is installed. */
export const mainFile = join(root, 'dist', 'lib', 'cli', 'main.js');

export interface Run {
  /** Undefined where a signal ended it. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What is on the standard input; nothing without it. */
  readonly input?: string;
  /** Both outputs are a terminal. */
  readonly terminal?: boolean;
}

/** The environment of a run: nothing of the caller's own that changes what is printed. */
export function environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const kept = ['PATH', 'HOME', ...temporaryNames, 'SystemRoot'];
  const own = kept.flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]] as const],
  );
  const cache = process.env.SIGPACK_TEST_CACHE;
  return {
    ...Object.fromEntries(own),
    ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }),
    ...more,
  };
}

/** Runs the command line in a process of its own, for what only a process can show. */
export function spawned(
  args: readonly string[],
  options: RunOptions & { readonly stdout?: number } = {},
): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [mainFile, ...args], {
    cwd: options.cwd,
    env: environment(options.env),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: [options.input === undefined ? 'ignore' : 'pipe', options.stdout ?? 'pipe', 'pipe'],
    ...(options.input === undefined ? {} : { input: options.input }),
  });
  return { code: status ?? undefined, stdout: stdout ?? '', stderr: stderr ?? '' };
}

let runs = 0;
let running = false;

/** Runs the command line from its sources, over the modules that are loaded. */
async function fromSources(): Promise<void> {
  await import('./built-in-templates.ts');
  const { runCommandLine } = await import('../src/cli/command-line.ts');
  await runCommandLine();
}

/**
 * Runs a module that runs the command line. The query makes a new module of it alone: it runs
 * again, over the modules that are loaded.
 */
export async function fromEntry(path: string): Promise<void> {
  await import(/* @vite-ignore */ `${pathToFileURL(path).href}?run=${++runs}`);
}

/**
 * Runs the command line in this process, from its sources or by another module: a process takes
 * twenty times as long to start as most commands take to run.
 */
export async function sigpack(
  args: readonly string[],
  { cwd, env, input = '', terminal = false }: RunOptions = {},
  commandLine = fromSources,
): Promise<Run> {
  if (running) throw new Error('a command is running already: await it');
  running = true;
  const output = { stdout: '', stderr: '' };
  const streams = (['stdout', 'stderr'] as const).map((name) => taken(name, output, terminal));
  const restore = [
    inFolder(cwd),
    withEnvironment({ ...environment(env), NODE_DISABLE_COMPILE_CACHE: '1' }),
    withArguments(args),
    withInput(input),
    ...streams,
  ];
  try {
    await commandLine();
    return { code: Number(process.exitCode ?? 0), ...output };
  } finally {
    for (const back of restore) back();
    process.exitCode = undefined;
    running = false;
  }
}

type Restore = () => void;

function inFolder(folder: string | undefined): Restore {
  const before = process.cwd();
  if (folder !== undefined) process.chdir(folder);
  return () => process.chdir(before);
}

function withEnvironment(wanted: Readonly<Record<string, string>>): Restore {
  const before = { ...process.env };
  const set = (values: NodeJS.ProcessEnv): void => {
    for (const name of Object.keys(process.env))
      if (values[name] === undefined) delete process.env[name];
    Object.assign(process.env, values);
  };
  set(wanted);
  return () => set(before);
}

function withArguments(args: readonly string[]): Restore {
  const before = process.argv;
  process.argv = [process.execPath, mainFile, ...args];
  return () => {
    process.argv = before;
  };
}

let given: string | undefined;
let reading: typeof fs.readFileSync | undefined;

/** Has a text read from the standard input. What reads it stays for the next run. */
function withInput(text: string): Restore {
  const { readFileSync } = fs;
  if (readFileSync !== reading) {
    reading = ((...args: Parameters<typeof readFileSync>) =>
      args[0] === 0 && given !== undefined
        ? Buffer.from(given)
        : readFileSync(...args)) as typeof readFileSync;
    fs.readFileSync = reading;
    syncBuiltinESMExports();
  }
  given = text;
  return () => {
    given = undefined;
  };
}

/** Takes what is written to a stream. */
function taken(
  name: 'stdout' | 'stderr',
  output: Record<typeof name, string>,
  isTTY: boolean,
): Restore {
  const stream = process[name];
  const { write, isTTY: before } = stream;
  stream.isTTY = isTTY;
  const listeners = new Set(stream.listeners('error'));
  stream.write = (text: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
    output[name] += typeof text === 'string' ? text : Buffer.from(text).toString('utf8');
    const done = rest.find((one) => typeof one === 'function');
    if (done) queueMicrotask(() => done());
    return true;
  };
  return () => {
    stream.write = write;
    stream.isTTY = before;
    for (const listener of stream.listeners('error'))
      if (!listeners.has(listener)) stream.off('error', listener as Restore);
  };
}
