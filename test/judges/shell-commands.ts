import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a command of the target grep did with a file. */
export interface CommandResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
}

/**
 * Each command in a process of its own, which has no arguments, and the file as `$0`. One shell
 * starts them all: a process of Node takes several times as long to start another one.
 */
const runner = `for command; do
  (set --; eval "$command \\"\\$0\\"") >"$OUTPUT/$number.out" 2>"$OUTPUT/$number.err"
  echo $?
  number=$((number + 1))
done`;

/** The real shell runs each command with the file as its last argument. */
export async function runCommands(
  commands: readonly string[],
  file: string,
): Promise<readonly CommandResult[]> {
  const results: CommandResult[] = [];
  for (const batch of batchesOf(commands)) {
    const folder = mkdtempSync(join(tmpdir(), 'sigpack-commands-'));
    const ended = await started('sh', runner, file, batch, folder);
    const read = (index: number, kind: string): string =>
      readFileSync(join(folder, `${index}.${kind}`), 'utf8');
    results.push(
      ...ended.map((one, index) => ({
        ...one,
        stdout: read(index, 'out'),
        stderr: read(index, 'err'),
      })),
    );
    rmSync(folder, { recursive: true });
  }
  return results;
}

/** `set -n` as `bash -n`: what follows is read and not run. */
const reader = `for command; do
  (eval "set -n
$command") 2>"$OUTPUT/$number.err"
  echo $?
  number=$((number + 1))
done`;

/** What Bash says of the syntax of each command: nothing where it can read it. */
export async function syntaxErrors(
  commands: readonly string[],
): Promise<readonly (string | undefined)[]> {
  const errors: (string | undefined)[] = [];
  for (const batch of batchesOf(commands)) {
    const folder = mkdtempSync(join(tmpdir(), 'sigpack-commands-'));
    const ended = await started('bash', reader, 'bash', batch, folder);
    for (const [index, { status }] of ended.entries())
      errors.push(
        status === 0
          ? undefined
          : readFileSync(join(folder, `${index}.err`), 'utf8') || `${status}`,
      );
    rmSync(folder, { recursive: true });
  }
  return errors;
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

/** Starts a shell with a script that prints an exit code after each command. */
async function started(
  shell: string,
  script: string,
  name: string,
  commands: readonly string[],
  folder: string,
): Promise<readonly Pick<CommandResult, 'status' | 'milliseconds'>[]> {
  const child = spawn(shell, ['-c', script, name, ...commands], {
    env: { ...process.env, OUTPUT: folder, number: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended: { status: number; milliseconds: number }[] = [];
  let before = performance.now();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const now = performance.now();
    const codes = text.trimEnd().split('\n');
    for (const code of codes)
      ended.push({ status: Number(code), milliseconds: (now - before) / codes.length });
    before = now;
  });
  await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
  if (ended.length !== commands.length)
    throw new Error(`${shell} ends after ${ended.length} of ${commands.length} commands`);
  return ended;
}
