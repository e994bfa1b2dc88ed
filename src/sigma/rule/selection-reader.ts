import type { YamlMapping, YamlNode, YamlScalar } from '../../source/yaml/tree.ts';
import type { Context } from './attribute.ts';
import { warnIfAmbiguous, warnOfEmptyEntry } from './doubtful-scalar.ts';
import { splitKey } from './field-key.ts';
import type { DetectionItem, ModifierUse, SearchBody, SearchMap } from './rule.ts';

/** Reads a selection; undefined after a fatal diagnostic. */
export function readSelection(context: Context, node: YamlNode): SearchBody | undefined {
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
        warnOfEmptyEntry(context, value);
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
