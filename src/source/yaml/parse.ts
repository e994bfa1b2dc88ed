import { parseEvents, YAMLException } from 'js-yaml';
import type { NewDiagnostic } from '../diagnostic.ts';
import type { SourceFile, Span } from '../span.ts';
import { type ComposedDocuments, composeDocuments, maximumNodes, tooManyNodes } from './compose.ts';
import { syntaxError } from './syntax-error.ts';
import type { YamlNode } from './tree.ts';
import { TreeError } from './tree-error.ts';

/** Larger files and documents are refused. Rules are a few kilobytes. */
const limits = {
  fileLength: 8 * 1024 * 1024,
  documents: 50_000,
  depth: 50,
  starts: 1_000_000,
} as const;

/** The result of reading a YAML text. */
export interface ParsedYaml {
  readonly documents: readonly YamlNode[];
  /** One for each document that can't be read, and for each key that is left out. All are fatal. */
  readonly errors: readonly NewDiagnostic[];
}

/** Reads the documents of a YAML text. */
export function parseYaml(file: SourceFile): ParsedYaml {
  const excess = excessOf(file.text);
  if (excess) return { documents: [], errors: [excess] };
  const whole = { start: 0, end: file.text.length };
  try {
    return parsePart(file, whole);
  } catch (error) {
    const parts = documentParts(file.text);
    return parts.length < 2
      ? { documents: [], errors: [yamlError(file, error, 0)] }
      : parseParts(file, parts);
  }
}

/**
 * Reads each part by itself, so that a broken document takes no other with it. Together they may
 * have as many nodes as a whole file.
 */
function parseParts(file: SourceFile, parts: readonly Span[]): ParsedYaml {
  const documents: YamlNode[] = [];
  const errors: NewDiagnostic[] = [];
  let nodes = 0;
  for (const part of parts) {
    try {
      const read = parsePart(file, part);
      for (const error of read.errors) errors.push(error);
      nodes += read.nodes;
      if (nodes > maximumNodes) {
        const span = { start: part.start, end: part.start + 1 };
        errors.push({ code: 'SIG004', message: `${tooManyNodes} up to this document`, span });
        break;
      }
      for (const document of read.documents) documents.push(document);
    } catch (error) {
      errors.push(yamlError(file, error, part.start));
    }
  }
  return { documents, errors };
}

/**
 * The limit that a file exceeds. The parser keeps several objects for whatever may start a node or
 * a document.
 */
function excessOf(text: string): NewDiagnostic | undefined {
  if (text.length > limits.fileLength)
    return {
      code: 'SIG004',
      message: `file has ${text.length} characters, more than ${limits.fileLength}`,
      span: { start: 0, end: 0 },
    };
  // most files are too short to exceed the others
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
 * The parts of a text that start with `---`. It ends a document even within quoted text, so a
 * broken document can be left out.
 */
function documentParts(text: string): readonly Span[] {
  const starts = [0, ...Array.from(text.matchAll(/(?<=\n)---(?=\s|$)/g), (match) => match.index)];
  return starts.map((start, index) => ({ start, end: starts[index + 1] ?? text.length }));
}

/** Throws {@link TreeError}, with a place in the part, and YAMLException. */
function parsePart(file: SourceFile, { start, end }: Span): ComposedDocuments {
  const text = file.text.slice(start, end);
  const composed = composeDocuments(
    text,
    parseEvents(text, { filename: file.path, maxDepth: limits.depth }),
  );
  if (start === 0) return composed;
  const { documents, nodes, errors } = composed;
  return {
    documents: documents.map((node) => moved(node, start)),
    nodes,
    errors: errors.map((error) => ({ ...error, span: shifted(error.span, start) })),
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

/** The diagnostic for what was thrown about a part of the file that starts at `shift`. */
function yamlError(file: SourceFile, error: unknown, shift: number): NewDiagnostic {
  if (error instanceof TreeError) {
    const { code, message, span, hint } = error;
    return { code, message, span: shifted(span, shift), hint };
  }
  if (!(error instanceof YAMLException)) throw error;
  const start = Math.min((error.mark?.position ?? 0) + shift, file.text.length);
  return { ...syntaxError(error.reason, file.text, start), span: { start, end: start + 1 } };
}

/** The first document of a file that has been read before: its errors have been reported. */
export const rootOf = (file: SourceFile): YamlNode | undefined => parseYaml(file).documents[0];
