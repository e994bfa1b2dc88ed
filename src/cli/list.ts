import { type ExitCode, exitCodes } from './exit-code.ts';
import { loadTargets } from './plugin.ts';

export const listable = ['targets', 'formats', 'pipelines'] as const;
export type Listable = (typeof listable)[number];

/** `sigpack list`: what there is to choose from, a line each. */
export async function list(what: Listable, { plugin = [] }: { readonly plugin?: readonly string[] } = {}): Promise<ExitCode> {
  const rows = await rowsOf(what, plugin);
  const width = Math.max(...rows.map(([name]) => name.length));
  process.stdout.write(rows.map(([name, description]) => `${name.padEnd(width)}  ${description}\n`).join(''));
  return exitCodes.success;
}

type Row = readonly [name: string, description: string];

async function rowsOf(what: Listable, plugins: readonly string[]): Promise<readonly Row[]> {
  if (what === 'pipelines') {
    const { pipelineRows } = await import('./pipeline-files.ts');
    return pipelineRows();
  }
  const targets = await loadTargets(plugins);
  if (what === 'targets') return targets.map(({ name, description }): Row => [name, description]);
  return targets.flatMap(({ name, formats }) => formats.map((format): Row => [`${name} ${format.name}`, format.description]));
}
