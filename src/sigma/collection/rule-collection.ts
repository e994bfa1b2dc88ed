import type { DiagnosticBag } from '../../source/diagnostic.ts';
import type { SourceFile, Span } from '../../source/span.ts';
import { sigpackNamespace, uuidV5 } from '../../source/uuid.ts';
import {
  lookup,
  type YamlMapping,
  type YamlNode,
  type YamlPair,
  type YamlScalar,
} from '../../source/yaml/tree.ts';
import type { SharedNames } from '../rule/rule.ts';

/** What the documents of a file may become together. */
const maximumNodes = 500_000;
const actions = ['global', 'repeat', 'reset'] as const;
type Action = (typeof actions)[number];

const actionNode = (node: YamlNode): YamlNode | undefined => lookup(node, 'action');

function actionOf(node: YamlNode): Action | undefined {
  const value = actionNode(node);
  return value?.kind === 'scalar'
    ? actions.find((action) => action === value.text.trim().toLowerCase())
    : undefined;
}

/** True for documents that Sigma 1's `action: global`, `repeat` and `reset` tie together. */
export const isRuleCollection = (nodes: readonly YamlNode[]): boolean =>
  nodes.some((node) => actionOf(node) !== undefined);

/** True for a document that no other one goes into. */
export const standsApart = (node: YamlNode): boolean =>
  lookup(node, 'correlation') !== undefined || lookup(node, 'filter') !== undefined;

/** Whether a text may be one, of which no tree can be made. */
export const mayBeRuleCollection = (text: string): boolean =>
  /^["']?action["']?[ \t]*:/m.test(text);

/**
 * The documents of a collection as rules that stand by themselves, as pySigma's
 * `SigmaCollection.from_dicts` has them: a `global` document goes into each detection rule after
 * it, and what it says counts; a `repeat` document goes into the rule before it; `reset` forgets
 * the global one. Correlations and filters stay as they are. Nodes keep their places. An id and a
 * name that several would have are told apart.
 *
 * @example `action: global` with title and condition, and two documents with a log source and a selection each, are two rules.
 */
export function expandCollection(
  file: SourceFile,
  nodes: readonly YamlNode[],
  bag: DiagnosticBag,
): ExpandedCollection {
  const expansion = createExpansion((code, span, message, hint) =>
    bag.add(file, { code, message, span: { start: span.start, end: span.end }, hint }),
  );
  for (const node of nodes) {
    if (node.kind !== 'mapping') expansion.keep(node);
    else if (!expansion.take(node)) break;
  }
  return expansion.end();
}

export interface ExpandedCollection {
  readonly rules: readonly YamlNode[];
  /** What the rules are called by together, where that is not the own id or name. */
  readonly shared: ReadonlyMap<YamlNode, SharedNames>;
}

type Report = (code: 'SIG004' | 'SIG005', span: Span, message: string, hint: string) => void;

interface Expansion {
  /** A document that takes no part. */
  keep(node: YamlNode): void;
  /** False where the collection has grown too large. */
  take(node: YamlMapping): boolean;
  end(): ExpandedCollection;
}

function createExpansion(report: Report): Expansion {
  const outcome = createOutcome(report);
  let global: YamlMapping | undefined;
  /** The global document as long as no rule has come of it. */
  let unused: YamlMapping | undefined;
  let previous: YamlMapping | undefined;
  let isGlobalRepeated = false;

  const refuse = (span: Span, message: string, hint: string): true => {
    report('SIG005', span, message, hint);
    return true;
  };
  const setGlobal = (own: YamlMapping | undefined, written?: YamlMapping): void => {
    if (unused)
      refuse(
        actionNode(unused) ?? unused,
        'no rule follows that this document goes into',
        writeOut,
      );
    global = own;
    unused = written;
    isGlobalRepeated = false;
  };
  const add = (into: YamlMapping, from: YamlMapping | undefined, own: YamlMapping): boolean => {
    const rule = from ? merged(into, from) : into;
    if ('unfit' in rule)
      return refuse(rule.unfit, 'a map cannot go into a value that is none', writeOut);
    previous = rule;
    unused = undefined;
    return outcome.add(rule, own);
  };
  const take: Record<Action, (own: YamlMapping, written: YamlMapping) => boolean> = {
    global(own, written) {
      setGlobal(own, written);
      previous = own;
      return true;
    },
    repeat(own, written) {
      isGlobalRepeated ||= previous === global;
      return previous
        ? add({ ...previous, start: written.start, end: written.end }, own, own)
        : add(own, undefined, own);
    },
    reset(own) {
      setGlobal(undefined);
      const [more] = own.pairs;
      return more
        ? refuse(
            more.key,
            'a document with `action: reset` holds nothing else',
            'Move this into a document of its own.',
          )
        : true;
    },
  };
  const takeRule = (node: YamlMapping): boolean => {
    const unknown = actionNode(node);
    if (unknown)
      return refuse(
        unknown,
        'a collection has no such action',
        `Use one of ${actions.join(', ')}.`,
      );
    // pySigma changes the global document, which hardly anyone can have meant
    if (global && isGlobalRepeated)
      return refuse(
        node,
        'a document with `action: repeat` stands right behind the global one and would go ' +
          'into this rule too',
        'Write `action: reset` before.',
      );
    return add(node, global, node);
  };
  return {
    keep: outcome.keep,
    take(node) {
      const action = actionOf(node);
      if (action) return take[action](withoutAction(node), node);
      if (!standsApart(node)) return takeRule(node);
      outcome.keep(node);
      return true;
    },
    end() {
      setGlobal(undefined);
      return outcome.collection;
    },
  };
}

interface Outcome {
  readonly collection: ExpandedCollection;
  keep(node: YamlNode): void;
  /** False, after a diagnostic, where the collection has grown too large. */
  add(rule: YamlMapping, own: YamlMapping): boolean;
}

/** What has come of a collection so far, under names of its own. */
function createOutcome(report: Report): Outcome {
  const rules: YamlNode[] = [];
  const shared = new Map<YamlNode, SharedNames>();
  const naming = createNaming();
  let size = 0;
  return {
    collection: { rules, shared },
    keep(node) {
      rules.push(node);
    },
    add(rule, own) {
      size += nodeCount(rule);
      if (size <= maximumNodes) {
        const named = naming(rule, own);
        const names = sharedNames(rule, named);
        if (names) shared.set(named, names);
        rules.push(named);
      } else
        report(
          'SIG004',
          { start: own.start, end: own.start + 1 },
          `the collection has more than ${maximumNodes} nodes up to this document`,
          'Split the file.',
        );
      return size <= maximumNodes;
    },
  };
}

const writeOut = 'Write the rule out, without `action`.';

/** Where the collection is told of. */
export const collectionPlace = (nodes: readonly YamlNode[]): Span | undefined => {
  const first = nodes.find((node) => actionOf(node) !== undefined);
  return first && actionNode(first);
};

const withoutAction = (node: YamlMapping): YamlMapping => ({
  ...node,
  pairs: node.pairs.filter(({ key }) => key.text !== 'action'),
});

/**
 * A map with what another says in place of what it says itself, at any depth. `unfit`: where that
 * can't be.
 */
function merged(into: YamlMapping, from: YamlMapping): YamlMapping | { readonly unfit: Span } {
  const pairs = new Map(into.pairs.map((pair) => [nameOf(pair.key), pair]));
  for (const pair of from.pairs) {
    const name = nameOf(pair.key);
    const known = pairs.get(name);
    if (known && pair.value.kind === 'mapping') {
      if (known.value.kind !== 'mapping') return { unfit: pair.key };
      const value = merged(known.value, pair.value);
      if ('unfit' in value) return value;
      pairs.set(name, { key: known.key, value });
    } else pairs.set(name, pair);
  }
  return { ...into, pairs: [...pairs.values()] };
}

/** `~` and `null` are one key, and not the text "null". */
const nameOf = (key: YamlScalar): string => (key.value === null ? '\0null' : key.text);

function nodeCount(node: YamlNode): number {
  if (node.kind === 'sequence') return node.items.reduce((sum, item) => sum + nodeCount(item), 1);
  if (node.kind === 'mapping')
    return node.pairs.reduce((sum, { value }) => sum + nodeCount(value) + 1, 1);
  return 1;
}

/**
 * An id or a name of a document's own is kept. One that comes from another document belongs to the
 * first rule that has it; the others get a UUID made of it and their log source, and the name with
 * a number.
 */
function createNaming(): (rule: YamlMapping, own: YamlMapping) => YamlMapping {
  const taken = new Set<string>();
  const free = (text: string, next: (number: number) => string): string => {
    let found = text;
    for (let number = 2; taken.has(found); number++) found = next(number);
    taken.add(found);
    return found;
  };
  return (rule, own) => {
    const pairs = rule.pairs.map((written): YamlPair => {
      const { key } = written;
      if ((key.text !== 'id' && key.text !== 'name') || written.value.kind !== 'scalar')
        return written;
      const mine = own.pairs.find((pair) => pair.key.text === key.text);
      if (mine?.value.kind === 'scalar') {
        taken.add(`${key.text} ${mine.value.text}`);
        return mine;
      }
      const { text } = written.value;
      const source = logSourceOf(rule);
      const made =
        key.text === 'id'
          ? (number: number) =>
              uuidV5(sigpackNamespace, `${text}\n${source}${number > 2 ? `\n${number}` : ''}`)
          : (number: number) => `${text}-${number}`;
      const chosen = free(`${key.text} ${text}`, (number) => `${key.text} ${made(number)}`).slice(
        key.text.length + 1,
      );
      return { key, value: { ...written.value, text: chosen, value: chosen } };
    });
    return { ...rule, pairs };
  };
}

/** The id and the name as merged, where others were given in their place. */
function sharedNames(rule: YamlMapping, named: YamlMapping): SharedNames | undefined {
  const lost = (attribute: 'id' | 'name'): string | undefined => {
    const [before, after] = [lookup(rule, attribute), lookup(named, attribute)];
    return before?.kind === 'scalar' && after?.kind === 'scalar' && before.text !== after.text
      ? before.text
      : undefined;
  };
  const [id, name] = [lost('id'), lost('name')];
  if (id === undefined && name === undefined) return undefined;
  return { ...(id === undefined ? {} : { id }), ...(name === undefined ? {} : { name }) };
}

function logSourceOf(rule: YamlMapping): string {
  const source = lookup(rule, 'logsource');
  return ['product', 'category', 'service']
    .map((name) => lookup(source, name))
    .map((node) => (node?.kind === 'scalar' ? node.text : ''))
    .join('/');
}
