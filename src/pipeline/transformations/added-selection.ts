import type { SettledBody, SettledDetection, SettledSearch } from '../../query/settled.ts';
import type { ConditionNode } from '../../sigma/rule/condition.ts';
import type { Span } from '../../source/span.ts';
import { ProcessingFailure } from '../../work/processing-failure.ts';

export interface AddedSelection {
  /** As the pipeline calls it. */
  readonly name: string;
  readonly body: SettledBody;
  readonly negated: boolean;
}

/**
 * The detection with one more selection that must (or must not) hold beside its conditions, each of
 * them.
 */
export function withSelection(
  detection: SettledDetection,
  { name: wanted, body, negated }: AddedSelection,
): SettledDetection {
  const name = freeName(wanted, detection.searches);
  const own = [...detection.searches.keys()].filter((key) => key.startsWith('_'));
  const conditions = detection.conditions.map((condition): ConditionNode => {
    const { start, end } = condition;
    const named: ConditionNode = { kind: 'name', name, start, end };
    const written = pinned(detection, condition, own);
    // one after the other, not one in the other: a pipeline may add many
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
 * No condition can hold a parenthesis in a name; and `1 of them` and its like pass over names that
 * start with an underscore.
 */
function freeName(wanted: string, taken: ReadonlyMap<string, unknown>): string {
  let name = `_(${wanted})`;
  for (let number = 2; taken.has(name); number++) name = `_(${wanted})${number}`;
  return name;
}

/** `1 of _*` would take in the added selection: the names that it stood for take its place. */
function pinned(
  detection: SettledDetection,
  node: ConditionNode,
  own: readonly string[],
): ConditionNode {
  switch (node.kind) {
    case 'and':
    case 'or':
      return { ...node, operands: node.operands.map((operand) => pinned(detection, operand, own)) };
    case 'not':
      return { ...node, operand: pinned(detection, node.operand, own) };
    case 'name':
      return node;
    case 'quantifier':
      return node.pattern.startsWith('_*') ? pinnedQuantifier(detection, node, own) : node;
  }
}

function pinnedQuantifier(
  detection: SettledDetection,
  node: ConditionNode & { readonly kind: 'quantifier' },
  own: readonly string[],
): ConditionNode {
  const { start, end }: Span = node;
  if (!/^_\*+$/.test(node.pattern) || own.length === 0) {
    const place = { file: detection.file, span: { start, end } };
    throw new ProcessingFailure(
      `\`${node.pattern}\` would stand for the condition that the pipeline adds`,
      place,
      'Name the selections without `*`.',
    );
  }
  const operands = own.map((name): ConditionNode => ({ kind: 'name', name, start, end }));
  return { kind: node.quantifier === 'all' ? 'and' : 'or', operands, start, end };
}
