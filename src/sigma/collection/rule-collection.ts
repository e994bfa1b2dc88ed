import type { DiagnosticSink } from '../../source/diagnostic.ts';
import type { SourceFile, Span } from '../../source/span.ts';
import { maximumNodes } from '../../source/yaml/compose.ts';
import { lookup, type YamlMapping, type YamlNode } from '../../source/yaml/tree.ts';
import type { SharedNames } from '../rule/rule.ts';
import { createNaming, sharedNames } from './collection-names.ts';
import { merged } from './merged-map.ts';

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

/** True for a document that no other one is merged into. */
export const isIndependent = (node: YamlNode): boolean =>
  lookup(node, 'correlation') !== undefined || lookup(node, 'filter') !== undefined;

/** Whether text that is not readable as YAML may be one. */
export const mayBeRuleCollection = (text: string): boolean =>
  /^["']?action["']?[ \t]*:/m.test(text);

/**
 * Makes independent rules of the documents of a collection, like pySigma's
 * `SigmaCollection.from_dicts`: a `global` document is merged into each detection rule after it and
 * takes precedence, a `repeat` document is merged into the rule before it, and `reset` drops the
 * global one. Correlations and filters stay as they are. Nodes keep their places. Rules that would
 * share an id or a name get different ones. `action: global` with title and condition, and two
 * documents with a log source and a selection each, are two rules.
 */
export function expandCollection(
  file: SourceFile,
  nodes: readonly YamlNode[],
  sink: DiagnosticSink,
): ExpandedCollection {
  let refused = 0;
  const expansion: Expansion = {
    rules: [],
    shared: new Map(),
    naming: createNaming(),
    size: 0,
    global: undefined,
    unused: undefined,
    previous: undefined,
    isGlobalRepeated: false,
    refuse(code, span, message, hint) {
      refused++;
      sink.add(file, { code, message, span, hint });
    },
  };
  for (const node of nodes) {
    if (node.kind !== 'mapping' || (!actionOf(node) && isIndependent(node)))
      expansion.rules.push(node);
    else takeDocument(expansion, node);
    if (expansion.size > maximumNodes) break;
  }
  setGlobal(expansion, undefined);
  return { rules: expansion.rules, shared: expansion.shared, refused };
}

/** The result of expanding a collection. */
export interface ExpandedCollection {
  readonly rules: readonly YamlNode[];
  /** The id and name that a rule would have had, if it got others. */
  readonly shared: ReadonlyMap<YamlNode, SharedNames>;
  /** How many documents were left out, each with a diagnostic. */
  readonly refused: number;
}

/** The state after some documents of a collection. */
interface Expansion {
  readonly rules: YamlNode[];
  readonly shared: Map<YamlNode, SharedNames>;
  readonly naming: ReturnType<typeof createNaming>;
  /** The nodes of all rules. */
  size: number;
  global: YamlMapping | undefined;
  /** The global document until it is merged into a rule. */
  unused: YamlMapping | undefined;
  previous: YamlMapping | undefined;
  isGlobalRepeated: boolean;
  readonly refuse: (code: 'SIG004' | 'SIG005', span: Span, message: string, hint: string) => void;
}

const writeOut = 'Write the rule out, without `action`.';

function takeDocument(expansion: Expansion, node: YamlMapping): void {
  const own = withoutAction(node);
  switch (actionOf(node)) {
    case 'global':
      setGlobal(expansion, own, node);
      expansion.previous = own;
      return;
    case 'repeat':
      takeRepeated(expansion, own, node);
      return;
    case 'reset':
      takeReset(expansion, own);
      return;
    default:
      takeRule(expansion, node);
  }
}

function setGlobal(
  expansion: Expansion,
  own: YamlMapping | undefined,
  written?: YamlMapping,
): void {
  const { unused } = expansion;
  if (unused)
    expansion.refuse(
      'SIG005',
      actionNode(unused) ?? unused,
      'no rule follows that this document goes into',
      writeOut,
    );
  expansion.global = own;
  expansion.unused = written;
  expansion.isGlobalRepeated = false;
}

function takeRepeated(expansion: Expansion, own: YamlMapping, { start, end }: Span): void {
  const { previous, global } = expansion;
  expansion.isGlobalRepeated ||= previous === global;
  if (previous) addMerged(expansion, { ...previous, start, end }, own, own);
  else add(expansion, own, own);
}

function takeReset(expansion: Expansion, { pairs: [more] }: YamlMapping): void {
  setGlobal(expansion, undefined);
  if (more)
    expansion.refuse(
      'SIG005',
      more.key,
      'a document with `action: reset` holds nothing else',
      'Move this into a document of its own.',
    );
}

function takeRule(expansion: Expansion, node: YamlMapping): void {
  const { global, isGlobalRepeated, refuse } = expansion;
  const unknown = actionNode(node);
  if (unknown)
    refuse(
      'SIG005',
      unknown,
      'a collection has no such action',
      `Use one of ${actions.join(', ')}.`,
    );
  // pySigma would change the global document, which hardly anyone means
  else if (global && isGlobalRepeated)
    refuse(
      'SIG005',
      node,
      'a document with `action: repeat` stands right behind the global one and would go into ' +
        'this rule too',
      'Write `action: reset` before.',
    );
  else if (global) addMerged(expansion, node, global, node);
  else add(expansion, node, node);
}

/**
 * Adds `into` with the values of `from` in place of its own. `own` is the document that is read.
 */
function addMerged(
  expansion: Expansion,
  into: YamlMapping,
  from: YamlMapping,
  own: YamlMapping,
): void {
  const rule = merged(into, from);
  if (rule.ok) add(expansion, rule.value, own);
  else
    expansion.refuse(
      'SIG005',
      rule.error,
      'a map cannot go into a value that is not a map',
      writeOut,
    );
}

/** Adds a rule under an id and a name of its own. */
function add(expansion: Expansion, rule: YamlMapping, own: YamlMapping): void {
  expansion.previous = rule;
  expansion.unused = undefined;
  expansion.size += nodeCount(rule);
  if (expansion.size > maximumNodes) {
    expansion.refuse(
      'SIG004',
      { start: own.start, end: own.start + 1 },
      `the collection has more than ${maximumNodes} nodes up to this document`,
      'Split the file.',
    );
    return;
  }
  const named = expansion.naming(rule, own);
  const names = sharedNames(rule, named);
  if (names) expansion.shared.set(named, names);
  expansion.rules.push(named);
}

/** The place for a note about the collection. */
export const collectionPlace = (nodes: readonly YamlNode[]): Span | undefined => {
  const first = nodes.find((node) => actionOf(node) !== undefined);
  return first && actionNode(first);
};

const withoutAction = (node: YamlMapping): YamlMapping => ({
  ...node,
  pairs: node.pairs.filter(({ key }) => key.text !== 'action'),
});

function nodeCount(node: YamlNode): number {
  if (node.kind === 'sequence') return node.items.reduce((sum, item) => sum + nodeCount(item), 1);
  if (node.kind === 'mapping')
    return node.pairs.reduce((sum, { value }) => sum + nodeCount(value) + 1, 1);
  return 1;
}
