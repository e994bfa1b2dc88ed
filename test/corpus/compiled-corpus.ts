import { once } from '../../src/source/cache.ts';
import { compileDocuments, documentsIn } from '../compile.ts';
import { corpusFolders } from './corpus.ts';

/** The documents of the public rules; read once. */
export const corpusDocuments = once(() => documentsIn(corpusFolders));

/** The public rules that compile; once. */
export const compiledCorpus = once(() => compileDocuments(corpusDocuments()));
