import type { SettledBody, SettledDetection, SettledSearch } from '../../query/settled.ts';
import type { ConditionNode } from '../../sigma/rule/condition.ts';
import type { Span } from '../../source/span.ts';
import { ProcessingError } from '../../work/processing-error.ts';

export interface AddedSelection {
  /** As the pipeline calls it. */
  readonly name: string;
  readonly body: SettledBody;
  readonly negated: boolean;
}

/** The detection with one more selection, which each condition requires (or excludes) as well. */
export function withSelection(
  detection: SettledDetection,
  { name: base, body, negated }: AddedSelection,
): SettledDetection {
  const name = freeName(base, detection.searches);
  const underscored = [...detection.searches.keys()].filter((key) => key.startsWith('_'));
  const conditions = detection.conditions.map((condition): ConditionNode => {
    const { start, end } = condition;
    const named: ConditionNode = { kind: 'name', name, start, end };
    const written = pinned(detection, condition, underscored);
    // side by side, not nested: a pipeline may add many
    const operands = written.kind === 'and' ? written.operands : [written];
    return {
      kind: 'and',
      operands: [negated ? { kind: 'not', operand: named, start, end } : named, ...operands],
      start,
      end,
    };
  });
  const search: SettledSearch = { name, span: detection.span, body };
  return { ...detection, searches: new Map([[name, search], ...detection.searches]), conditions };
}

/**
 * A name that no condition can use, as it has a parenthesis, and that `1 of them` passes over, as
 * it starts with an underscore.
 */
function freeName(base: string, taken: ReadonlyMap<string, unknown>): string {
  let name = `_(${base})`;
  for (let number = 2; taken.has(name); number++) name = `_(${base})${number}`;
  return name;
}

/** Replaces `1 of _*`, which would include the added selection, by the names that it meant. */
function pinned(
  detection: SettledDetection,
  node: ConditionNode,
  underscored: readonly string[],
): ConditionNode {
  switch (node.kind) {
    case 'and':
    case 'or':
      return {
        ...node,
        operands: node.operands.map((operand) => pinned(detection, operand, underscored)),
      };
    case 'not':
      return { ...node, operand: pinned(detection, node.operand, underscored) };
    case 'name':
      return node;
    case 'quantifier':
      return node.pattern.startsWith('_*') ? pinnedQuantifier(detection, node, underscored) : node;
  }
}

function pinnedQuantifier(
  detection: SettledDetection,
  node: ConditionNode & { readonly kind: 'quantifier' },
  underscored: readonly string[],
): ConditionNode {
  const { start, end }: Span = node;
  if (!/^_\*+$/.test(node.pattern) || underscored.length === 0) {
    const place = { file: detection.file, span: { start, end } };
    throw new ProcessingError(
      `\`${node.pattern}\` would stand for the condition that the pipeline adds`,
      place,
      'Name the selections without `*`.',
    );
  }
  const operands = underscored.map((name): ConditionNode => ({ kind: 'name', name, start, end }));
  return { kind: node.quantifier === 'all' ? 'and' : 'or', operands, start, end };
}
