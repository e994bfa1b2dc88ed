import { type Collection, collect } from '../sigma/collection.ts';
import { readDocuments, type SigmaDocument } from '../sigma/document.ts';
import type { DiagnosticBag } from '../source/diagnostic.ts';
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
  const files = [
    ...(paths.includes('-') ? ['-'] : []),
    ...findRuleFiles(
      paths.filter((path) => path !== '-'),
      bag,
    ),
  ];
  const documents: SigmaDocument[] = [];
  let count = 0;
  for (const [index, path] of files.entries()) {
    terminal.progress(index, files.length, 'reading rules');
    const file = path === '-' ? readStandardInput(bag) : readSourceFile(path, bag);
    if (!file) continue;
    const read = readDocuments(file, bag);
    documents.push(...read.documents);
    count += read.count;
  }
  const collection = collect(documents, bag);
  return {
    collection,
    files: files.length,
    invalid: count - collection.rules.length - collection.filters.filter(({ detection }) => detection !== undefined).length,
  };
}
