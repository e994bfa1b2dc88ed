import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSourceFile } from '../../src/cli/files/rule-files.ts';
import { createCompiler } from '../../src/query/compile.ts';
import { collect } from '../../src/sigma/collection/collection.ts';
import { readDocuments } from '../../src/sigma/collection/document.ts';
import { createBag, type Diagnostic, isFatal } from '../../src/source/diagnostic.ts';
import { findRuleFiles } from '../rule-files.ts';
import { shared } from './corpus.ts';

interface Read {
  readonly path: string;
  readonly text: string;
  readonly documents: number;
  readonly compiled: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** Each file of a corpus folder on its own. */
function readFolder(name: string): readonly Read[] {
  return findRuleFiles([join(shared, 'corpus', name)], createBag()).map((path) => {
    const bag = createBag();
    const file = readSourceFile(path, bag);
    if (!file) throw new Error(path);
    const { documents, count } = readDocuments(file, bag);
    const collection = collect(documents, bag);
    const compile = createCompiler(collection, { placeholders: new Map(), bag });
    const compiled = collection.rules.filter((rule) => compile(rule) !== undefined).length;
    return { path, text: file.text, documents: count, compiled, diagnostics: bag.list };
  });
}

describe.each([
  ['unsupported', 20],
  ['deprecated', 50],
  ['rules-placeholder', 10],
  ['rules-compliance', 1],
])('corpus/%s', (folder, atLeast) => {
  const files = readFolder(folder);

  test('each document is compiled or reported', () => {
    expect(files.length).toBeGreaterThanOrEqual(atLeast);
    for (const { path, documents, compiled, diagnostics } of files) {
      expect(documents, path).toBeGreaterThan(0);
      expect(compiled < documents, path).toBe(diagnostics.some(isFatal));
    }
  });

  test('each diagnostic has a place in the text, a message and a hint', () => {
    for (const { text, diagnostics } of files) {
      for (const { span, message, hint } of diagnostics) {
        expect(span.start).toBeGreaterThanOrEqual(0);
        expect(span.end).toBeGreaterThanOrEqual(span.start);
        expect(span.start).toBeLessThanOrEqual(text.length);
        expect(message).not.toBe('');
        expect(hint).not.toBe('');
      }
    }
  });

  test('an aggregation is told at its bar, with the correlation to write instead', () => {
    for (const { path, text, diagnostics } of files) {
      const aggregated = /^ +condition:.*[^|]\|\s*(?:count|min|max|avg|sum|near)\b/m.test(text);
      const found = diagnostics.filter(
        ({ code, file, span }) => code === 'SIG033' && file.text[span.start] === '|',
      );
      expect(found.length > 0, path).toBe(aggregated);
      for (const { hint } of found) expect(hint, path).toContain('correlation: {type: ');
    }
  });
});

test('the placeholder rules are all refused for their placeholders and for nothing else', () => {
  const refused = readFolder('rules-placeholder').filter(({ compiled }) => compiled === 0);
  expect(refused.length).toBeGreaterThan(0);
  for (const { path, diagnostics } of refused)
    expect(new Set(diagnostics.filter(isFatal).map(({ code }) => code)), path).toEqual(
      new Set(['SIG024']),
    );
});
