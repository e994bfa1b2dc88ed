import type { DiagnosticSink } from '../../source/diagnostic.ts';
import { didYouMean, nearestSlip } from '../../source/nearest.ts';
import type { SourceFile, Span } from '../../source/span.ts';
import { placeAsWritten } from '../../source/yaml/inside-scalar.ts';
import {
  spanOfKey,
  type YamlMapping,
  type YamlNode,
  type YamlScalar,
} from '../../source/yaml/tree.ts';

/** The file that is read, and the sink for diagnostics about it. */
export interface Context {
  readonly file: SourceFile;
  readonly bag: DiagnosticSink;
}

/** A document whose attributes are read. */
export interface Reader extends Context {
  readonly attributes: ReadonlyMap<string, YamlNode>;
  readonly document: YamlMapping;
  /** Where a missing attribute is reported: at the first key. */
  readonly anchor: Span;
}

export function createReader(file: SourceFile, document: YamlMapping, bag: DiagnosticSink): Reader {
  const attributes = new Map<string, YamlNode>();
  for (const pair of document.pairs) attributes.set(pair.key.text, pair.value);
  return { file, bag, attributes, document, anchor: document.pairs[0]?.key ?? document };
}

export function keySpan(reader: Reader, name: string): Span {
  return spanOfKey(reader.document, name) ?? reader.anchor;
}

/**
 * The place of an attribute's text; undefined if the file has it in another form, such as with
 * escapes.
 */
export function textSpan({ file, attributes }: Reader, name: string): Span | undefined {
  const node = attributes.get(name);
  return node?.kind === 'scalar' ? placeAsWritten(file.text, node) : undefined;
}

const isText = (
  node: YamlNode,
): node is YamlScalar & { readonly value: string | number | bigint | boolean } =>
  node.kind === 'scalar' && node.value !== null;

/** A required text; undefined after a fatal diagnostic. */
export function requiredText(reader: Reader, name: string): string | undefined {
  const node = reader.attributes.get(name);
  if (!node) {
    reader.bag.add(reader.file, {
      code: 'SIG010',
      message: `required attribute \`${name}\` is missing`,
      span: reader.anchor,
      hint: `Add \`${name}:\` to the document.`,
    });
    return undefined;
  }
  if (isText(node) && node.text.trim() !== '') return node.text;
  const hint = `Write \`${name}\` as one text behind its colon.`;
  reader.bag.add(reader.file, {
    code: 'SIG011',
    message: `\`${name}\` must be a text that is not empty`,
    span: node,
    hint,
  });
  return undefined;
}

/** An optional text. Anything else is left out with a warning. */
export function optionalText(reader: Reader, name: string): string | undefined {
  const node = reader.attributes.get(name);
  if (!node || (node.kind === 'scalar' && node.value === null)) return undefined;
  if (isText(node)) return node.text;
  warn(reader, node, `\`${name}\` must be a text`, `Write \`${name}\` as one string.`);
  return undefined;
}

export interface Choice<T extends string> {
  readonly choices: readonly T[];
  /** Other words for the choices, in lower case. */
  readonly aliases: ReadonlyMap<string, T>;
  /** The consequence of an unknown word, for the warning. */
  readonly otherwise: string;
}

/**
 * One of a few words, in any letter case. Other words for them are noted; unknown ones are left out
 * with a warning.
 */
export function optionalChoice<T extends string>(
  reader: Reader,
  name: string,
  { choices, aliases, otherwise }: Choice<T>,
): T | undefined {
  const text = optionalText(reader, name);
  if (text === undefined) return undefined;
  const word = text.trim().toLowerCase();
  const place = reader.attributes.get(name) ?? reader.anchor;
  const known = choices.find((choice) => choice === word);
  if (known) return known;
  const other = aliases.get(word);
  if (other)
    note(reader, place, `${name} \`${text}\` is read as \`${other}\``, `Write \`${other}\`.`);
  else {
    const near = nearestSlip(word, choices);
    const hint = near === undefined ? `Use one of ${choices.join(', ')}.` : didYouMean(near);
    warn(reader, place, `\`${text}\` is not a ${name}: ${otherwise}`, hint);
  }
  return other;
}

/** A list of texts. A single text counts as a list of one. */
export function optionalTexts(reader: Reader, name: string): readonly string[] {
  const node = reader.attributes.get(name);
  if (!node || (node.kind === 'scalar' && node.value === null)) return [];
  if (isText(node)) return [node.text];
  if (node.kind === 'sequence') {
    const texts: string[] = [];
    for (const item of node.items) {
      if (isText(item)) texts.push(item.text);
      else if (item.kind === 'scalar' && item.text === '')
        warn(
          reader,
          item,
          `an entry of \`${name}\` is empty`,
          'Remove the entry, or write its text behind the `-`.',
        );
      else
        warn(
          reader,
          item,
          `an entry of \`${name}\` must be a text`,
          'Quote an entry that holds `: ` or starts with a bracket.',
        );
    }
    return texts;
  }
  warn(reader, node, `\`${name}\` must be a list of texts`, `Write \`${name}\` as a list.`);
  return [];
}

/** Notes that something is read as it was meant, although Sigma spells it otherwise. */
export function note({ file, bag }: Context, span: Span, message: string, hint: string): void {
  bag.add(file, { code: 'SIG017', message, span, hint });
}

export function warn(reader: Reader, span: Span, message: string, hint: string): void {
  reader.bag.add(reader.file, { code: 'SIG012', message, span, hint });
}
