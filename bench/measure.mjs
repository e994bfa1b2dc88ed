// CPU seconds, wall seconds and peak memory of commands.
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';

const script = join(import.meta.dirname, 'measure.py');
const options = { encoding: 'utf8', maxBuffer: 2 ** 28 };

/** Runs a command once. Throws where it fails: 1 is for diagnostics about rules. */
export function measure(command) {
  const { stdout, error } = spawnSync('python3', [script, ...command], options);
  return resultOf(command, stdout, error);
}

/** The same, while others run. */
export async function measureBeside(command) {
  const { stdout, error } = await new Promise((resolve) => {
    execFile('python3', [script, ...command], options, (error, stdout) =>
      resolve({ stdout, error }),
    );
  });
  return resultOf(command, stdout, error);
}

function resultOf(command, stdout, error) {
  if (error) throw new Error(`python3 measures the commands and can't be run: ${error.message}`);
  const result = JSON.parse(stdout.trim().split('\n').at(-1));
  if (result.code !== 0 && result.code !== 1)
    throw new Error(`exit code ${result.code} of ${command.join(' ')}`);
  return result;
}

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

/**
 * The medians of several runs of each command, by name. The commands take turns, so that all meet a
 * machine that gets slower. `turns`: the names in the order of a round, some more than once.
 */
export function interleaved(commands, rounds, turns = Object.keys(commands)) {
  const runs = new Map(turns.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const name of turns) runs.get(name).push(measure(commands[name]));
  const middle = (list, part) => median(list.map((run) => run[part]));
  return Object.fromEntries(
    Array.from(runs, ([name, list]) => [
      name,
      { cpu: middle(list, 'cpu'), wall: middle(list, 'wall'), mib: middle(list, 'mib') },
    ]),
  );
}

/** Rows for console.table. */
export const tableOf = (results) =>
  Object.fromEntries(
    Object.entries(results).map(([name, { cpu, wall, mib }]) => [
      name,
      { CPU: `${cpu.toFixed(2)} s`, wall: `${wall.toFixed(2)} s`, memory: `${mib.toFixed(0)} MiB` },
    ]),
  );
