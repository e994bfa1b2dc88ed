import {
  EVENT_ID,
  type Event,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  YAMLException,
} from 'js-yaml';
import { createBag, type DiagnosticBag, type NewDiagnostic } from './diagnostic.ts';
import type { SourceFile, Span } from './span.ts';
import { yamlError } from './yaml-error.ts';
import { checkProperties, checkTag, endOfScalar, TreeError } from './yaml-tree-error.ts';

/** A YAML tree whose nodes know their place: each node is a {@link Span}. */
export type YamlNode = YamlScalar | YamlSequence | YamlMapping;

export interface YamlScalar extends Span {
  readonly kind: 'scalar';
  /** As YAML 1.2's core schema resolves it; integers beyond 2^53 are bigints. */
  readonly value: string | number | bigint | boolean | null;
  /** The scalar's text after unquoting, before its type was resolved. */
  readonly text: string;
  /** False for quoted and block scalars, whose type is always string. */
  readonly plain: boolean;
}

export interface YamlSequence extends Span {
  readonly kind: 'sequence';
  readonly items: readonly YamlNode[];
}

export interface YamlMapping extends Span {
  readonly kind: 'mapping';
  readonly pairs: readonly YamlPair[];
}

export interface YamlPair {
  readonly key: YamlScalar;
  readonly value: YamlNode;
}

/** Larger files and documents are refused: rules are a few kilobytes. */
const yamlLimits = {
  fileLength: 8 * 1024 * 1024,
  documents: 50_000,
  nodes: 500_000,
  depth: 50,
  starts: 1_000_000,
} as const;

/**
 * A text of this length counts as one more node: aliases of a huge text are as bad as aliases of a
 * huge list.
 */
const charactersPerNode = 64;
/**
 * Longer integers are texts: no event holds such a number, and big integers take quadratic time.
 */
const longestInteger = 64;

const resolvesDifferently = new RegExp(
  `^(?:${[
    'y|n|yes|no|on|off',
    '[-+]?0[0-9_]+|0o[0-7]+|[-+]?0b[01_]+|[-+]?[0-9]+_[0-9_]*',
    '[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\\.[0-9_]*)?',
    '[-+]?[0-9]+e[-+]?[0-9]+|[-+]?[0-9]*\\.[0-9]*e[0-9]+',
    '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].*)?',
  ].join('|')})$`,
  'i',
);

/**
 * True for plain text that PyYAML (YAML 1.1, sigma-cli) reads as another boolean, number or date
 * than YAML 1.2 does.
 */
export function isAmbiguousScalar(node: YamlScalar): boolean {
  return node.plain && resolvesDifferently.test(node.text);
}

/**
 * True for digits behind a zero that are no octal number of YAML 1.1: a number in YAML 1.2, a text
 * for PyYAML, and meant as one.
 */
export const keepsZeros = ({ plain, value, text }: YamlScalar): boolean =>
  plain &&
  (typeof value === 'number' || typeof value === 'bigint') &&
  /^0[0-9]*[89][0-9]*$/.test(text);

export function resolvePlainScalar(text: string): YamlScalar['value'] {
  const first = text.charCodeAt(0);
  // most scalars start with a letter, and are longer than the words that have a type
  if (
    first > 64 &&
    (text.length > 5 || !/^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE)$/.test(text))
  )
    return text;
  if (text === '' || text === '~' || text === 'null' || text === 'Null' || text === 'NULL')
    return null;
  if (/^(?:true|True|TRUE)$/.test(text)) return true;
  if (/^(?:false|False|FALSE)$/.test(text)) return false;
  if (/^[-+]?[0-9]+$/.test(text)) return integer(text.replace(/^\+/, ''), text.startsWith('-'));
  if (/^0o[0-7]+$|^0x[0-9a-fA-F]+$/.test(text)) return integer(text, false);
  // beyond the range of numbers only the text tells two values apart
  if (
    /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/.test(text) &&
    Number.isFinite(Number(text))
  )
    return Number(text);
  return text;
}

function integer(text: string, negative: boolean): number | bigint | string {
  if (text.length > longestInteger) return text;
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  return negative ? -BigInt(text.slice(1)) : BigInt(text);
}

interface Frame {
  readonly kind: 'document' | 'sequence' | 'mapping';
  readonly start: number;
  readonly anchor: string | undefined;
  readonly items: YamlNode[];
  size: number;
}

/**
 * Documents of a YAML text. Each document that can't be read is reported once; the others
 * are returned.
 */
export function parseYaml(file: SourceFile, bag: DiagnosticBag): readonly YamlNode[] {
  if (file.text.length > yamlLimits.fileLength) {
    bag.add(file, {
      code: 'SIG004',
      message: `file has ${file.text.length} characters, more than ${yamlLimits.fileLength}`,
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
  bag: DiagnosticBag,
  parts: readonly Span[],
): readonly YamlNode[] {
  const found: YamlNode[] = [];
  let nodes = 0;
  for (const { start, end } of parts) {
    try {
      const part = parseDocuments(file, bag, start, end);
      nodes += part.nodes;
      if (nodes > yamlLimits.nodes) {
        bag.add(file, {
          code: 'SIG004',
          message: `${tooManyNodes} up to this document`,
          span: { start, end: start + 1 },
        });
        return found;
      }
      for (const document of part.documents) found.push(document);
    } catch (reason) {
      report(file, bag, reason, start);
    }
  }
  return found;
}

const tooManyNodes = `more than ${yamlLimits.nodes} nodes (aliases counted as what they stand for)`;

/**
 * What a file has too much of to be parsed: the parser keeps several objects for whatever may start
 * a node or a document.
 */
function excessOf(text: string): NewDiagnostic | undefined {
  // most files are too short for it
  if (text.length < '\n---'.length * yamlLimits.documents) return undefined;
  let starts = 0;
  let documents = 0;
  for (const { 0: sign, index } of text.matchAll(/[\n\r](?:---)?|[,[{]/g)) {
    starts++;
    if (sign.length > 1) documents++;
    const span = { start: index, end: index + 1 };
    if (starts > yamlLimits.starts)
      return {
        code: 'SIG004',
        message: `file has more than ${yamlLimits.starts} line breaks, commas and opening brackets`,
        span,
      };
    if (documents > yamlLimits.documents)
      return {
        code: 'SIG004',
        message: `file has more than ${yamlLimits.documents} documents`,
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

interface Parsed {
  readonly documents: readonly YamlNode[];
  readonly nodes: number;
}

function parseDocuments(file: SourceFile, bag: DiagnosticBag, start: number, end: number): Parsed {
  const text = file.text.slice(start, end);
  const found: NewDiagnostic[] = [];
  const { documents, nodes } = composeDocuments(
    text,
    parseEvents(text, { filename: file.path, maxDepth: yamlLimits.depth }),
    found,
  );
  for (const diagnostic of found)
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

function report(file: SourceFile, bag: DiagnosticBag, error: unknown, shift: number): void {
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
  bag.add(file, { ...yamlError(error.reason, file.text, start), span: { start, end: start + 1 } });
}

function composeDocuments(text: string, events: readonly Event[], found: NewDiagnostic[]): Parsed {
  const documents: YamlNode[] = [];
  const stack: Frame[] = [];
  let anchors = new Map<string, { node: YamlNode; size: number }>();
  let nodes = 0;
  let last = 0;

  const name = (start: number, end: number) => (start < 0 ? undefined : text.slice(start, end));
  const place = (node: YamlNode, size: number, anchor: string | undefined) => {
    nodes += size;
    if (nodes > yamlLimits.nodes) throw new TreeError('SIG004', tooManyNodes, node);
    if (anchor !== undefined) anchors.set(anchor, { node, size });
    const top = stack.at(-1);
    if (!top) return;
    top.items.push(node);
    top.size += size;
  };

  for (const event of events) {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        anchors = new Map();
        stack.push({ kind: 'document', start: last, anchor: undefined, items: [], size: 0 });
        break;
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING: {
        const kind = event.type === EVENT_ID.SEQUENCE ? 'sequence' : 'mapping';
        checkTag(text, event.tagStart);
        stack.push({
          kind,
          start: event.start,
          anchor: name(event.anchorStart, event.anchorEnd),
          items: [],
          size: 1,
        });
        break;
      }
      case EVENT_ID.SCALAR:
        last = endOfScalar(text, event, last, stack.at(-1)?.kind === 'sequence');
        checkProperties(text, event);
        place(
          scalar(text, event, last),
          1 + Math.floor((event.valueEnd - event.valueStart) / charactersPerNode),
          name(event.anchorStart, event.anchorEnd),
        );
        break;
      case EVENT_ID.ALIAS: {
        const known = anchors.get(text.slice(event.anchorStart, event.anchorEnd));
        if (!known) throw unknownAlias(text, event.anchorStart, event.anchorEnd);
        place(known.node, known.size, undefined);
        break;
      }
      case EVENT_ID.POP: {
        const frame = stack.pop();
        if (!frame) break;
        if (frame.kind === 'document') {
          const root = frame.items[0];
          if (root && !isNull(root)) documents.push(root);
          break;
        }
        const node = branch(frame, Math.max(last, frame.start + 1), found);
        // the children were counted when they were placed
        nodes -= frame.size - 1;
        place(node, frame.size, frame.anchor);
        break;
      }
    }
  }
  return { documents, nodes };
}

const isNull = (node: YamlNode): boolean => node.kind === 'scalar' && node.value === null;

function unknownAlias(text: string, start: number, end: number): TreeError {
  const name = text.slice(start, end);
  return new TreeError(
    'SIG002',
    `no anchor \`&${name}\` stands before its alias`,
    { start: start - 1, end },
    'Quote the value if it is meant to start with `*`.',
  );
}

function scalar(text: string, event: ScalarEvent, last: number): YamlScalar {
  // `key:` without a value stands right behind its key
  if (event.valueStart < 0)
    return {
      kind: 'scalar',
      start: text[last - 1] === '-' ? last - 1 : last,
      end: last,
      value: event.tagStart < 0 ? null : '',
      text: '',
      plain: event.tagStart < 0,
    };
  const content = event.fast
    ? text.slice(event.valueStart, event.valueEnd)
    : getScalarValue(text, event);
  const plain = event.style === SCALAR_STYLE.PLAIN && event.tagStart < 0;
  const quoted =
    event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED
      ? 1
      : 0;
  let start = event.valueStart - quoted;
  // the indentation of a block scalar's first line is not part of it
  if (
    content !== '' &&
    (event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK)
  )
    while (/\s/.test(text[start] ?? '.')) start++;
  const end = event.valueEnd + quoted;
  return {
    kind: 'scalar',
    start,
    end,
    value: plain ? resolvePlainScalar(content) : content,
    text: content,
    plain,
  };
}

function branch(
  { kind, start, items }: Frame,
  end: number,
  found: NewDiagnostic[],
): YamlSequence | YamlMapping {
  return kind === 'sequence'
    ? { kind, start, end, items }
    : { kind: 'mapping', start, end, pairs: pairsOf(items, found) };
}

function pairsOf(items: readonly YamlNode[], found: NewDiagnostic[]): readonly YamlPair[] {
  const pairs: YamlPair[] = [];
  const seen = new Set<string>();
  for (let at = 0; at + 1 < items.length; at += 2) {
    const key = items[at];
    const value = items[at + 1];
    if (!key || !value) break;
    if (key.kind !== 'scalar') {
      found.push({
        code: 'SIG002',
        message: 'a map key must be a plain value',
        span: key,
        hint: 'Write the key as a text; quote it if it starts with `[` or `{`.',
      });
      continue;
    }
    if (key.plain && key.text === '<<') {
      found.push({
        code: 'SIG002',
        message: '`<<` (merging of maps) is not part of YAML 1.2',
        span: key,
        hint: 'Write the keys out.',
      });
      continue;
    }
    // `~` and `null` are one key, and not the text "null"
    const name = key.value === null ? '\0null' : key.text;
    if (seen.has(name)) {
      found.push({
        code: 'SIG003',
        message: `key \`${key.text}\` stands twice in the same map`,
        span: key,
      });
      continue;
    }
    seen.add(name);
    pairs.push({ key, value });
  }
  return pairs;
}

/**
 * The document of a file that has been read before, for the places in it: what is wrong has been
 * reported.
 */
export const rootOf = (file: SourceFile): YamlNode | undefined => parseYaml(file, createBag())[0];

export function lookup(node: YamlNode | undefined, key: string): YamlNode | undefined {
  if (node?.kind !== 'mapping') return undefined;
  for (const pair of node.pairs) if (pair.key.text === key) return pair.value;
  return undefined;
}

/** Where a key of a mapping is written. */
export function spanOfKey(node: YamlNode | undefined, key: string): Span | undefined {
  const found =
    node?.kind === 'mapping' ? node.pairs.find((pair) => pair.key.text === key)?.key : undefined;
  return found && { start: found.start, end: found.end };
}

/** The tree as plain JavaScript data; maps become objects without a prototype. */
export function toPlain(node: YamlNode): unknown {
  if (node.kind === 'scalar') return typeof node.value === 'bigint' ? node.text : node.value;
  if (node.kind === 'sequence') return node.items.map(toPlain);
  const result: Record<string, unknown> = Object.create(null);
  for (const pair of node.pairs) result[pair.key.text] = toPlain(pair.value);
  return result;
}
