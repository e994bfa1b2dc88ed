import { type Collection, collect, complainOfNoId, type Rule } from '../sigma/collection.ts';
import { type OnRule, readDocuments, type SigmaDocument } from '../sigma/document.ts';
import { independentFiles } from '../sigma/lone-rule.ts';
import type { DiagnosticBag } from '../source/diagnostic.ts';
import type { SourceFile } from '../source/span.ts';
import { findFiles } from './find-files.ts';
import type { PathLists } from './path-list.ts';
import { isRuleFile, readRuleFile, readStandardInput } from './rule-files.ts';
import type { Terminal } from './terminal.ts';
import type { FoundFile } from './walk-folders.ts';

export interface LoadedRules {
  readonly collection: Collection;
  readonly files: number;
  /** Sigma documents that had to be left out. */
  readonly invalid: number;
}

/** Reads every rule file below the paths; `-` is standard input. */
export function loadRules(paths: PathLists, bag: DiagnosticBag, terminal: Terminal): LoadedRules {
  const found = ruleFiles(paths, bag);
  return { ...collected(readFiles(found, bag, terminal), bag), files: found.length };
}

/** Rules that come one by one, so that each can be compiled and let go of before the next is read. */
export interface RuleStream {
  /** Of the rules that may have to do with each other: what must be known before any is compiled. */
  readonly collection: Collection;
  /** All rules in order of their files, those of the collection among them. To be gone through once. */
  readonly rules: Iterable<Rule>;
  readonly files: number;
  /** How many rules there were, and Sigma documents that had to be left out: whole once the rules are through. */
  readonly counts: { rules: number; invalid: number };
}

/** As `loadRules`, but reads a rule that no other can have to do with only when it is asked for. */
export function streamRules(paths: PathLists, bag: DiagnosticBag, terminal: Terminal, onRule?: OnRule): RuleStream {
  const found = ruleFiles(paths, bag);
  const files = [...readFiles(found, bag, terminal)];
  const independent = independentFiles(files.map((source) => source?.file.text ?? ''));
  const { collection, invalid } = collected(
    files.filter((_, index) => !independent.has(index)),
    bag,
    onRule,
  );
  const counts = { rules: 0, invalid };
  const together = Map.groupBy(collection.rules, ({ file }) => file);
  function* rules(): Generator<Rule> {
    for (const [index, source] of files.entries()) {
      if (!source) continue;
      const { file } = source;
      // the text is kept by what is made of the rule, and not by this list
      files[index] = undefined;
      const read = independent.has(index) ? readLoneRule(file, bag, onRule) : (together.get(file) ?? []);
      if (independent.has(index)) counts.invalid += 1 - read.length;
      counts.rules += read.length;
      yield* read;
    }
  }
  return { collection, rules: rules(), files: found.length, counts };
}

interface ReadSource {
  readonly file: SourceFile;
  /** True: somebody says that it is a rule. */
  readonly named: boolean;
}

/** The rules and filters of files, and how many of their documents are at fault. */
function collected(sources: Iterable<ReadSource | undefined>, bag: DiagnosticBag, onRule?: OnRule): Omit<LoadedRules, 'files'> {
  const documents: SigmaDocument[] = [];
  let count = 0;
  for (const source of sources) {
    if (!source) continue;
    const read = readDocuments(source.file, bag, { named: source.named, onRule });
    documents.push(...read.documents);
    count += read.count;
  }
  const collection = collect(documents, bag);
  // a filter that can't be read is there to leave out its rules
  const sound = collection.rules.length + collection.filters.filter(({ detection }) => detection !== undefined).length;
  return { collection, invalid: count - sound };
}

function readLoneRule(file: SourceFile, bag: DiagnosticBag, onRule: OnRule | undefined): readonly Rule[] {
  const { documents } = readDocuments(file, bag, { onRule });
  return documents.map((document) => {
    if (document.kind !== 'detection') throw new Error(`${file.path} was taken for a detection rule`);
    complainOfNoId(document, bag);
    return document;
  });
}

/** Files that rules are read from; the path `-` is standard input. */
function ruleFiles(paths: PathLists, bag: DiagnosticBag): readonly FoundFile[] {
  const isInput = (entry: string): boolean => entry === '-';
  const lists = paths.lists.map((list) => (list.key ? list : { ...list, entries: list.entries.filter((entry) => !isInput(entry)) }));
  const input = paths.lists.some(({ key, entries }) => !key && entries.some(isInput)) ? [{ path: '-', named: true }] : [];
  return [...input, ...findFiles({ ...paths, lists }, isRuleFile, bag)];
}

function* readFiles(files: readonly FoundFile[], bag: DiagnosticBag, terminal: Terminal): Generator<ReadSource | undefined> {
  for (const [index, { path, named }] of files.entries()) {
    terminal.progress(index, files.length, 'reading rules');
    const file = path === '-' ? readStandardInput(bag) : readRuleFile(path, named, bag);
    yield file && { file, named };
  }
}
