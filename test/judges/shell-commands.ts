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

/** After each command: its exit code, the time of all up to it, and what ends its output. */
const each = (command: string): string => `for command; do
  ${command}
  echo $? >&3
  times >&3
  printf '\\0'
  printf '\\0' >&2
done`;

/**
 * The commands have no arguments, and the file as `$0`. One shell starts them all: a process of
 * Node takes several times as long to start another one.
 */
const runner = each(`set --
  eval "$command \\"\\$0\\""`);

/** The real shell runs each command with the file as its last argument. */
export const runCommands = (
  commands: readonly string[],
  file: string,
): Promise<readonly CommandResult[]> => started('sh', runner, file, commands);

/**
 * As `bash -n`: the body of a function is read and not run. What closes one body and opens another
 * is an error in the other kind of body.
 */
const reader = each(`eval "body() {
$command
}" && eval "body() (
$command
)"`);

/** What Bash says of the syntax of each command: nothing where it can read it. */
export async function syntaxErrors(
  commands: readonly string[],
): Promise<readonly (string | undefined)[]> {
  const results = await started('bash', reader, 'bash', commands);
  return results.map(({ status, stderr }) => (status === 0 ? undefined : stderr || `${status}`));
}

/** As many as fit into the arguments of a process, and one at least. */
function fitting(commands: readonly string[]): readonly string[] {
  let size = 0;
  const end = commands.findIndex((command) => {
    size += Buffer.byteLength(command) + 16;
    return size > 500_000;
  });
  return end < 0 ? commands : commands.slice(0, Math.max(end, 1));
}

/** Starts a shell with a script, and another one after a command that ends its shell. */
async function started(
  shell: string,
  script: string,
  name: string,
  commands: readonly string[],
): Promise<readonly CommandResult[]> {
  const results: CommandResult[] = [];
  while (results.length < commands.length)
    results.push(...(await ran(shell, script, name, fitting(commands.slice(results.length)))));
  return results;
}

/** The results of all commands, or of those up to the one that ended the shell. */
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
  const status = await new Promise<number | null>((resolve, reject) =>
    child.on('close', resolve).on('error', reject),
  );
  const ended = endsIn(reports.join(''));
  const isWhole = ended.length === commands.length;
  if (!isWhole) ended.push({ status: status ?? -1, milliseconds: 0 });
  const parts = [outputs, errors].map((texts) => texts.join('').split('\0'));
  if (parts.some(({ length }) => length !== ended.length + (isWhole ? 1 : 0)))
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
