import { EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE, type ScalarEvent, YAMLException } from 'js-yaml';
import type { DiagnosticBag } from './diagnostic.ts';
import type { SourceFile, Span } from './span.ts';

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
export const yamlLimits = { fileLength: 8 * 1024 * 1024, nodes: 500_000, depth: 50 } as const;

const resolvesDifferently = /^(?:y|n|yes|no|on|off|0[0-9_]+|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+|[-+]?[0-9]+_[0-9_]*)$/i;

/** True for plain text that PyYAML (YAML 1.1, sigma-cli) takes for a boolean, octal or base-60 number and YAML 1.2 does not. */
export function isAmbiguousScalar(node: YamlScalar): boolean {
  return node.plain && resolvesDifferently.test(node.text);
}

export function resolvePlainScalar(text: string): YamlScalar['value'] {
  const first = text.charCodeAt(0);
  // most scalars start with a letter that starts no typed value
  if (first > 64 && !/^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE)$/.test(text)) return text;
  if (text === '' || text === '~' || text === 'null' || text === 'Null' || text === 'NULL') return null;
  if (/^(?:true|True|TRUE)$/.test(text)) return true;
  if (/^(?:false|False|FALSE)$/.test(text)) return false;
  if (/^[-+]?[0-9]+$/.test(text)) return integer(text.replace(/^\+/, ''), text.startsWith('-'));
  if (/^0o[0-7]+$|^0x[0-9a-fA-F]+$/.test(text)) return integer(text, false);
  if (/^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/.test(text)) return Number(text);
  return text;
}

function integer(text: string, negative: boolean): number | bigint {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  return negative ? -BigInt(text.slice(1)) : BigInt(text);
}

class TreeLimit extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

interface Frame {
  readonly kind: 'document' | 'sequence' | 'mapping';
  readonly start: number;
  readonly anchor: string | undefined;
  readonly items: YamlNode[];
  size: number;
}

/** Documents of a YAML text. Syntax errors go to `bag`; the documents before the error are still returned. */
export function parseYaml(file: SourceFile, bag: DiagnosticBag): readonly YamlNode[] {
  if (file.text.length > yamlLimits.fileLength) {
    bag.add(file, { code: 'SIG004', message: `file has ${file.text.length} characters, more than ${yamlLimits.fileLength}`, span: { start: 0, end: 0 } });
    return [];
  }
  try {
    const events = parseEvents(file.text, { filename: file.path, maxDepth: yamlLimits.depth });
    return composeDocuments(file, events, bag);
  } catch (error) {
    if (error instanceof YAMLException) {
      const start = Math.min(error.mark?.position ?? 0, file.text.length);
      const deep = /nesting|depth/i.test(error.reason);
      bag.add(file, { code: deep ? 'SIG004' : 'SIG002', message: error.reason, span: { start, end: start + 1 } });
      return [];
    }
    if (error instanceof TreeLimit) {
      bag.add(file, { code: 'SIG004', message: error.message, span: { start: error.at, end: error.at } });
      return [];
    }
    throw error;
  }
}

function composeDocuments(file: SourceFile, events: readonly Event[], bag: DiagnosticBag): readonly YamlNode[] {
  const documents: YamlNode[] = [];
  const stack: Frame[] = [];
  let anchors = new Map<string, { node: YamlNode; size: number }>();
  let nodes = 0;
  let last = 0;

  const name = (start: number, end: number) => (start < 0 ? undefined : file.text.slice(start, end));
  const place = (node: YamlNode, size: number, anchor: string | undefined) => {
    nodes += size;
    if (nodes > yamlLimits.nodes) throw new TreeLimit(`more than ${yamlLimits.nodes} nodes (aliases counted as what they stand for)`, node.start);
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
        stack.push({ kind, start: event.start, anchor: name(event.anchorStart, event.anchorEnd), items: [], size: 1 });
        break;
      }
      case EVENT_ID.SCALAR:
        last = Math.max(last, event.valueEnd);
        place(scalar(file.text, event, last), 1, name(event.anchorStart, event.anchorEnd));
        break;
      case EVENT_ID.ALIAS: {
        const found = anchors.get(file.text.slice(event.anchorStart, event.anchorEnd));
        if (!found) throw new TreeLimit('alias without an anchor before it', event.anchorStart);
        place(found.node, found.size, undefined);
        break;
      }
      case EVENT_ID.POP: {
        const frame = stack.pop();
        if (!frame) break;
        if (frame.kind === 'document') {
          const root = frame.items[0];
          if (root && !(root.kind === 'scalar' && root.value === null)) documents.push(root);
          break;
        }
        const end = Math.max(last, frame.start + 1);
        const node: YamlNode =
          frame.kind === 'sequence'
            ? { kind: 'sequence', start: frame.start, end, items: frame.items }
            : { kind: 'mapping', start: frame.start, end, pairs: pairsOf(file, frame.items, bag) };
        // the children were counted when they were placed
        nodes -= frame.size - 1;
        place(node, frame.size, frame.anchor);
        break;
      }
    }
  }
  return documents;
}

function scalar(text: string, event: ScalarEvent, last: number): YamlScalar {
  // `key:` without a value stands right behind its key
  if (event.valueStart < 0) return { kind: 'scalar', start: last, end: last, value: event.tagStart < 0 ? null : '', text: '', plain: event.tagStart < 0 };
  const content = event.fast ? text.slice(event.valueStart, event.valueEnd) : getScalarValue(text, event);
  const plain = event.style === SCALAR_STYLE.PLAIN && event.tagStart < 0;
  const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED ? 1 : 0;
  const start = Math.max(0, event.valueStart - quoted);
  const end = event.valueEnd + quoted;
  return { kind: 'scalar', start, end, value: plain ? resolvePlainScalar(content) : content, text: content, plain };
}

function pairsOf(file: SourceFile, items: readonly YamlNode[], bag: DiagnosticBag): readonly YamlPair[] {
  const pairs: YamlPair[] = [];
  const seen = new Set<string>();
  for (let at = 0; at + 1 < items.length; at += 2) {
    const key = items[at];
    const value = items[at + 1];
    if (!key || !value) break;
    if (key.kind !== 'scalar') {
      bag.add(file, { code: 'SIG002', message: 'a map key must be a plain value', span: key });
      continue;
    }
    if (seen.has(key.text)) {
      bag.add(file, { code: 'SIG003', message: `key \`${key.text}\` stands twice in the same map`, span: key });
      continue;
    }
    seen.add(key.text);
    pairs.push({ key, value });
  }
  return pairs;
}

export function lookup(node: YamlNode | undefined, key: string): YamlNode | undefined {
  if (node?.kind !== 'mapping') return undefined;
  for (const pair of node.pairs) if (pair.key.text === key) return pair.value;
  return undefined;
}

/** The tree as plain JavaScript data; maps become objects without a prototype. */
export function toPlain(node: YamlNode): unknown {
  if (node.kind === 'scalar') return typeof node.value === 'bigint' ? node.text : node.value;
  if (node.kind === 'sequence') return node.items.map(toPlain);
  const result: Record<string, unknown> = Object.create(null);
  for (const pair of node.pairs) result[pair.key.text] = toPlain(pair.value);
  return result;
}
