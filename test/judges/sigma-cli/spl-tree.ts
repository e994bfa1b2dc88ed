import { parseEval } from '../spl/eval-parse.ts';
import type { EvalNode } from '../spl/eval-types.ts';
import { parseSearchExpression, type SearchNode } from '../spl/search-parse.ts';
import { SplError, splitPipeline } from '../spl/text.ts';
import { implies } from './implication.ts';
import { regexTest } from './regex-glob.ts';
import {
  ANY,
  all,
  any,
  globTest,
  type Leaf,
  type LeafTest,
  leaf,
  normal,
  not,
  sameLeaf,
  type Tree,
} from './tree.ts';

/**
 * The meaning of a Splunk search: what all its stages let through together; and what else it does.
 */
export interface SplMeaning {
  readonly tree: Tree;
  /** The search starts with a command that makes no events. */
  readonly headless: boolean;
}

/** Throws `SplError` for what Splunk would refuse. */
export function splTree(text: string): SplMeaning {
  const conditions = new Map<string, Tree>();
  const matches = new Map<string, Tree>();
  const trees: Tree[] = [];
  let headless = false;
  for (const [at, { text: stage }] of splitPipeline(text).entries()) {
    const [, name = '', rest = ''] =
      /^(search|where|regex|rex|eval|table)\s([\s\S]*)$/.exec(stage) ?? [];
    if (at === 0) {
      if (name === '' || name === 'search') {
        trees.push(searchTree(name === '' ? stage : rest));
        continue;
      }
      headless = true;
    }
    if (name === 'search') trees.push(withConditions(searchTree(rest), conditions));
    else if (name === 'where') trees.push(evalTree(parseEval(rest)));
    else if (name === 'regex') trees.push(regexStage(rest));
    else if (name === 'rex') takeRex(rest, matches);
    else if (name === 'eval') takeCondition(rest, matches, conditions);
    else if (name !== 'table') throw new SplError(`An unknown command: ${stage.slice(0, 40)}`);
  }
  return { tree: withoutBounds(trees), headless };
}

/** A search stage that lets more through than the exact stages after it says nothing new. */
function withoutBounds(trees: readonly Tree[]): Tree {
  const conjuncts = trees.flatMap((tree, stage) => {
    const one = normal(tree);
    return (one.kind === 'all' ? one.operands : [one]).map((operand) => ({ operand, stage }));
  });
  const kept = conjuncts.filter(
    ({ operand, stage }) =>
      stage > 0 ||
      !conjuncts.some(
        (other) => other.stage > 0 && other.operand !== operand && implies(other.operand, operand),
      ),
  );
  return normal(all(kept.map(({ operand }) => operand)));
}

function searchTree(text: string): Tree {
  return text.trim() === '*' ? all([]) : searchNode(parseSearchExpression(text));
}

function searchNode(node: SearchNode): Tree {
  switch (node.kind) {
    case 'and':
      return all(node.operands.map(searchNode));
    case 'or':
      return any(node.operands.map(searchNode));
    case 'not':
      return not(searchNode(node.operand));
    case 'term':
      return node.value.text === '*'
        ? all([])
        : leaf(
            undefined,
            globTest(node.value.text.replaceAll('*', ANY), node.value.form === 'case'),
          );
    case 'compare': {
      const { field, operator, value } = node;
      if (operator !== '=' && operator !== '!=')
        return leaf(field, { kind: 'compare', operator, value: value.text });
      const test = leaf(field, valueTest(value.text, value.form === 'case'));
      return operator === '=' ? test : all([leaf(field, { kind: 'exists' }), not(test)]);
    }
  }
}

/** `search` compares with the block where the value is one. */
function valueTest(text: string, cased: boolean): LeafTest {
  return /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]*)\/\d{1,3}$/i.test(text)
    ? { kind: 'cidr', text: text.toLowerCase() }
    : globTest(text.replaceAll('*', ANY), cased);
}

const unquoted = (text: string): string => text.replace(/\\(["\\])/g, '$1');

function regexStage(text: string): Tree {
  const [, field, sign, pattern] = /^([\w.{}@-]+|"[^"]+")(!?=)"([\s\S]*)"$/.exec(text.trim()) ?? [];
  if (field === undefined || pattern === undefined)
    throw new SplError(`regex needs a field and a pattern in quotes: ${text.slice(0, 60)}`);
  const test = leaf(field.replaceAll('"', ''), regexTest(unquoted(pattern)));
  // the field must be there for `!=` too: a difference that the judge looks at
  return sign === '=' ? test : not(test);
}

function takeRex(text: string, matches: Map<string, Tree>): void {
  const [, field, name, pattern] =
    /^field=([\w.{}@-]+|"[^"]+")\s"\(\?<(\w+)>([\s\S]*)\)"$/.exec(text.trim()) ?? [];
  if (field === undefined || name === undefined || pattern === undefined)
    throw new SplError(`rex: ${text.slice(0, 60)}`);
  matches.set(name, leaf(field.replaceAll('"', ''), regexTest(unquoted(pattern))));
}

function takeCondition(
  text: string,
  matches: ReadonlyMap<string, Tree>,
  conditions: Map<string, Tree>,
): void {
  const [, name = '', match = ''] =
    /^([^=]+)=if\(isnotnull\((\w+)\), "true", "false"\)$/.exec(text.trim()) ?? [];
  const tree = matches.get(match);
  if (!tree) throw new SplError(`eval: ${text.slice(0, 60)}`);
  conditions.set(name, tree);
}

function withConditions(tree: Tree, conditions: ReadonlyMap<string, Tree>): Tree {
  if (tree.kind === 'leaf') return (tree.field !== undefined && conditions.get(tree.field)) || tree;
  if (tree.kind === 'not') return not(withConditions(tree.operand, conditions));
  return {
    kind: tree.kind,
    operands: tree.operands.map((operand) => withConditions(operand, conditions)),
  };
}

function evalTree(node: EvalNode): Tree {
  if (node.kind === 'not') return not(evalTree(node.operand));
  if (node.kind === 'logic' && node.operator !== 'xor') {
    const operands = [evalTree(node.left), evalTree(node.right)];
    return node.operator === 'and' ? all(operands) : any(operands);
  }
  if (node.kind === 'compare') return compareTree(node) ?? unknown(node);
  if (node.kind === 'call') return callTree(node.name, node.args) ?? unknown(node);
  return unknown(node);
}

const unknown = (node: EvalNode): Tree =>
  leaf(undefined, { kind: 'other', text: JSON.stringify(node) });

function compareTree({
  operator,
  left,
  right,
}: Extract<EvalNode, { kind: 'compare' }>): Tree | undefined {
  // if(x, 0, 1)=1: not x, whatever is missing
  if (left.kind === 'call' && left.name === 'if' && operator === '=') {
    const [condition, yes, no] = left.args;
    if (condition && number(yes) === 0 && number(no) === 1 && number(right) === 1)
      return not(evalTree(condition));
    return undefined;
  }
  const [one, other] = [lowered(left), lowered(right)];
  if (one !== undefined && other !== undefined)
    return operator === '=' ? sameLeaf(one, other, false) : undefined;
  if (left.kind !== 'field') return undefined;
  if (right.kind === 'field')
    return operator === '=' ? sameLeaf(left.name, right.name, true) : undefined;
  const value =
    right.kind === 'string' || right.kind === 'number' ? String(right.value) : undefined;
  if (value === undefined) return undefined;
  if (operator === '=') return leaf(left.name, globTest(value, true));
  return operator === '!=' ? undefined : leaf(left.name, { kind: 'compare', operator, value });
}

function lowered(node: EvalNode): string | undefined {
  const [field] = node.kind === 'call' && node.name === 'lower' ? node.args : [];
  return field?.kind === 'field' ? field.name : undefined;
}

const number = (node: EvalNode | undefined): number | undefined =>
  node?.kind === 'number' ? node.value : undefined;
const string = (node: EvalNode | undefined): string | undefined =>
  node?.kind === 'string' ? node.value : undefined;

function callTree(name: string, args: readonly EvalNode[]): Tree | undefined {
  const [first, second] = args;
  const field = first?.kind === 'field' ? first.name : undefined;
  if (name === 'cidrmatch' && second?.kind === 'field')
    return leaf(second.name, { kind: 'cidr', text: (string(first) ?? '').toLowerCase() });
  // the zone of a link-local address is taken off before it is compared
  const bare = second?.kind === 'call' && second.name === 'replace' ? second.args[0] : undefined;
  if (name === 'cidrmatch' && bare?.kind === 'field')
    return leaf(bare.name, { kind: 'cidr', text: `${(string(first) ?? '').toLowerCase()}%` });
  if (field === undefined) return undefined;
  if (name === 'match') return matchTree(field, second);
  if (name === 'isnull') return not(leaf(field, { kind: 'exists' }));
  return name === 'isnotnull' ? leaf(field, { kind: 'exists' }) : undefined;
}

function matchTree(field: string, pattern: EvalNode | undefined): Leaf | undefined {
  const text = string(pattern);
  return text === undefined
    ? undefined
    : leaf(field === '_raw' ? undefined : field, regexTest(text));
}
