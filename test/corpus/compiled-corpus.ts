import type { CompiledRule } from '../../src/query/compile.ts';
import type { SigmaDocument } from '../../src/sigma/collection/document.ts';
import { compileDocuments, documentsIn } from '../compile.ts';
import { corpusFolders } from './corpus.ts';

let documents: readonly SigmaDocument[] | undefined;
let rules: readonly CompiledRule[] | undefined;

/** The documents of the public rules; read once. */
export function corpusDocuments(): readonly SigmaDocument[] {
  documents ??= documentsIn(corpusFolders);
  return documents;
}

/** The public rules that compile; once. */
export function compiledCorpus(): readonly CompiledRule[] {
  rules ??= compileDocuments(corpusDocuments());
  return rules;
}
