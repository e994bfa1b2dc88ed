import { holdDiagnostics } from '../../source/diagnostic.ts';
import type { SourceFile } from '../../source/span.ts';
import { lookup, type YamlMapping } from '../../source/yaml/tree.ts';
import { flagOf } from '../rule/flag.ts';
import { withKnownKeys } from '../rule/known-keys.ts';
import { attributes } from './attributes.ts';
import type { LostCorrelation } from './correlation.ts';
import { isExpression, namesMentioned } from './extended-condition.ts';
import { listedRules } from './reference-reader.ts';

/** What remains of a correlation with errors. */
export function lostCorrelation(file: SourceFile, document: YamlMapping): LostCorrelation {
  const written = lookup(document, 'correlation');
  const node =
    written?.kind === 'mapping'
      ? withKnownKeys({ file, bag: holdDiagnostics() }, written, attributes)
      : undefined;
  const condition = lookup(node, 'condition');
  const generate = lookup(node, 'generate') ?? lookup(document, 'generate');
  return {
    kind: 'lost',
    file,
    references: [
      ...listedRules(node).flatMap((item) => (item.kind === 'scalar' ? [item.text] : [])),
      ...(isExpression(condition) ? namesMentioned(condition.text) : []),
    ],
    generate: generate?.kind === 'scalar' && flagOf(generate) === true,
  };
}
