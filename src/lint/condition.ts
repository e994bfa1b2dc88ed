import { type ConditionNode, selectionMatcher } from '../sigma/rule/condition.ts';
import type { DetectionRule } from '../sigma/rule/rule.ts';
import type { Report } from './check.ts';

/** Checks the quantifiers of the conditions. */
export function checkCondition({ detection }: DetectionRule, report: Report): void {
  for (const condition of detection.conditions)
    checkNode(condition, [...detection.searches.keys()], report);
}

function checkNode(node: ConditionNode, names: readonly string[], report: Report): void {
  if (node.kind === 'not') checkNode(node.operand, names, report);
  else if (node.kind === 'and' || node.kind === 'or')
    for (const operand of node.operands) checkNode(operand, names, report);
  else if (node.kind === 'quantifier') {
    const { quantifier, pattern } = node;
    const them = pattern.toLowerCase() === 'them';
    if (them && quantifier === 'all')
      report('LNT019', node, '`all of them` takes every selection, also one that is added later');
    // SigmaHQ's names may get more selections later
    if (
      names.filter(selectionMatcher(pattern)).length < 2 &&
      !/^(?:selection|filter)_.*\*$/.test(pattern)
    )
      report('LNT018', node, `\`${pattern}\` is one selection`);
  }
}
