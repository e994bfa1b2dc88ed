import {
  createBag,
  type Diagnostic,
  type DiagnosticBag,
  isFatal,
} from '../../source/diagnostic.ts';
import { counted } from '../../source/plural.ts';
import type { SourceFile } from '../../source/span.ts';
import { parseYaml } from '../../source/yaml/parse.ts';
import { lookup, type YamlMapping, type YamlNode } from '../../source/yaml/tree.ts';
import type { CorrelationRule, LostCorrelation } from '../correlation/correlation.ts';
import { lostCorrelation, readCorrelationRule } from '../correlation/reader.ts';
import type { FilterRule } from '../filter/filter.ts';
import { readFilterRule } from '../filter/reader.ts';
import { createReader, type Reader } from '../rule/attribute.ts';
import { knownAttributes } from '../rule/head.ts';
import { withKnownKeys } from '../rule/known-keys.ts';
import { readDetectionRule } from '../rule/reader.ts';
import type { DetectionRule, SharedNames } from '../rule/rule.ts';
import {
  isPipeline,
  looksLikeSigma,
  saysSomethingOfSigma,
  strongAttribute,
} from './meant-for-sigma.ts';
import { reportOddCharacters } from './odd-characters.ts';
import {
  collectionPlace,
  type ExpandedCollection,
  expandCollection,
  isRuleCollection,
  mayBeRuleCollection,
  standsApart,
} from './rule-collection.ts';

/** One Sigma document of a file; `kind` tells which. `lost`: a correlation that was left out. */
export type SigmaDocument = DetectionRule | CorrelationRule | FilterRule | LostCorrelation;

/**
 * What a file gave: its sound documents, filters wrong among them, and how many it holds in all.
 */
export interface ReadFile {
  readonly documents: readonly SigmaDocument[];
  readonly count: number;
}

/** Told of each sound rule with its document, which is let go of afterwards. */
export type OnRule = (rule: DetectionRule | CorrelationRule, document: YamlMapping) => void;

/** `named`: somebody says that the file is a rule. */
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
  const before = bag.list.length;
  const parsed = parseYaml(file, bag);
  const yaml = bag.list.slice(before).filter(isFatal);
  const other =
    parsed.length === 0 || !parsed.every(isRule)
      ? otherFile(file, parsed, yaml.length > 0)
      : undefined;
  if (other !== undefined && named === false) {
    bag.list.splice(before);
    bag.add(file, { code: 'SIG071', span: { start: 0, end: 0 }, ...other });
    return { documents: [], count: 0 };
  }
  if (other !== undefined && named === true && parsed.length === 0 && yaml.length === 0)
    bag.add(file, { code: 'SIG005', message: other.message, span: { start: 0, end: 0 } });
  const start = bag.list.length;
  const { rules: nodes, shared } = rulesOf(file, parsed, yaml.length > 0, bag);
  const refused = bag.list.slice(start).filter(isFatal).length;
  // a key that stands twice leaves no way to tell which was meant
  const reasons = yaml.filter(({ code }) => code === 'SIG002').map(({ span }) => span.start);
  reportOddCharacters(file, nodes, reasons, bag);
  const doubtful = (node: YamlNode) =>
    yaml.some(({ span }) => span.start >= node.start && span.start < node.end);
  const documents: SigmaDocument[] = [];
  const asWritten = new Set(parsed);
  for (const written of nodes) {
    const unclear = doubtful(written);
    const start = bag.list.length;
    const own = unclear ? createBag() : bag;
    const node = inKnownKeys(file, written, own);
    const document = readDocument(file, node, own);
    // a document with any fatal diagnostic is left out whole: half a rule would mean something else
    const found =
      document && !unclear && !bag.list.slice(start).some(isFatal)
        ? document
        : whatIsLeft(file, node, document);
    const sound = withNames(withDocument(found, node, asWritten), shared.get(written));
    if (sound) documents.push(sound);
    if (
      onRule &&
      node.kind === 'mapping' &&
      (sound?.kind === 'detection' || sound?.kind === 'correlation')
    )
      onRule(sound, node);
  }
  if (nodes !== parsed) dropRepeated(bag.list, start);
  // a diagnostic outside of every tree is about a document that gave none
  const broken = yaml.filter(
    ({ span }) => !nodes.some((node) => span.start >= node.start && span.start < node.end),
  ).length;
  return { documents, count: nodes.length + broken + refused };
}

const inKnownKeys = (file: SourceFile, node: YamlNode, bag: DiagnosticBag): YamlNode =>
  node.kind === 'mapping' ? withKnownKeys({ file, bag }, node, knownAttributes) : node;

/** Keeps what the text at the document's place does not say. */
const withDocument = (
  found: SigmaDocument | undefined,
  node: YamlNode,
  asWritten: ReadonlySet<YamlNode>,
): SigmaDocument | undefined =>
  !found || found.kind === 'lost' || node.kind !== 'mapping' || asWritten.has(node)
    ? found
    : { ...found, document: node };

const withNames = (
  found: SigmaDocument | undefined,
  shared: SharedNames | undefined,
): SigmaDocument | undefined =>
  shared && found?.kind === 'detection' ? { ...found, shared } : found;

/** A filter and a correlation wrong take the rules along that they reach. */
function whatIsLeft(
  file: SourceFile,
  node: YamlNode,
  document: SigmaDocument | undefined,
): SigmaDocument | undefined {
  if (document?.kind === 'filter') return { ...document, detection: undefined };
  return node.kind === 'mapping' && lookup(node, 'correlation')
    ? lostCorrelation(file, node)
    : undefined;
}

/** What is wrong with a document that goes into several rules is told once. */
function dropRepeated(list: Diagnostic[], start: number): void {
  const keys = new Set<string>();
  const own = list.splice(start).filter(({ code, span, message }) => {
    const key = `${code} ${span.start} ${message}`;
    return !keys.has(key) && keys.add(key);
  });
  for (const diagnostic of own) list.push(diagnostic);
}

/** What needs no second look. */
const isRule = (node: YamlNode): boolean =>
  lookup(node, 'detection') !== undefined || lookup(node, 'correlation') !== undefined;

/** What to say of a file that says nothing of Sigma; undefined where some of it does. */
function otherFile(
  file: SourceFile,
  nodes: readonly YamlNode[],
  broken: boolean,
): { readonly message: string; readonly hint?: string } | undefined {
  if (
    broken
      ? saysSomethingOfSigma(file.text)
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

/** The documents, or the rules that a collection makes of them, with a note that it is one. */
function rulesOf(
  file: SourceFile,
  nodes: readonly YamlNode[],
  broken: boolean,
  bag: DiagnosticBag,
): ExpandedCollection {
  if (!isRuleCollection(nodes) && !(broken && mayBeRuleCollection(file.text)))
    return { rules: nodes, shared: new Map() };
  if (broken) {
    const together = nodes.filter((node) => !standsApart(node));
    const [first] = together;
    // the document that can't be read may be one that goes into all others
    if (first) {
      const others =
        together.length === 1
          ? 'another document of this collection is'
          : `${together.length} other documents of this collection are`;
      const message = `${others} left out with what cannot be read`;
      bag.add(file, {
        code: 'SIG005',
        message,
        span: { start: first.start, end: first.start + 1 },
        hint: 'Fix the YAML first.',
      });
    }
    return { rules: nodes.filter(standsApart), shared: new Map() };
  }
  // before they are merged: what goes by two spellings would stand beside itself
  const known = nodes.map((node) => inKnownKeys(file, node, bag));
  const { rules, shared } = expandCollection(file, known, bag);
  const place = collectionPlace(nodes);
  const documents = counted(
    nodes.length,
    'document of a collection is',
    'documents of a collection are',
  );
  const read = rules.length === 0 ? 'no rules' : counted(rules.length, 'rule');
  const message = `${documents} read as ${read}`;
  if (place)
    bag.add(file, { code: 'SIG072', message, span: { start: place.start, end: place.end } });
  return { rules, shared };
}

function readDocument(
  file: SourceFile,
  node: YamlNode,
  bag: DiagnosticBag,
): SigmaDocument | undefined {
  if (node.kind !== 'mapping') {
    bag.add(file, {
      code: 'SIG005',
      message: `the document is ${node.kind === 'sequence' ? 'a list' : 'a single value'}, not a map`,
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
  const hint = slip
    ? `Did you mean \`${strongAttribute(slip.key.text)}\`?`
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
 * Its rules hold their condition under `filter`, and say under `kind` of which files they are. A
 * filter of Sigma says which rules it is for.
 */
const isOfChainsaw = ({ attributes }: Reader): boolean =>
  attributes.has('filter') &&
  attributes.has('kind') &&
  !attributes.has('logsource') &&
  !lookup(attributes.get('filter'), 'rules');
