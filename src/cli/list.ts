import { type ExitCode, exitCodes } from './exit-code.ts';
import type { Listed } from './listed.ts';
import { loadTargets } from './plugin.ts';
import { lineWidth, wrapped } from './report/wrapped.ts';

export const listable = ['targets', 'formats', 'pipelines'] as const;
export type Listable = (typeof listable)[number];

export interface ListOptions {
  readonly plugin?: readonly string[];
  readonly format?: 'text' | 'json';
  readonly verbose?: boolean;
}

/** `sigpack list`: what there is to choose from. */
export async function list(what: Listable, { plugin = [], format = 'text', verbose = false }: ListOptions = {}): Promise<ExitCode> {
  const rows = await rowsOf(what, plugin);
  process.stdout.write(format === 'json' ? `${JSON.stringify(rows, null, 2)}\n` : tableOf(rows, verbose));
  return exitCodes.success;
}

async function rowsOf(what: Listable, plugins: readonly string[]): Promise<readonly Listed[]> {
  if (what === 'pipelines') {
    const { listedPipelines } = await import('./pipeline-files.ts');
    return listedPipelines();
  }
  const targets = await loadTargets(plugins);
  if (what === 'targets') return targets.map(({ name, description }) => ({ name, description }));
  return targets.flatMap(({ name, formats }) => formats.map((format) => ({ name: `${name} ${format.name}`, description: format.description })));
}

/** A column of names, one of what they are. */
function tableOf(rows: readonly Listed[], verbose: boolean): string {
  const indent = Math.max(...rows.map(({ name }) => name.length)) + 2;
  const lines = rows.flatMap((row) =>
    textsOf(row, verbose)
      .flatMap((text) => wrapped(text, lineWidth - indent))
      .map((line, index) => (index === 0 ? row.name : '').padEnd(indent) + line),
  );
  return lines.map((line) => `${line}\n`).join('');
}

/** Each starts on a line of its own. */
function textsOf({ description, pipelines, unproved = [] }: Listed, verbose: boolean): readonly string[] {
  const count = `${unproved.length} ${unproved.length === 1 ? 'name' : 'names'} unproved`;
  return [
    description,
    ...(pipelines && verbose ? [pipelines.join(', ')] : []),
    ...(unproved.length === 0 ? [] : [verbose ? `${count}: ${unproved.join(', ')}` : count]),
  ];
}
