import { EVENT_ID, type Event } from 'js-yaml';
import type { NewDiagnostic } from '../diagnostic.ts';
import { checkProperties, checkTag, unknownAlias } from './node-properties.ts';
import { endOfScalar, scalarNode } from './scalar.ts';
import type { YamlMapping, YamlNode, YamlPair, YamlSequence } from './tree.ts';
import { TreeError } from './tree-error.ts';

/**
 * Nodes that a file may have, with the targets of aliases counted each time. Rules are a few
 * kilobytes.
 */
export const maximumNodes = 500_000;
const counted = 'aliases counted as what they stand for';
export const tooManyNodes = `more than ${maximumNodes} nodes (${counted})`;

/**
 * Each stretch of this length in a text counts as one more node: aliases of a huge text are as bad
 * as aliases of a huge list.
 */
const charactersPerNode = 64;

interface Frame {
  readonly kind: 'document' | 'sequence' | 'mapping';
  readonly start: number;
  readonly anchor: string | undefined;
  readonly items: YamlNode[];
  size: number;
}

export interface ComposedDocuments {
  readonly documents: readonly YamlNode[];
  /** How many nodes they have, with the targets of aliases counted each time. */
  readonly nodes: number;
  /** One for each pair of a map that is left out. */
  readonly errors: readonly NewDiagnostic[];
}

/** Builds the documents of a text from the parser's events. Throws {@link TreeError}. */
export function composeDocuments(text: string, events: readonly Event[]): ComposedDocuments {
  const errors: NewDiagnostic[] = [];
  const documents: YamlNode[] = [];
  const stack: Frame[] = [];
  let anchors = new Map<string, { node: YamlNode; size: number }>();
  let nodes = 0;
  let last = 0;

  const name = (start: number, end: number) => (start < 0 ? undefined : text.slice(start, end));
  const place = (node: YamlNode, size: number, anchor: string | undefined) => {
    nodes += size;
    if (nodes > maximumNodes) throw new TreeError('SIG004', tooManyNodes, node);
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
          scalarNode(text, event, last),
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
        if (frame?.kind === 'document') {
          const [root] = frame.items;
          if (root && !isNull(root)) documents.push(root);
        } else if (frame) {
          // the children were counted when they were placed
          nodes -= frame.size - 1;
          place(branch(frame, Math.max(last, frame.start + 1), errors), frame.size, frame.anchor);
        }
        break;
      }
    }
  }
  return { documents, nodes, errors };
}

const isNull = (node: YamlNode): boolean => node.kind === 'scalar' && node.value === null;

function branch(
  { kind, start, items }: Frame,
  end: number,
  errors: NewDiagnostic[],
): YamlSequence | YamlMapping {
  return kind === 'sequence'
    ? { kind, start, end, items }
    : { kind: 'mapping', start, end, pairs: pairsOf(items, errors) };
}

function pairsOf(items: readonly YamlNode[], errors: NewDiagnostic[]): readonly YamlPair[] {
  const pairs: YamlPair[] = [];
  const seen = new Set<string>();
  for (let at = 0; at + 1 < items.length; at += 2) {
    const key = items[at];
    const value = items[at + 1];
    if (!key || !value) break;
    if (key.kind !== 'scalar') {
      errors.push({
        code: 'SIG002',
        message: 'a map key must be a plain value',
        span: key,
        hint: 'Write the key as a text; quote it if it starts with `[` or `{`.',
      });
      continue;
    }
    if (key.plain && key.text === '<<') {
      errors.push({
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
      errors.push({
        code: 'SIG003',
        message: `key \`${key.text}\` appears twice in the same map`,
        span: key,
      });
      continue;
    }
    seen.add(name);
    pairs.push({ key, value });
  }
  return pairs;
}
