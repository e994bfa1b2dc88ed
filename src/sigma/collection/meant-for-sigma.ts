import { editDistance } from '../../source/nearest.ts';
import { lookup, type YamlMapping, type YamlNode } from '../../source/yaml/tree.ts';

/** Attributes that every rule has: one is enough. */
const strong = ['detection', 'logsource', 'correlation'] as const;
/** Attributes that other files have too: two are enough. */
const weak = new Set(['title', 'condition', 'level', 'falsepositives', 'selection', 'filter']);

const plain = (key: string): string => key.toLowerCase().replace(/[-_ ]/g, '');

/** The attribute that a key is, or is one slip away from: `Detections` is `detection`. */
export function strongAttribute(key: string): string | undefined {
  const name = plain(key);
  // longer keys are other words
  return name.length > 12 ? undefined : strong.find((one) => editDistance(name, one) < 2);
}

function areOfRule(keys: readonly string[]): boolean {
  return (
    keys.some(strongAttribute) || new Set(keys.map(plain).filter((key) => weak.has(key))).size > 1
  );
}

const maximumDepth = 2;

/**
 * Whether a document looks like a rule, or contains something like one. A filter counts if it has a
 * condition or names rules. Playbooks, pipelines and files of other tools do not.
 */
export function looksLikeSigma(node: YamlNode, depth = 0): boolean {
  if (node.kind === 'scalar') return depth === 0 && mentionsSigma(node.text);
  if (node.kind === 'sequence')
    return depth < maximumDepth && node.items.some((item) => looksLikeSigma(item, depth + 1));
  const keys = node.pairs.map(({ key }) => key.text);
  if (
    depth === 0
      ? areOfRule(keys) || hasFilter(node)
      : keys.filter(strongAttribute).length > 1 ||
        (keys.some(strongAttribute) && keys.some(isTitle))
  )
    return true;
  return (
    depth < maximumDepth &&
    node.pairs.some(({ value }) => value.kind !== 'scalar' && looksLikeSigma(value, depth + 1))
  );
}

const isTitle = (key: string): boolean => plain(key) === 'title';

function hasFilter(node: YamlMapping): boolean {
  const filter = lookup(node, 'filter');
  return lookup(filter, 'condition') !== undefined || lookup(filter, 'rules') !== undefined;
}

const attributeAnywhere =
  /(?:^|[\s{,"'-])(?:log[-_ ]?sources?|detections?|correlations?)["']?[ \t]*:/im;
const keyOfLine = /^[ \t-]*["']?([A-Za-z][\w -]{0,24}?)["']?[ \t]*:/gm;

/** The same for text that is not readable as YAML. */
export function mentionsSigma(written: string): boolean {
  // UTF-16 without a byte order mark
  const text = written.replaceAll('\0', '');
  if (attributeAnywhere.test(text)) return true;
  const keys = new Set<string>();
  for (const [, key = ''] of text.matchAll(keyOfLine)) keys.add(key);
  return areOfRule([...keys]);
}

/** True for a processing pipeline in pySigma's form. */
export const isPipeline = (node: YamlNode): boolean =>
  ['transformations', 'postprocessing', 'finalizers'].some(
    (key) => lookup(node, key)?.kind === 'sequence',
  ) && lookup(node, 'detection') === undefined;
