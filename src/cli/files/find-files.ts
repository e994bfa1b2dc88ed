import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DiagnosticBag } from '../../source/diagnostic.ts';
import { isPattern } from '../../source/path-pattern.ts';
import { counted } from '../../source/plural.ts';
import { ok, type Result } from '../../source/result.ts';
import type { SourceFile, Span } from '../../source/span.ts';
import { rootOf } from '../../source/yaml/parse.ts';
import { lookup, type YamlNode } from '../../source/yaml/tree.ts';
import type { LeavesOut } from './left-out.ts';
import {
  entryPath,
  type Glob,
  globOf,
  isExclusion,
  namesOf,
  type PathList,
  type PathLists,
} from './path-list.ts';
import { reachableStats } from './path-stats.ts';
import { reportFile } from './rule-files.ts';
import { addNamed, type FoundFile, type Search, searchFolder } from './walk-folders.ts';

/**
 * Files below the paths of lists whose names are wanted, and files that are named themselves;
 * sorted, each once, whichever links lead to it. Hidden files and folders, `node_modules`, and what
 * exclusions and `.sigpackignore` files name are left out. Reports paths that can't be read, and
 * notes which pattern left out what, and which links were followed.
 */
export function findFiles(
  lists: PathLists,
  wanted: (name: string) => boolean,
  bag: DiagnosticBag,
): readonly FoundFile[] {
  const search: Search = {
    home: resolve(lists.home),
    wanted,
    bag,
    ignoreFiles: new Map(),
    found: new Map(),
    folders: 0,
    countedFolders: 0,
  };
  const exclusions = lists.lists.flatMap((list) => searchList(search, list, lists.configuration));
  for (const rule of [...search.ignoreFiles.values()].flat())
    if (rule.files.size > 0) noteLeftOut(bag, rule);
  for (const rule of exclusions) noteLeftOut(bag, rule);
  return [...search.found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function noteLeftOut(bag: DiagnosticBag, { text, files, file, span }: LeavesOut): void {
  bag.add(file, {
    code: 'SIG074',
    message: `\`${text}\` leaves out ${files.size === 0 ? 'nothing' : counted(files.size, 'file')}`,
    span,
  });
}

/** Reports what is wrong with an entry, at its place. */
type ReportEntry = (entry: string, message: string, hint?: string) => void;

/** Reads one list, and returns its exclusions. */
function searchList(
  search: Search,
  list: PathList,
  configuration: SourceFile,
): readonly LeavesOut[] {
  const { entries, folder } = list;
  const placeOf = placesOf(list, configuration);
  const report: ReportEntry = (entry, message, hint) => {
    const { file, span } = placeOf(entry);
    search.bag.add(file, { code: 'PCK013', message, span, hint });
  };
  const exclusions = entries.filter(isExclusion).flatMap((text): readonly LeavesOut[] => {
    const glob = exclusionOf(text.slice(1), folder);
    if (glob.ok) return [{ ...glob.value, text, keeps: false, ...placeOf(text), files: new Set() }];
    report(text, `\`${text}\`: ${glob.error}`);
    return [];
  });
  const included = entries.filter((entry) => !isExclusion(entry));
  const [first] = entries;
  if (included.length === 0 && first !== undefined)
    report(
      first,
      'there are only exclusions',
      'Name what they take something away from too, such as a folder: `rules`, `!rules/old/**`.',
    );
  for (const entry of included) searchEntry(search, list, entry, exclusions, report);
  return exclusions;
}

/** What an exclusion leaves out: a path that exists, whatever signs are in it, or a glob. */
function exclusionOf(
  text: string,
  folder: string | undefined,
): Result<Pick<LeavesOut, 'pattern' | 'foldersOnly'>> {
  const path = entryPath(text, folder);
  const glob = reachableStats(path)
    ? ok<Glob>({ base: path, pattern: [], foldersOnly: false })
    : globOf(text, folder);
  if (!glob.ok) return glob;
  const { base, pattern, foldersOnly } = glob.value;
  return ok({ pattern: [...namesOf(resolve(base)), ...pattern], foldersOnly });
}

function searchEntry(
  search: Search,
  { folder, maybeNothing }: PathList,
  entry: string,
  exclusions: readonly LeavesOut[],
  report: ReportEntry,
): void {
  const path = entryPath(entry, folder);
  try {
    if (isPattern(entry) && reachableStats(path) === undefined) {
      const glob = globOf(entry, folder);
      if (!glob.ok) report(entry, `\`${entry}\`: ${glob.error}`);
      else if (!searchGlob(search, glob.value, exclusions) && maybeNothing !== true)
        report(entry, `\`${entry}\` matches no file to read`);
    } else if (statSync(path).isDirectory()) searchFolder(search, path, undefined, exclusions);
    else addNamed(search, path, exclusions);
  } catch (error) {
    reportFile(search.bag, path, error);
  }
}

interface Place {
  readonly file: SourceFile;
  readonly span: Span;
}

/**
 * Finds where each entry is in the configuration, once that is needed; entries of the command line
 * are their own place.
 */
function placesOf({ key }: PathList, configuration: SourceFile): (entry: string) => Place {
  let items: readonly YamlNode[] | undefined;
  const itemsOf = (name: string): readonly YamlNode[] => {
    const list = lookup(rootOf(configuration), name);
    return list?.kind === 'sequence' ? list.items : [];
  };
  return (entry) => {
    items ??= key === undefined ? [] : itemsOf(key);
    const node = items.find((item) => item.kind === 'scalar' && item.text === entry);
    return node
      ? { file: configuration, span: { start: node.start, end: node.end } }
      : { file: { path: entry, text: '' }, span: { start: 0, end: 0 } };
  };
}

/** False where nothing was found. */
const searchGlob = (search: Search, glob: Glob, exclusions: readonly LeavesOut[]): boolean =>
  reachableStats(glob.base)?.isDirectory() === true &&
  searchFolder(search, glob.base, glob, exclusions);
