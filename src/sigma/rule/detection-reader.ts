import type { DiagnosticBag } from '../../source/diagnostic.ts';
import type { SourceFile, Span } from '../../source/span.ts';
import { insideScalar } from '../../source/yaml/inside-scalar.ts';
import { isAmbiguousScalar, keepsZeros } from '../../source/yaml/scalar.ts';
import type { YamlMapping, YamlNode, YamlPair, YamlScalar } from '../../source/yaml/tree.ts';
import { isComparison, meantModifier, modifierRoles } from '../value/modifier.ts';
import { nearHint, timespanText } from './aggregation.ts';
import { note } from './attribute.ts';
import type { ConditionNode } from './condition.ts';
import { parseCondition } from './condition-parser.ts';
import { withKnownKeys } from './known-keys.ts';
import type {
  Detection,
  DetectionItem,
  ModifierUse,
  SearchBody,
  SearchIdentifier,
  SearchMap,
} from './rule.ts';

interface Context {
  readonly file: SourceFile;
  readonly bag: DiagnosticBag;
}

const detectionKeys: ReadonlySet<string> = new Set(['condition', 'timeframe']);
/** A map under such a key is a selection by that name. */
export const isNoSelection = ({ value }: YamlPair): boolean => value.kind !== 'mapping';

/** Reads `detection:` of a rule or `filter:` of a filter (whose `rules` key is not a selection). */
export function readDetection(
  context: Context,
  written: YamlMapping,
  skip: ReadonlySet<string> = new Set(),
): Detection | undefined {
  const node = withKnownKeys(context, written, detectionKeys, isNoSelection);
  const searches = new Map<string, SearchIdentifier>();
  let sound = true;
  let conditionNode: YamlNode | undefined;
  for (const { key, value } of node.pairs) {
    if (key.text === 'condition') conditionNode = value;
    else if (key.text !== 'timeframe' && !skip.has(key.text)) {
      const body = readBody(context, value);
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
      hint: 'Add `condition:` inside `detection:`, indented as the selections are.',
    });
    return undefined;
  }
  if (searches.size === 0 && sound) {
    context.bag.add(context.file, {
      code: 'SIG013',
      message: 'the detection has no selection',
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
 * What a `timeframe` without an aggregation comes to. A condition looks at one event at a time, so
 * it changes nothing where one selection is looked for, and pySigma passes over it. Over several
 * selections its author meant several events. False after a fatal diagnostic.
 */
function readTimeframe(
  { file, bag }: Context,
  { start, end }: Span,
  period: string,
  conditions: readonly ConditionNode[],
): boolean {
  const span = { start, end };
  if (conditions.length === 1 && conditions.every((condition) => lookedFor(condition) === 1)) {
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

/** How many selections a condition looks for, those under `not` left out. */
function lookedFor(node: ConditionNode): number {
  if (node.kind === 'not') return 0;
  if (node.kind === 'name') return 1;
  if (node.kind === 'quantifier')
    return node.pattern.includes('*') || node.pattern.toLowerCase() === 'them' ? 2 : 1;
  return node.operands.reduce((count, operand) => count + lookedFor(operand), 0);
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
    const tree =
      text.kind === 'scalar' && typeof text.value === 'string'
        ? parseCondition(context, text, timeframe)
        : undefined;
    if (tree) conditions.push(tree);
    else sound = false;
    if (text.kind !== 'scalar' || typeof text.value !== 'string') {
      context.bag.add(context.file, {
        code: 'SIG011',
        message: 'a condition must be a text',
        span: text,
        hint: 'Write `condition: selection`, or a list of such texts.',
      });
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

function readBody(context: Context, node: YamlNode): SearchBody | undefined {
  if (node.kind === 'mapping') return readMap(context, node);
  if (node.kind === 'scalar' && node.value === null) {
    context.bag.add(context.file, {
      code: 'SIG015',
      message: 'the selection is empty',
      span: node,
      hint: 'Give it at least one field or keyword, indented deeper than its name.',
    });
    return undefined;
  }
  if (node.kind === 'scalar') return readList(context, [node], node);
  return readList(context, node.items, node);
}

function readList(
  context: Context,
  nodes: readonly YamlNode[],
  place: YamlNode,
): SearchBody | undefined {
  if (nodes.length === 0) {
    context.bag.add(context.file, {
      code: 'SIG015',
      message: 'the selection is an empty list',
      span: place,
    });
    return undefined;
  }
  const entries: (SearchMap | DetectionItem)[] = [];
  const keywords: YamlScalar[] = [];
  let sound = true;
  for (const node of nodes) {
    if (node.kind === 'mapping') {
      const map = readMap(context, node);
      if (map) entries.push(map);
      else sound = false;
    } else if (node.kind === 'scalar' && node.value !== null && node.text !== '') {
      warnIfAmbiguous(context, node);
      keywords.push(node);
    } else {
      const isList = node.kind === 'sequence';
      context.bag.add(context.file, {
        code: 'SIG014',
        message: `${isList ? 'a list in a list' : 'an empty entry'} is neither a keyword nor a map`,
        span: node,
        hint: isList
          ? 'List texts, numbers or maps of fields.'
          : 'Remove the entry, or write a text, a number or a map of fields.',
      });
      sound = false;
    }
  }
  if (keywords.length > 0)
    entries.push({
      kind: 'item',
      field: undefined,
      modifiers: [],
      values: keywords,
      span: keywords[0] ?? place,
    });
  return sound ? { kind: 'list', entries } : undefined;
}

function readMap(context: Context, node: YamlMapping): SearchMap | undefined {
  if (node.pairs.length === 0) {
    context.bag.add(context.file, {
      code: 'SIG015',
      message: 'the selection is an empty map',
      span: node,
    });
    return undefined;
  }
  const items: DetectionItem[] = [];
  for (const { key, value } of node.pairs) {
    const { field, modifiers } = splitKey(context, key);
    const values = readValues(context, value, modifiers);
    if (values) items.push({ kind: 'item', field, modifiers, values, span: key });
  }
  return items.length === node.pairs.length ? { kind: 'map', items } : undefined;
}

function readValues(
  context: Context,
  node: YamlNode,
  modifiers: readonly ModifierUse[],
): readonly YamlScalar[] | undefined {
  const nodes = node.kind === 'sequence' ? node.items : [node];
  if (nodes.length === 0) {
    context.bag.add(context.file, {
      code: 'SIG015',
      message: 'the list of values is empty',
      span: node,
      hint: 'Give the list a value, or remove the key.',
    });
    return undefined;
  }
  for (const value of nodes) {
    if (value.kind === 'scalar') {
      warnIfAmbiguous(context, value, modifiers);
      if (node.kind === 'sequence' && value.plain && value.text === '' && modifiers.length === 0)
        warnOfNothing(context, value);
    } else {
      const nested = value.kind === 'mapping';
      const braces =
        context.file.text[value.start] === '{' ? ' Quote a text that starts with `{`.' : '';
      const hint = nested
        ? `Join the names of nested fields with a dot: \`process.name: cmd.exe\`.${braces}`
        : 'Put all values into one list.';
      context.bag.add(context.file, {
        code: 'SIG014',
        message: `a ${nested ? 'map' : 'list'} can't be a value`,
        span: value,
        hint,
      });
    }
  }
  return nodes.every((value) => value.kind === 'scalar') ? nodes : undefined;
}

/** pySigma reads it so too; a `-` that was left over looks the same. */
function warnOfNothing({ file, bag }: Context, span: Span): void {
  bag.add(file, {
    code: 'SIG029',
    message: 'the empty entry asks for events without the field',
    span,
  });
}

function warnIfAmbiguous(
  { file, bag }: Context,
  value: YamlScalar,
  modifiers: readonly ModifierUse[] = [],
): void {
  // `exists` takes no text, and the diagnostic about one says what to write
  if (!isAmbiguousScalar(value) || modifiers.some(({ name }) => name === 'exists')) return;
  const numeric = modifiers.some(
    ({ name }) => isComparison(name) || modifierRoles.get(name) === 'part',
  );
  if (keepsZeros(value) && !numeric) {
    // a modifier of texts takes what is written, in every tool
    if (modifiers.length > 0) return;
    bag.add(file, {
      code: 'SIG006',
      message:
        `\`${value.text}\` is taken as a text with its zeros, which YAML 1.2 reads as the ` +
        `number ${value.value}`,
      span: value,
    });
    return;
  }
  const meaning = typeof value.value === 'string' ? 'a text' : `the number ${value.value}`;
  const hint = numeric
    ? { hint: 'Write the number in plain digits: modifiers that take a number take no quotes.' }
    : {};
  bag.add(file, {
    code: 'SIG006',
    message: `\`${value.text}\` is ${meaning} in YAML 1.2 and may be something else in YAML 1.1`,
    span: value,
    ...hint,
  });
}

/**
 * `field|modifier|modifier`, each modifier with its own place. The null of YAML is no field, as an
 * empty key is none.
 */
function splitKey(
  context: Context,
  key: YamlScalar,
): { field: string | undefined; modifiers: readonly ModifierUse[] } {
  const text = key.value === null ? '' : key.text;
  const bar = text.indexOf('|');
  if (bar === -1) return { field: text === '' ? undefined : text, modifiers: [] };
  const place = insideScalar(context.file, key);
  const modifiers: ModifierUse[] = [];
  let start = bar + 1;
  for (const written of text.slice(start).split('|')) {
    const name = meantModifier(written);
    const span = place({ start, end: start + Math.max(written.length, 1) });
    modifiers.push({ name, span });
    if (name !== written)
      note(
        context,
        span,
        `modifier \`${written}\` is read as \`${name}\``,
        `Write \`${name}\`: that is its name in the specification.`,
      );
    start += written.length + 1;
  }
  const field = text.slice(0, bar);
  // a field of blanks alone is no keyword
  const trimmed = field.trimEnd() || field;
  if (trimmed !== field)
    note(
      context,
      place({ start: 0, end: bar }),
      `field \`${field}\` is read without the blank before \`|\``,
      'Remove the blank.',
    );
  return { field: field === '' ? undefined : trimmed, modifiers };
}
