import { aliasesOf, noTarget, targetName } from '../../../backend/target-name.ts';
import { targetsOfPipeline } from '../../../pipeline/bundle.ts';
import { counted } from '../../../source/plural.ts';
import { ok } from '../../../source/result.ts';
import { visible } from '../../../source/visible.ts';
import { CommandError } from '../../error/command-error.ts';
import { type ExitCode, exitCodes } from '../../error/exit-code.ts';
import { loadTargets } from '../../plugin/load.ts';
import { cells } from '../../report/cells.ts';
import { lineWidth, wrapped } from '../../report/wrapped.ts';
import type { Counted, Listable, Listed } from './listed.ts';

export interface ListOptions {
  readonly plugin?: readonly string[];
  readonly config?: string;
  readonly format?: 'text' | 'json';
  readonly verbose?: boolean;
}

/**
 * `sigpack list`: targets, their formats, built-in pipelines; log sources and fields of rules, or
 * those that built-in pipelines know. `names` are targets, or for log sources and fields rules.
 */
export async function list(
  what: Listable,
  names: readonly string[] = [],
  options: ListOptions = {},
): Promise<ExitCode> {
  const { format = 'text', verbose = false } = options;
  if (what === 'logsources' || what === 'fields') {
    const { namesOfPipelines, namesOfRules } = await import('./names.ts');
    const named =
      names.length > 0
        ? await namesOfRules(what, names, options.config)
        : ok({ rows: namesOfPipelines(what), code: exitCodes.success });
    if (!named.ok) return named.error;
    const { rows, code } = named.value;
    print(rows, format, tableOf(rows.map(countedRow)));
    return code;
  }
  const rows = await rowsOf(what, names, options.plugin ?? []);
  print(rows, format, tableOf(rows.map((row) => [row.name, textsOf(row, verbose)])));
  return exitCodes.success;
}

function print(rows: readonly object[], format: 'text' | 'json', text: string): void {
  process.stdout.write(format === 'json' ? `${JSON.stringify(rows, null, 2)}\n` : text);
}

async function rowsOf(
  what: Exclude<Listable, 'logsources' | 'fields'>,
  names: readonly string[],
  plugins: readonly string[],
): Promise<readonly Listed[]> {
  const { targets } = await loadTargets(plugins);
  const known = targets.map(({ name }) => name);
  const wanted = new Set(names.map((name) => targetName(name, known)));
  for (const name of wanted)
    if (!known.includes(name)) throw new CommandError(noTarget(name, known));
  const isWanted = (name: string): boolean => wanted.size === 0 || wanted.has(name);
  if (what === 'pipelines') {
    const { listedPipelines } = await import('./pipelines.ts');
    return listedPipelines().filter(({ name }) => targetsOfPipeline(name).some(isWanted));
  }
  const chosen = targets.filter(({ name }) => isWanted(name));
  if (what === 'targets')
    return chosen.map(({ name, description }) => ({ name, description, aliases: aliasesOf(name) }));
  return chosen.flatMap(({ name, formats }) =>
    formats.map((format) => ({ name: `${name} ${format.name}`, description: format.description })),
  );
}

type Row = readonly [name: string, texts: readonly string[]];

/** A column of names, and one of descriptions. */
function tableOf(rows: readonly Row[]): string {
  const indent = Math.min(lineWidth - 30, Math.max(0, ...rows.map(([name]) => cells(name))) + 2);
  return rows.flatMap(([name, texts]) => rowLines(visible(name), texts, indent)).join('');
}

/** A name that is longer than its column is on a line before its texts. */
function rowLines(name: string, texts: readonly string[], indent: number): readonly string[] {
  const lines = texts.flatMap((text) => wrapped(text, lineWidth - indent));
  const isLong = cells(name) + 2 > indent;
  const heads = isLong ? [`${name}\n`] : [];
  return [
    ...heads,
    ...lines.map((line, index) => {
      const before = !isLong && index === 0 ? name : '';
      return `${before}${' '.repeat(indent - cells(before))}${line}\n`;
    }),
  ];
}

const countedRow = ({ name, rules, pipelines = [] }: Counted): Row => [
  name,
  [rules === undefined ? pipelines.join(', ') : counted(rules, 'rule')],
];

/** Each text starts on a new line. */
function textsOf(
  { description, aliases = [], pipelines, unproved = [] }: Listed,
  verbose: boolean,
): readonly string[] {
  const count = `${counted(unproved.length, 'name')} unproved`;
  return [
    description,
    ...(aliases.length > 0 ? [`also ${aliases.join(', ')}`] : []),
    ...(pipelines && verbose ? [pipelines.join(', ')] : []),
    ...(unproved.length === 0 ? [] : [verbose ? `${count}: ${unproved.join(', ')}` : count]),
  ];
}
