import { filterFits } from '../sigma/filter.ts';
import type { LogSource } from '../sigma/rule.ts';
import type { PackConfig } from './config.ts';
import type { SearchMacro } from './detection.ts';

/** `sigpack_windows_process_creation`: one macro a log source, so that an admin sets each index once. */
export function indexMacroName(packId: string, source: LogSource): string {
  const parts = [packId, source.product, source.category, source.service].filter((part) => part !== undefined);
  return parts
    .join('_')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '_');
}

/** The macros of the given log sources, sorted; `index=*` where sigpack.yml says nothing. */
export function indexMacros(config: PackConfig, sources: Iterable<LogSource>): readonly SearchMacro[] {
  const macros = new Map<string, SearchMacro>();
  for (const source of sources) {
    const name = indexMacroName(config.info.id, source);
    if (macros.has(name)) continue;
    const found = config.splunk.indexes.find((entry) => filterFits(entry.match, source));
    const described = [source.product, source.category, source.service].filter((part) => part !== undefined).join(', ');
    macros.set(name, { name, definition: found?.definition ?? 'index=*', comment: `Where the events of the log source ${described} are.` });
  }
  return [...macros.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
