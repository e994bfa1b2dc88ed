import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';

/** What a command of the target grep did with a file. */
export interface CommandResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Of a core's time, in steps of 10: what else runs on the machine does not count. */
  readonly milliseconds: number;
}

/**
 * Each command in a process of its own, which no other sees; after it its exit code, the time of
 * all up to it, and what ends its output.
 */
const each = (command: string): string => `for command; do
  (${command}) 3>&-
  echo $? >&3
  times >&3
  printf '\\0'
  printf '\\0' >&2
done`;

/**
 * The commands have no arguments, and the file as `$0`. One shell starts them all: a process of
 * Node takes several times as long to start another one.
 */
const runner = each('set --; eval "$command \\"\\$0\\""');

/** The real shell runs each command with the file as its last argument. */
export const runCommands = (
  commands: readonly string[],
  file: string,
): Promise<readonly CommandResult[]> => started('sh', runner, file, commands);

/** `set -n` as `bash -n`: what follows is read and not run. */
const reader = each(`eval "set -n
$command"`);

/** What Bash says of the syntax of each command: nothing where it can read it. */
export async function syntaxErrors(
  commands: readonly string[],
): Promise<readonly (string | undefined)[]> {
  const results = await started('bash', reader, 'bash', commands);
  return results.map(({ status, stderr }) => (status === 0 ? undefined : stderr || `${status}`));
}

/** As many as fit into the arguments of a process. */
function batchesOf(commands: readonly string[]): readonly (readonly string[])[] {
  const batches: string[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const command of commands) {
    size += Buffer.byteLength(command) + 16;
    if (size > 500_000) {
      batches.push([]);
      size = 0;
    }
    batches.at(-1)?.push(command);
  }
  return batches;
}

/** Starts a shell with a script for each batch. */
async function started(
  shell: string,
  script: string,
  name: string,
  commands: readonly string[],
): Promise<readonly CommandResult[]> {
  const results: CommandResult[] = [];
  for (const batch of batchesOf(commands)) results.push(...(await ran(shell, script, name, batch)));
  return results;
}

async function ran(
  shell: string,
  script: string,
  name: string,
  commands: readonly string[],
): Promise<readonly CommandResult[]> {
  const child = spawn(shell, ['-c', script, name, ...commands], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const outputs: string[] = [];
  const errors: string[] = [];
  const reports: string[] = [];
  onText(child.stdio[1], (text) => outputs.push(text));
  onText(child.stdio[2], (text) => errors.push(text));
  onText(child.stdio[3], (text) => reports.push(text));
  await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
  const ended = endsIn(reports.join(''));
  const parts = [outputs, errors].map((texts) => texts.join('').split('\0'));
  if (ended.length !== commands.length)
    throw new Error(`${shell} ends after ${ended.length} of ${commands.length} commands`);
  if (parts.some(({ length }) => length !== commands.length + 1))
    throw new Error(`${shell}: a command prints a null character`);
  return ended.map((one, index) => ({
    ...one,
    stdout: parts[0]?.[index] ?? '',
    stderr: parts[1]?.[index] ?? '',
  }));
}

type End = Pick<CommandResult, 'status' | 'milliseconds'>;

/** An exit code, the times of the shell, such as `0m0.010s 0m0.000s`, and those of all commands. */
function endsIn(reports: string): End[] {
  let before = 0;
  return Array.from(reports.matchAll(/^(\d+)\n.*\n(\d+)m(.+)s (\d+)m(.+)s\n/gm), (found) => {
    const [status, minutes, seconds, systemMinutes, systemSeconds] = found.slice(1).map(Number);
    const now =
      60 * ((minutes ?? 0) + (systemMinutes ?? 0)) + (seconds ?? 0) + (systemSeconds ?? 0);
    const milliseconds = 1000 * (now - before);
    before = now;
    return { status: status ?? -1, milliseconds };
  });
}

function onText(stream: unknown, take: (text: string) => void): void {
  if (stream instanceof Readable) stream.setEncoding('utf8').on('data', take);
}
