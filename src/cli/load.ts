import { type Collection, collect, complainOfNoId, type Rule } from '../sigma/collection.ts';
import { type OnRule, readDocuments, type SigmaDocument } from '../sigma/document.ts';
import { independentFiles } from '../sigma/lone-rule.ts';
import type { DiagnosticBag } from '../source/diagnostic.ts';
import type { SourceFile } from '../source/span.ts';
import { findRuleFiles, readSourceFile, readStandardInput } from './rule-files.ts';
import type { Terminal } from './terminal.ts';

export interface LoadedRules {
  readonly collection: Collection;
  readonly files: number;
  /** Sigma documents that had to be left out. */
  readonly invalid: number;
}

/** Reads every rule file below the paths; `-` is standard input. */
export function loadRules(paths: readonly string[], bag: DiagnosticBag, terminal: Terminal): LoadedRules {
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
export function streamRules(paths: readonly string[], bag: DiagnosticBag, terminal: Terminal, onRule?: OnRule): RuleStream {
  const found = ruleFiles(paths, bag);
  const files = [...readFiles(found, bag, terminal)];
  const independent = independentFiles(files.map((file) => file?.text ?? ''));
  const { collection, invalid } = collected(
    files.filter((_, index) => !independent.has(index)),
    bag,
    onRule,
  );
  const counts = { rules: 0, invalid };
  const together = Map.groupBy(collection.rules, ({ file }) => file);
  function* rules(): Generator<Rule> {
    for (const [index, file] of files.entries()) {
      if (!file) continue;
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

/** The rules and filters of files, and how many of their documents are at fault. */
function collected(files: Iterable<SourceFile | undefined>, bag: DiagnosticBag, onRule?: OnRule): Omit<LoadedRules, 'files'> {
  const documents: SigmaDocument[] = [];
  let count = 0;
  for (const file of files) {
    if (!file) continue;
    const read = readDocuments(file, bag, { onRule });
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

const ruleFiles = (paths: readonly string[], bag: DiagnosticBag): readonly string[] => [
  ...(paths.includes('-') ? ['-'] : []),
  ...findRuleFiles(
    paths.filter((path) => path !== '-'),
    bag,
  ),
];

function* readFiles(paths: readonly string[], bag: DiagnosticBag, terminal: Terminal): Generator<SourceFile | undefined> {
  for (const [index, path] of paths.entries()) {
    terminal.progress(index, paths.length, 'reading rules');
    yield path === '-' ? readStandardInput(bag) : readSourceFile(path, bag);
  }
}
