import { type ConditionNode, selectionMatcher } from '../sigma/rule/condition.ts';
import type { DetectionRule } from '../sigma/rule/rule.ts';
import type { Tell } from './check.ts';

/** Quantifiers of the condition. */
export function checkCondition({ detection }: DetectionRule, tell: Tell): void {
  for (const condition of detection.conditions)
    checkNode(condition, [...detection.searches.keys()], tell);
}

function checkNode(node: ConditionNode, names: readonly string[], tell: Tell): void {
  if (node.kind === 'not') checkNode(node.operand, names, tell);
  else if (node.kind === 'and' || node.kind === 'or')
    for (const operand of node.operands) checkNode(operand, names, tell);
  else if (node.kind === 'quantifier') {
    const { quantifier, pattern } = node;
    const them = pattern.toLowerCase() === 'them';
    if (them && quantifier === 'all')
      tell('LNT019', node, '`all of them` takes every selection, also one that is added later');
    // SigmaHQ's own names are kept for the selections to come
    if (
      names.filter(selectionMatcher(pattern)).length < 2 &&
      !/^(?:selection|filter)_.*\*$/.test(pattern)
    )
      tell('LNT018', node, `\`${pattern}\` is one selection`);
  }
}
