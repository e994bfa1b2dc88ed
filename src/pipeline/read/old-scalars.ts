import { isAmbiguousScalar } from '../../source/yaml/scalar.ts';
import type { YamlNode, YamlScalar } from '../../source/yaml/tree.ts';
import type { PipelineDiagnostics } from '../pipeline-error.ts';

const truths: ReadonlyMap<string, boolean> = new Map([
  ['yes', true],
  ['on', true],
  ['no', false],
  ['off', false],
]);

/**
 * A pipeline's tree with the truth values of YAML 1.1 (`yes`, `off`), which pySigma reads. Keys
 * stay as written. Reports numbers and dates that the two versions read differently.
 */
export function withOldTruths(diagnostics: PipelineDiagnostics, node: YamlNode): YamlNode {
  if (node.kind === 'scalar') return oldTruth(diagnostics, node);
  if (node.kind === 'sequence')
    return { ...node, items: node.items.map((item) => withOldTruths(diagnostics, item)) };
  return {
    ...node,
    pairs: node.pairs.map(({ key, value }) => ({ key, value: withOldTruths(diagnostics, value) })),
  };
}

function oldTruth({ file, bag }: PipelineDiagnostics, node: YamlScalar): YamlScalar {
  if (!node.plain || !isAmbiguousScalar(node)) return node;
  // PyYAML takes words in one case or with a capital, and no single letters
  if (/^[a-z]+$/i.test(node.text)) {
    const truth = /^(?:[a-z]+|[A-Z][a-z]*|[A-Z]+)$/.test(node.text)
      ? truths.get(node.text.toLowerCase())
      : undefined;
    return truth === undefined ? node : { ...node, value: truth, text: `${truth}` };
  }
  const what = typeof node.value === 'string' ? 'a text' : 'a number';
  const message = `\`${node.text}\` is ${what} in YAML 1.2 and may be something else in YAML 1.1`;
  bag.add(file, { code: 'SIG006', message, span: node });
  return node;
}
