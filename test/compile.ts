import { readSourceFile } from '../src/cli/files/rule-files.ts';
import { type CompiledDetection, type CompiledRule, createCompiler } from '../src/query/compile.ts';
import { collect } from '../src/sigma/collection/collection.ts';
import { readDocuments, type SigmaDocument } from '../src/sigma/collection/document.ts';
import type { Pattern } from '../src/sigma/value/pattern.ts';
import { createBag, type DiagnosticBag } from '../src/source/diagnostic.ts';
import { findRuleFiles } from './rule-files.ts';

/** Compiles every rule of the folders; diagnostics go to the bag. */
export function compileFolders(
  folders: readonly string[],
  bag: DiagnosticBag = createBag(),
): readonly CompiledRule[] {
  return compileDocuments(documentsIn(folders, bag), bag);
}

/** The documents of all rule files of the folders. */
export const documentsIn = (
  folders: readonly string[],
  bag: DiagnosticBag = createBag(),
): readonly SigmaDocument[] =>
  findRuleFiles(folders, bag).flatMap((path) => {
    const file = readSourceFile(path, bag);
    return file ? readDocuments(file, bag).documents : [];
  });

/** Compiles every rule of a text of one or more documents. */
export function compileText(
  text: string,
  bag: DiagnosticBag = createBag(),
  placeholders: ReadonlyMap<string, readonly Pattern[]> = new Map(),
): readonly CompiledRule[] {
  return compileDocuments(
    readDocuments({ path: 'rule.yml', text }, bag).documents,
    bag,
    placeholders,
  );
}

/** Compiles every rule of documents that are read. */
export function compileDocuments(
  documents: readonly SigmaDocument[],
  bag: DiagnosticBag = createBag(),
  placeholders: ReadonlyMap<string, readonly Pattern[]> = new Map(),
): readonly CompiledRule[] {
  const collection = collect(documents, bag);
  const compile = createCompiler(collection, { placeholders, bag });
  return collection.rules.flatMap((rule) => compile(rule) ?? []);
}

/** A rule from the lines of its `detection:`, without indentation of its own. */
export function detectionOf(
  detection: string,
  bag: DiagnosticBag = createBag(),
  placeholders: ReadonlyMap<string, readonly Pattern[]> = new Map(),
): CompiledDetection {
  const text = ruleText(detection);
  const [compiled] = compileText(text, bag, placeholders);
  if (compiled?.kind === 'detection') return compiled;
  throw new Error(
    `the rule does not compile: ${bag.list.map((diagnostic) => `${diagnostic.code} ${diagnostic.message}`).join('; ')}\n${text}`,
  );
}

export function ruleText(detection: string): string {
  const lines = detection.split('\n').map((line) => `  ${line}`);
  return `title: Test\nid: 00000000-0000-4000-8000-000000000000\nstatus: test\nlogsource:\n  product: windows\ndetection:\n${lines.join('\n')}\n`;
}

/** Two rules for correlations to refer to: `failed` and `login`. */
export const loginRules = `
title: Failed login
name: failed
logsource: { product: windows }
detection:
  selection: { EventID: 4625 }
  condition: selection
---
title: Login
name: login
logsource: { product: windows }
detection:
  selection: { EventID: 4624 }
  condition: selection
`;
