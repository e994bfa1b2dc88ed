import type { NewDiagnostic } from '../../source/diagnostic.ts';
import { failed } from '../../source/result.ts';
import type { Span } from '../../source/span.ts';
import type { YamlMapping, YamlNode, YamlPair } from '../../source/yaml/tree.ts';
import { nearHint, timespanText } from './aggregation.ts';
import type { Context } from './attribute.ts';
import type { ConditionNode } from './condition.ts';
import { parseCondition } from './condition-parser.ts';
import { withKnownKeys } from './known-keys.ts';
import type { Detection, SearchIdentifier } from './rule.ts';
import { readSelection } from './selection-reader.ts';

const detectionKeys: ReadonlySet<string> = new Set(['condition', 'timeframe']);
/** True if a key can't be the name of a selection: selections are maps. */
export const isNotSelection = ({ value }: YamlPair): boolean => value.kind !== 'mapping';

/** The attribute that has the selections. */
interface Section {
  readonly name: 'detection' | 'filter';
  /** Keys that are not selections, besides those of a detection. */
  readonly skip: ReadonlySet<string>;
}

/** Reads `detection:` of a rule or `filter:` of a filter. Undefined after a fatal diagnostic. */
export function readDetection(
  context: Context,
  written: YamlMapping,
  { name, skip }: Section = { name: 'detection', skip: new Set() },
): Detection | undefined {
  const node = withKnownKeys(context, written, detectionKeys, isNotSelection);
  const searches = new Map<string, SearchIdentifier>();
  let sound = true;
  let conditionNode: YamlNode | undefined;
  for (const { key, value } of node.pairs) {
    if (key.text === 'condition') conditionNode = value;
    else if (key.text !== 'timeframe' && !skip.has(key.text)) {
      const body = readSelection(context, value);
      if (body) searches.set(key.text, { name: key.text, span: key, body });
      else sound = false;
    }
  }
  if (!conditionNode) {
    const span = node.pairs[0]?.key ?? node;
    context.bag.add(context.file, {
      code: 'SIG010',
      message: 'required attribute `condition` is missing',
      span,
      hint: `Add \`condition:\` inside \`${name}:\`, indented as the selections are.`,
    });
    return undefined;
  }
  if (searches.size === 0 && sound) {
    context.bag.add(context.file, {
      code: 'SIG013',
      message: `the ${name} has no selection`,
      span: node,
    });
    return undefined;
  }
  const timeframe = node.pairs.find(({ key }) => key.text === 'timeframe');
  const period = timeframe?.value.kind === 'scalar' ? timeframe.value.text : undefined;
  const conditions = readConditions(context, conditionNode, period);
  if (
    timeframe &&
    conditions &&
    !readTimeframe(context, timeframe.key, period ?? '<how long>', conditions)
  )
    return undefined;
  return sound && conditions ? { span: node, searches, conditions } : undefined;
}

/**
 * Reports a `timeframe` without an aggregation. A condition is about one event, so it changes
 * nothing if the condition asks for one selection, and pySigma ignores it. With several selections,
 * the author meant several events. False after a fatal diagnostic.
 */
function readTimeframe(
  { file, bag }: Context,
  span: Span,
  period: string,
  conditions: readonly ConditionNode[],
): boolean {
  if (
    conditions.length === 1 &&
    conditions.every((condition) => selectionsAsked(condition) === 1)
  ) {
    const hint =
      `Remove it. To count events, write a correlation rule with \`timespan: ` +
      `${timespanText(period)}\` that names this rule.`;
    bag.add(file, {
      code: 'SIG034',
      message: '`timeframe` changes nothing: the condition looks at one event at a time',
      span,
      hint,
    });
    return true;
  }
  const message =
    '`timeframe` over several selections means several events, and a condition looks at one ' +
    'at a time';
  const hint = `Remove it where one event is meant. Else: ${nearHint(period)}`;
  bag.add(file, { code: 'SIG033', message, span, hint });
  return false;
}

/** How many selections a condition asks for, except those under `not`. */
function selectionsAsked(node: ConditionNode): number {
  if (node.kind === 'not') return 0;
  if (node.kind === 'name') return 1;
  if (node.kind === 'quantifier')
    return node.pattern.includes('*') || node.pattern.toLowerCase() === 'them' ? 2 : 1;
  return node.operands.reduce((count, operand) => count + selectionsAsked(operand), 0);
}

function readConditions(
  context: Context,
  node: YamlNode,
  timeframe: string | undefined,
): readonly ConditionNode[] | undefined {
  const texts = node.kind === 'sequence' ? node.items : [node];
  const conditions: ConditionNode[] = [];
  let sound = texts.length > 0;
  for (const text of texts) {
    const parsed =
      text.kind === 'scalar' && typeof text.value === 'string'
        ? parseCondition(context.file, text, timeframe)
        : failed<NewDiagnostic>({
            code: 'SIG011',
            message: 'a condition must be a text',
            span: text,
            hint: 'Write `condition: selection`, or a list of such texts.',
          });
    if (parsed.ok) conditions.push(parsed.value);
    else {
      context.bag.add(context.file, parsed.error);
      sound = false;
    }
  }
  if (texts.length === 0)
    context.bag.add(context.file, {
      code: 'SIG011',
      message: 'the list of conditions is empty',
      span: node,
    });
  return sound ? conditions : undefined;
}
