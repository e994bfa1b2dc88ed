import {
  type DiagnosticBag,
  type DiagnosticSink,
  holdDiagnostics,
  isFatal,
  withoutRepeats,
} from '../../source/diagnostic.ts';
import { didYouMean } from '../../source/nearest.ts';
import { counted } from '../../source/plural.ts';
import type { SourceFile, Span } from '../../source/span.ts';
import { parseYaml } from '../../source/yaml/parse.ts';
import { lookup, type YamlMapping, type YamlNode } from '../../source/yaml/tree.ts';
import type { CorrelationRule, LostCorrelation } from '../correlation/correlation.ts';
import { lostCorrelation } from '../correlation/lost-correlation.ts';
import { readCorrelationRule } from '../correlation/reader.ts';
import type { FilterRule } from '../filter/filter.ts';
import { readFilterRule } from '../filter/reader.ts';
import { createReader, type Reader } from '../rule/attribute.ts';
import { knownAttributes } from '../rule/attribute-name.ts';
import { withKnownKeys } from '../rule/known-keys.ts';
import { readDetectionRule } from '../rule/reader.ts';
import type { DetectionRule, SharedNames } from '../rule/rule.ts';
import { isPipeline, looksLikeSigma, mentionsSigma, strongAttribute } from './meant-for-sigma.ts';
import { reportOddCharacters } from './odd-characters.ts';
import {
  collectionPlace,
  type ExpandedCollection,
  expandCollection,
  isIndependent,
  isRuleCollection,
  mayBeRuleCollection,
} from './rule-collection.ts';

/** One Sigma document of a file; `kind` says which. `lost`: a correlation that was left out. */
export type SigmaDocument = DetectionRule | CorrelationRule | FilterRule | LostCorrelation;

/** The sound documents of a file, including filters with errors, and the number of all. */
export interface ReadFile {
  readonly documents: readonly SigmaDocument[];
  readonly count: number;
}

/**
 * Called with each sound rule and its document, which is let go of afterwards. Diagnostics about
 * the rule go to the sink.
 */
export type OnRule = (
  rule: DetectionRule | CorrelationRule,
  document: YamlMapping,
  sink: DiagnosticSink,
) => void;

/** `named`: the file was named as a rule (true), or found in a folder (false). */
interface Reading {
  readonly named?: boolean;
  readonly onRule?: OnRule | undefined;
}

/**
 * Reads the Sigma documents of a YAML file: detection rules, correlation rules and filters.
 *
 * @param file - The text and its path.
 * @param bag - Takes the diagnostics. A document with a fatal one is left out as a whole.
 * @param named - True: the file is meant to be a rule. False: it was found in a folder, so YAML
 *   without anything of Sigma is only noted (SIG071). By default it is an error, as a bad rule is.
 * @param onRule - Is called with each sound rule and its YAML.
 * @returns The sound documents, and how many the file has in all.
 * @example
 * import { createBag, positionAt, readDocuments } from 'sigpack';
 *
 * const text = `title: Logon
 * logsource: { product: windows, service: security }
 * detection: { selection: { EventID: 4624 }, condition: selection and }
 * `;
 * const file = { path: 'rule.yml', text };
 * const bag = createBag();
 * readDocuments(file, bag); // => { documents: [], count: 1 }
 * bag.list[0]?.message; // => 'the condition ends where a selection is wanted'
 * positionAt(file, bag.list[0]?.span.start ?? 0); // => { line: 3, column: 68 }
 */
export function readDocuments(
  file: SourceFile,
  bag: DiagnosticBag,
  { named, onRule }: Reading = {},
): ReadFile {
  const { documents: parsed, errors } = parseYaml(file);
  const isBroken = errors.length > 0;
  const other =
    parsed.length > 0 && parsed.every(isRule) ? undefined : otherFile(file, parsed, isBroken);
  if (other && named === false) {
    bag.add(file, { code: 'SIG071', span: { start: 0, end: 0 }, ...other });
    return { documents: [], count: 0 };
  }
  for (const error of errors) bag.add(file, error);
  if (other && named === true && parsed.length === 0 && !isBroken)
    bag.add(file, { code: 'SIG005', message: other.message, span: { start: 0, end: 0 } });
  const isCollection = isRuleCollection(parsed) || (isBroken && mayBeRuleCollection(file.text));
  // a document that is merged into several rules is read with each of them
  const sink = isCollection ? withoutRepeats(bag) : bag;
  const { rules, shared, refused } = isCollection
    ? readCollection(file, parsed, isBroken, sink)
    : { rules: parsed, shared: nothingShared, refused: 0 };
  // with a key twice in a map, it is unclear which was meant
  const places = errors.filter(({ code }) => code === 'SIG002').map(({ span }) => span.start);
  reportOddCharacters(file, rules, places, sink);
  const written = new Set(parsed);
  const documents: SigmaDocument[] = [];
  for (const rule of rules) {
    const isUnclear = errors.some(({ span }) => isWithin(span, rule));
    const { node, document } = readNode(file, rule, isUnclear, sink);
    if (!document) continue;
    const sound = withNames(withDocument(document, node, written), shared.get(rule));
    documents.push(sound);
    const isSound = sound.kind === 'detection' || sound.kind === 'correlation';
    if (onRule && node.kind === 'mapping' && isSound) onRule(sound, node, sink);
  }
  // an error outside of all trees is about a document that gave none
  const lost = errors.filter(({ span }) => !rules.some((rule) => isWithin(span, rule)));
  return { documents, count: rules.length + lost.length + refused };
}

const nothingShared: ReadonlyMap<YamlNode, SharedNames> = new Map();

const isWithin = ({ start }: Span, node: YamlNode): boolean =>
  start >= node.start && start < node.end;

/**
 * Reads a document. One with a fatal diagnostic is left out as a whole, since half a rule would
 * mean something else. Nothing is reported about one that `isUnclear` because some of its YAML is
 * lost.
 */
function readNode(
  file: SourceFile,
  written: YamlNode,
  isUnclear: boolean,
  sink: DiagnosticSink,
): { readonly node: YamlNode; readonly document: SigmaDocument | undefined } {
  const held = holdDiagnostics();
  const node = inKnownKeys(file, written, held);
  const document = readDocument(file, node, held);
  if (!isUnclear) for (const diagnostic of held.list) sink.add(file, diagnostic);
  const isWhole = !isUnclear && !held.list.some(isFatal);
  return { node, document: isWhole && document ? document : remainder(file, node, document) };
}

const inKnownKeys = (file: SourceFile, node: YamlNode, bag: DiagnosticSink): YamlNode =>
  node.kind === 'mapping' ? withKnownKeys({ file, bag }, node, knownAttributes) : node;

/** Keeps the document if the text at its place is different. */
const withDocument = (
  document: SigmaDocument,
  node: YamlNode,
  written: ReadonlySet<YamlNode>,
): SigmaDocument =>
  document.kind === 'lost' || node.kind !== 'mapping' || written.has(node)
    ? document
    : { ...document, document: node };

const withNames = (document: SigmaDocument, shared: SharedNames | undefined): SigmaDocument =>
  shared && document.kind === 'detection' ? { ...document, shared } : document;

/** A filter or a correlation with an error leaves out the rules that it reaches. */
function remainder(
  file: SourceFile,
  node: YamlNode,
  document: SigmaDocument | undefined,
): SigmaDocument | undefined {
  if (document?.kind === 'filter') return { ...document, detection: undefined };
  return node.kind === 'mapping' && lookup(node, 'correlation')
    ? lostCorrelation(file, node)
    : undefined;
}

/** True for documents that are clearly rules. */
const isRule = (node: YamlNode): boolean =>
  lookup(node, 'detection') !== undefined || lookup(node, 'correlation') !== undefined;

/** What to report about a file that has nothing of Sigma; undefined if it has something. */
function otherFile(
  file: SourceFile,
  nodes: readonly YamlNode[],
  broken: boolean,
): { readonly message: string; readonly hint?: string } | undefined {
  if (
    broken
      ? mentionsSigma(file.text)
      : nodes.some((node) => looksLikeSigma(node)) || isRuleCollection(nodes)
  )
    return undefined;
  if (nodes.some(isPipeline))
    return { message: 'the file is a processing pipeline, not a rule', hint: pipelineHint };
  return {
    message: broken
      ? 'the file cannot be read as YAML 1.2, and nothing in it is of a rule'
      : nodes.length === 0
        ? 'the file is empty'
        : 'nothing in the file is of a rule',
  };
}

const pipelineHint = 'Name a pipeline under `pipelines` in sigpack.yml, or with -p.';

/** The rules of an old collection, with a note that it is one. */
function readCollection(
  file: SourceFile,
  nodes: readonly YamlNode[],
  isBroken: boolean,
  sink: DiagnosticSink,
): ExpandedCollection {
  // the unreadable document may be one that is merged into all others
  if (isBroken) return withoutOthers(file, nodes, sink);
  // before they are merged, or a key in two spellings would be there twice
  const known = nodes.map((node) => inKnownKeys(file, node, sink));
  const collection = expandCollection(file, known, sink);
  const place = collectionPlace(nodes);
  const documents = counted(
    nodes.length,
    'document of a collection is',
    'documents of a collection are',
  );
  const { length } = collection.rules;
  const message = `${documents} read as ${length === 0 ? 'no rules' : counted(length, 'rule')}`;
  if (place) sink.add(file, { code: 'SIG072', message, span: place });
  return collection;
}

/** The documents that no other one is merged into. */
function withoutOthers(
  file: SourceFile,
  nodes: readonly YamlNode[],
  sink: DiagnosticSink,
): ExpandedCollection {
  const together = nodes.filter((node) => !isIndependent(node));
  const [first] = together;
  const others =
    together.length === 1
      ? 'another document of this collection is'
      : `${together.length} other documents of this collection are`;
  if (first)
    sink.add(file, {
      code: 'SIG005',
      message: `${others} left out with what cannot be read`,
      span: { start: first.start, end: first.start + 1 },
      hint: 'Fix the YAML first.',
    });
  return { rules: nodes.filter(isIndependent), shared: nothingShared, refused: first ? 1 : 0 };
}

function readDocument(
  file: SourceFile,
  node: YamlNode,
  bag: DiagnosticSink,
): SigmaDocument | undefined {
  if (node.kind !== 'mapping') {
    const kind = node.kind === 'sequence' ? 'a list' : 'a single value';
    bag.add(file, {
      code: 'SIG005',
      message: `the document is ${kind}, not a map`,
      span: node,
    });
    return undefined;
  }
  const reader = createReader(file, node, bag);
  if (reader.attributes.has('correlation')) return readCorrelationRule(reader);
  if (isOfChainsaw(reader)) {
    const hint =
      'Chainsaw reads its own rules and those of Sigma; leave its own out of the folders of rules.';
    bag.add(file, {
      code: 'SIG005',
      message: 'the document is a rule of Chainsaw, and no filter of Sigma',
      span: reader.anchor,
      hint,
    });
    return undefined;
  }
  if (reader.attributes.has('filter')) return readFilterRule(reader);
  if (reader.attributes.has('detection')) return readDetectionRule(reader);
  const slip = node.pairs.find(
    ({ key }) => strongAttribute(key.text) !== undefined && key.text !== 'logsource',
  );
  const meant = slip && strongAttribute(slip.key.text);
  const hint = meant
    ? didYouMean(meant)
    : isPipeline(node)
      ? pipelineHint
      : reader.attributes.has('condition')
        ? 'Put the selections and `condition:` below `detection:`, indented.'
        : 'Add `detection:`, `correlation:` or `filter:`.';
  const span = slip ? slip.key : reader.anchor;
  bag.add(file, {
    code: 'SIG005',
    message: 'the document has neither `detection` nor `correlation` nor `filter`',
    span,
    hint,
  });
  return undefined;
}

/**
 * True for rules of Chainsaw: they have their condition under `filter`, and the kind of their files
 * under `kind`. A filter of Sigma names its rules.
 */
const isOfChainsaw = ({ attributes }: Reader): boolean =>
  attributes.has('filter') &&
  attributes.has('kind') &&
  !attributes.has('logsource') &&
  !lookup(attributes.get('filter'), 'rules');
