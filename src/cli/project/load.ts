import {
  type Collection,
  collect,
  type Rule,
  reportNoId,
} from '../../sigma/collection/collection.ts';
import { type OnRule, readDocuments, type SigmaDocument } from '../../sigma/collection/document.ts';
import { independentFiles, type NameKeys } from '../../sigma/collection/lone-rule.ts';
import type { DiagnosticBag } from '../../source/diagnostic.ts';
import type { SourceFile } from '../../source/span.ts';
import { lookup } from '../../source/yaml/tree.ts';
import { findFiles } from '../files/find-files.ts';
import type { PathLists } from '../files/path-list.ts';
import { isRuleFile, readRuleFile, readStandardInput } from '../files/rule-files.ts';
import type { FoundFile } from '../files/walk-folders.ts';
import type { Terminal } from '../terminal/terminal.ts';

export interface LoadedRules {
  readonly collection: Collection;
  readonly files: number;
  /** Sigma documents that had to be left out. */
  readonly invalid: number;
}

/** Reads every rule file below the paths; `-` is standard input. */
export function loadRules(paths: PathLists, bag: DiagnosticBag, terminal: Terminal): LoadedRules {
  const found = ruleFiles(paths, bag);
  const reader = createFileReader(bag);
  for (const source of readFiles(found, bag, terminal)) if (source) reader.read(source);
  return { ...collected(reader, bag), files: found.length };
}

/**
 * Rules that come one by one, so that each can be compiled and released before the next is read.
 */
export interface RuleStream {
  /** Of the rules that may concern each other: it must be known before any rule is compiled. */
  readonly collection: Collection;
  /**
   * All rules in the order of their files, those of the collection included. To be iterated once.
   */
  readonly rules: Iterable<Rule>;
  readonly files: number;
  /**
   * How many rules there were, and how many Sigma documents had to be left out; complete once the
   * rules have been iterated.
   */
  readonly counts: { rules: number; invalid: number };
}

/** As `loadRules`, but reads a rule that no other can concern only when it comes up. */
export function streamRules(
  paths: PathLists,
  bag: DiagnosticBag,
  terminal: Terminal,
  keys: NameKeys,
  onRule?: OnRule,
): RuleStream {
  const found = ruleFiles(paths, bag);
  const files = [...readFiles(found, bag, terminal)];
  const independent = independentFiles(
    files.map((source) => source?.file.text ?? ''),
    keys,
  );
  const reader = createFileReader(bag, onRule);
  for (const [index, source] of files.entries())
    if (source && !independent.has(index)) reader.read(source);
  const taken = new Set(
    reader.documents.flatMap((document) => writtenNames(document).map(keys.of)),
  );
  for (const [index, key] of independent) {
    const source = files[index];
    if (!source || !taken.has(key)) continue;
    independent.delete(index);
    reader.read(source);
  }
  const { collection, invalid } = collected(reader, bag);
  const counts = { rules: 0, invalid };
  const together = Map.groupBy(collection.rules, ({ file }) => file);
  function* rules(): Generator<Rule> {
    for (const [index, source] of files.entries()) {
      if (!source) continue;
      const { file } = source;
      // what is made of the rule keeps the text; this list must not
      files[index] = undefined;
      const read = independent.has(index)
        ? readLoneRule(file, bag, onRule)
        : (together.get(file) ?? []);
      if (independent.has(index)) counts.invalid += 1 - read.length;
      counts.rules += read.length;
      yield* read;
    }
  }
  return { collection, rules: rules(), files: found.length, counts };
}

interface ReadSource {
  readonly file: SourceFile;
  /** True: the user named it, so it has to be a rule. */
  readonly named: boolean;
}

interface FileReader {
  readonly documents: readonly SigmaDocument[];
  /** Of the documents, those wrong among them. */
  readonly count: number;
  readonly read: (source: ReadSource) => void;
}

/**
 * Reads files. A copy of a file without an error is not read again: its documents are the same, in
 * another place.
 */
function createFileReader(bag: DiagnosticBag, onRule?: OnRule): FileReader {
  const documents: SigmaDocument[] = [];
  const known = new Map<string, readonly SigmaDocument[]>();
  let count = 0;
  return {
    documents,
    get count() {
      return count;
    },
    read({ file, named }) {
      const before = known.get(file.text);
      if (before) {
        documents.push(...before.map((document) => ({ ...document, file })));
        count += before.length;
        return;
      }
      const read = readDocuments(file, bag, { named, onRule });
      documents.push(...read.documents);
      count += read.count;
      if (read.documents.length === read.count && read.documents.every(isSound))
        known.set(file.text, read.documents);
    },
  };
}

const isSound = (document: SigmaDocument): boolean =>
  document.kind !== 'lost' && (document.kind !== 'filter' || document.detection !== undefined);

/** The names that a rule may get in the packs. */
function writtenNames(document: SigmaDocument): readonly string[] {
  if (document.kind === 'lost' || document.kind === 'filter') return [];
  const name = lookup(document.settings, 'name');
  return name?.kind === 'scalar' ? [document.title, name.text] : [document.title];
}

/** The rules and filters that were read, and how many of their documents are wrong. */
function collected(
  { documents, count }: FileReader,
  bag: DiagnosticBag,
): Omit<LoadedRules, 'files'> {
  const collection = collect(documents, bag);
  // a filter that can't be read may leave out rules
  const sound =
    collection.rules.length +
    collection.filters.filter(({ detection }) => detection !== undefined).length;
  return { collection, invalid: count - sound - collection.leftOut.length };
}

function readLoneRule(
  file: SourceFile,
  bag: DiagnosticBag,
  onRule: OnRule | undefined,
): readonly Rule[] {
  const { documents } = readDocuments(file, bag, { onRule });
  return documents.map((document) => {
    if (document.kind !== 'detection')
      throw new Error(`${file.path} was taken for a detection rule`);
    reportNoId(document, bag);
    return document;
  });
}

/** Files that rules are read from; the path `-` is standard input. */
function ruleFiles(paths: PathLists, bag: DiagnosticBag): readonly FoundFile[] {
  const isInput = (entry: string): boolean => entry === '-';
  const lists = paths.lists.map((list) =>
    list.key ? list : { ...list, entries: list.entries.filter((entry) => !isInput(entry)) },
  );
  const input = paths.lists.some(({ key, entries }) => !key && entries.some(isInput))
    ? [{ path: '-', named: true }]
    : [];
  return [...input, ...findFiles({ ...paths, lists }, isRuleFile, bag)];
}

function* readFiles(
  files: readonly FoundFile[],
  bag: DiagnosticBag,
  terminal: Terminal,
): Generator<ReadSource | undefined> {
  for (const [index, { path, named }] of files.entries()) {
    terminal.progress(index, files.length, 'reading rules');
    const file = path === '-' ? readStandardInput(bag) : readRuleFile(path, named, bag);
    yield file && { file, named };
  }
}
