import { parseEvents, YAMLException } from 'js-yaml';
import { createBag, type DiagnosticSink, type NewDiagnostic } from '../diagnostic.ts';
import type { SourceFile, Span } from '../span.ts';
import { type ComposedDocuments, composeDocuments, maximumNodes, tooManyNodes } from './compose.ts';
import { syntaxError } from './syntax-error.ts';
import type { YamlNode } from './tree.ts';
import { TreeError } from './tree-error.ts';

/** Larger files and documents are refused: rules are a few kilobytes. */
const limits = {
  fileLength: 8 * 1024 * 1024,
  documents: 50_000,
  depth: 50,
  starts: 1_000_000,
} as const;

/**
 * Documents of a YAML text. Each document that can't be read is reported once; the others
 * are returned.
 */
export function parseYaml(file: SourceFile, bag: DiagnosticSink): readonly YamlNode[] {
  if (file.text.length > limits.fileLength) {
    bag.add(file, {
      code: 'SIG004',
      message: `file has ${file.text.length} characters, more than ${limits.fileLength}`,
      span: { start: 0, end: 0 },
    });
    return [];
  }
  const excess = excessOf(file.text);
  if (excess) {
    bag.add(file, excess);
    return [];
  }
  try {
    return parseDocuments(file, bag, 0, file.text.length).documents;
  } catch (error) {
    const parts = documentParts(file.text);
    if (parts.length < 2) {
      report(file, bag, error, 0);
      return [];
    }
    return parseParts(file, bag, parts);
  }
}

/**
 * Each part for itself, so that a broken document takes no other along; together they have no more
 * nodes than a file that is whole.
 */
function parseParts(
  file: SourceFile,
  bag: DiagnosticSink,
  parts: readonly Span[],
): readonly YamlNode[] {
  const documents: YamlNode[] = [];
  let nodes = 0;
  for (const { start, end } of parts) {
    try {
      const part = parseDocuments(file, bag, start, end);
      nodes += part.nodes;
      if (nodes > maximumNodes) {
        bag.add(file, {
          code: 'SIG004',
          message: `${tooManyNodes} up to this document`,
          span: { start, end: start + 1 },
        });
        return documents;
      }
      for (const document of part.documents) documents.push(document);
    } catch (error) {
      report(file, bag, error, start);
    }
  }
  return documents;
}

/**
 * What a file has too much of to be parsed: the parser keeps several objects for whatever may start
 * a node or a document.
 */
function excessOf(text: string): NewDiagnostic | undefined {
  // most files are too short for it
  if (text.length < '\n---'.length * limits.documents) return undefined;
  let starts = 0;
  let documents = 0;
  for (const { 0: sign, index } of text.matchAll(/[\n\r](?:---)?|[,[{]/g)) {
    starts++;
    if (sign.length > 1) documents++;
    const span = { start: index, end: index + 1 };
    if (starts > limits.starts)
      return {
        code: 'SIG004',
        message: `file has more than ${limits.starts} line breaks, commas and opening brackets`,
        span,
      };
    if (documents > limits.documents)
      return {
        code: 'SIG004',
        message: `file has more than ${limits.documents} documents`,
        span,
      };
  }
  return undefined;
}

/**
 * `---` at the start of a line ends a document even in the middle of a quoted text, so a broken
 * document can be left out.
 */
function documentParts(text: string): readonly Span[] {
  const starts = [0, ...Array.from(text.matchAll(/(?<=\n)---(?=\s|$)/g), (match) => match.index)];
  return starts.map((start, index) => ({ start, end: starts[index + 1] ?? text.length }));
}

function parseDocuments(
  file: SourceFile,
  bag: DiagnosticSink,
  start: number,
  end: number,
): ComposedDocuments {
  const text = file.text.slice(start, end);
  const diagnostics: NewDiagnostic[] = [];
  const { documents, nodes } = composeDocuments(
    text,
    parseEvents(text, { filename: file.path, maxDepth: limits.depth }),
    diagnostics,
  );
  for (const diagnostic of diagnostics)
    bag.add(file, { ...diagnostic, span: shifted(diagnostic.span, start) });
  return {
    documents: start === 0 ? documents : documents.map((node) => moved(node, start)),
    nodes,
  };
}

const shifted = ({ start, end }: Span, by: number): Span => ({ start: start + by, end: end + by });

function moved<T extends YamlNode>(node: T, by: number): T {
  const at = shifted(node, by);
  if (node.kind === 'sequence')
    return { ...node, ...at, items: node.items.map((item) => moved(item, by)) };
  if (node.kind === 'mapping')
    return {
      ...node,
      ...at,
      pairs: node.pairs.map(({ key, value }) => ({ key: moved(key, by), value: moved(value, by) })),
    };
  return { ...node, ...at };
}

function report(file: SourceFile, bag: DiagnosticSink, error: unknown, shift: number): void {
  if (error instanceof TreeError) {
    const { code, message, span, hint } = error;
    bag.add(file, {
      code,
      message,
      span: shifted(span, shift),
      ...(hint === undefined ? {} : { hint }),
    });
    return;
  }
  if (!(error instanceof YAMLException)) throw error;
  const start = Math.min((error.mark?.position ?? 0) + shift, file.text.length);
  bag.add(file, {
    ...syntaxError(error.reason, file.text, start),
    span: { start, end: start + 1 },
  });
}

/**
 * The document of a file that has been read before, for the places in it: what is wrong has been
 * reported.
 */
export const rootOf = (file: SourceFile): YamlNode | undefined => parseYaml(file, createBag())[0];
