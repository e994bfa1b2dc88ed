import { compileWhere, type NullLogic } from './eval-run.ts';
import { foreachCommand } from './foreach.ts';
import {
  binCommand,
  dedupCommand,
  evalCommand,
  fieldsCommand,
  fillnullCommand,
  headCommand,
  regexCommand,
  renameCommand,
  rexCommand,
  sortCommand,
  tableCommand,
} from './row-commands.ts';
import { compileSearch } from './search-run.ts';
import { makemvCommand, mvexpandCommand } from './several-values.ts';
import { eventstats, stats, streamstats } from './stats.ts';
import { SplError } from './text.ts';
import type { Row, RowCommand } from './value.ts';

interface CommandKind {
  readonly build: (text: string, nulls: NullLogic) => RowCommand;
  /** Looks at one row at a time on the indexers, so `multisearch` takes it. */
  readonly streaming: boolean;
}

const filter =
  (test: (row: Row) => boolean): RowCommand =>
  (rows) =>
    rows.filter(test);

/** The commands that make rows of rows. Those that hold subsearches stand in `spl.ts`. */
const COMMANDS: ReadonlyMap<string, CommandKind> = new Map<string, CommandKind>([
  ['search', { build: (text) => filter(compileSearch(text)), streaming: true }],
  ['where', { build: (text, nulls) => filter(compileWhere(text, nulls)), streaming: true }],
  ['eval', { build: evalCommand, streaming: true }],
  ['regex', { build: regexCommand, streaming: true }],
  ['rex', { build: rexCommand, streaming: true }],
  ['fields', { build: fieldsCommand, streaming: true }],
  ['rename', { build: renameCommand, streaming: true }],
  ['fillnull', { build: fillnullCommand, streaming: true }],
  ['bin', { build: binCommand, streaming: true }],
  ['bucket', { build: binCommand, streaming: true }],
  ['makemv', { build: makemvCommand, streaming: true }],
  ['mvexpand', { build: mvexpandCommand, streaming: true }],
  ['table', { build: tableCommand, streaming: false }],
  ['head', { build: headCommand, streaming: false }],
  ['foreach', { build: foreachCommand, streaming: true }],
  ['dedup', { build: dedupCommand, streaming: false }],
  ['sort', { build: sortCommand, streaming: false }],
  ['stats', { build: stats, streaming: false }],
  ['eventstats', { build: eventstats, streaming: false }],
  ['streamstats', { build: streamstats, streaming: false }],
]);

export function buildCommand(
  name: string,
  text: string,
  nulls: NullLogic,
): { readonly run: RowCommand; readonly streaming: boolean } {
  const kind = COMMANDS.get(name);
  if (!kind) throw new SplError(`Unknown search command '${name}'`);
  return { run: kind.build(text, nulls), streaming: kind.streaming };
}
