import type { CompiledRule } from '../query/compile.ts';
import { filterFits } from '../sigma/filter.ts';
import type { LogSource } from '../sigma/rule.ts';
import type { PackConfig } from './config.ts';
import type { SearchMacro, SearchScope } from './detection.ts';
import type { CountedWarnings } from './pipeline-report.ts';

/** `sigpack_windows_process_creation`: one macro a log source, so that an admin sets each index once. Never ends as a filter macro does. */
export function indexMacroName(packId: string, source: LogSource): string {
  const parts = [packId, source.product, source.category, source.service].filter((part) => part !== undefined);
  const name = parts
    .join('_')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '_');
  return name.endsWith('_filter') ? `${name}_events` : name;
}

/** The macros of the given log sources, sorted: as sigpack.yml says, else the pipelines, else `index=*`. Log sources that share a name get what each of them wants. */
export function indexMacros(config: PackConfig, scopes: Iterable<SearchScope>): readonly SearchMacro[] {
  const macros = new Map<string, { readonly definitions: Set<string>; readonly comment: string }>();
  for (const { source, definition: said } of scopes) {
    const name = indexMacroName(config.info.id, source);
    const definition = placeOf(config, source) ?? said ?? 'index=*';
    const known = macros.get(name);
    if (known) known.definitions.add(definition);
    else macros.set(name, { definitions: new Set([definition]), comment: `Where the events of the log source ${described(source)} are.` });
  }
  return [...macros]
    .map(([name, { definitions, comment }]) => ({ name, definition: eitherOf([...definitions].sort()), comment }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What sigpack.yml says of where the events of a log source are. */
export const placeOf = ({ splunk }: PackConfig, source: LogSource): string | undefined =>
  splunk.indexes.find((entry) => filterFits(entry.match, source))?.definition;

/** Warns of log sources that are searched everywhere, since neither sigpack.yml nor a pipeline gives them a place. */
export function warnOfUnplaced(warnings: CountedWarnings, scopes: readonly SearchScope[], { rule }: CompiledRule, config: PackConfig): void {
  for (const { source, definition } of scopes) {
    if (definition === undefined && placeOf(config, source) === undefined)
      warnings.add('PIP004', 'splunk', `nothing says where the events of the log source ${described(source)} are`, rule);
  }
}

function eitherOf(definitions: readonly string[]): string {
  const [only] = definitions;
  return definitions.length === 1 && only !== undefined ? only : `(${definitions.map((one) => `(${one})`).join(' OR ')})`;
}

/** Words only: the app's README shows them. */
function described({ product, category, service }: LogSource): string {
  const parts = [product, category, service].filter((part) => part !== undefined);
  return parts.map((part) => part.replace(/[^\p{L}\p{N}._-]+/gu, ' ').trim()).join(', ');
}
