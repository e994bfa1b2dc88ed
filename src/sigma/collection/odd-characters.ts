import { unicodeEscape } from '../../source/char-escape.ts';
import type { DiagnosticSink } from '../../source/diagnostic.ts';
import { positionAt, type SourceFile } from '../../source/span.ts';
import { words } from '../../source/words.ts';
import { insideScalar } from '../../source/yaml/inside-scalar.ts';
import type { YamlNode, YamlScalar } from '../../source/yaml/tree.ts';

const blanks = '\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const unseen = '\\u00ad\\u200b-\\u200f\\u2060\\ufeff';
const quotes = '\\u00ab\\u00bb\\u2018-\\u201f\\u2039\\u203a\\uff02\\uff07';
/** Fullwidth letters, digits and signs that Sigma and YAML use. */
const wide = '\\uff0a\\uff10-\\uff1a\\uff21-\\uff3a\\uff41-\\uff5a\\uff5c';

const any = new RegExp(`[${blanks}${unseen}${quotes}${wide}]`);
const anyAt = new RegExp(any.source, 'g');
/**
 * In a value, only what an editor's slip leaves: rules that look for such characters on purpose
 * have hardly anything else.
 */
const edge = `[${blanks}${unseen}${quotes}\\uff0a]`;
const inValue = new RegExp(
  `^${edge}|${edge}$|[\\u00ad\\u200b\\u200c\\u2060\\ufeff]|(?<=[A-Za-z0-9])\\u00a0(?=[A-Za-z0-9])`,
);

const names: ReadonlyMap<number, string> = new Map([
  [0x00a0, 'no-break space'],
  [0x00ad, 'soft hyphen'],
  [0x200b, 'zero-width space'],
  [0x202f, 'narrow no-break space'],
  [0x3000, 'ideographic space'],
  [0xfeff, 'byte order mark'],
]);

const classOf = (ranges: string) => new RegExp(`[${ranges}]`);
const isBlank = classOf(blanks);
const isUnseen = classOf(unseen);
const isQuote = classOf(quotes);

function described(char: string): { readonly name: string; readonly hint: string } {
  const code = char.charCodeAt(0);
  const number = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  const plain = code >= 0xff01 ? String.fromCharCode(code - 0xfee0) : '';
  if (isUnseen.test(char))
    return {
      name: `${names.get(code) ?? 'character that can’t be seen'} (${number})`,
      hint: 'Remove it; it can’t be seen.',
    };
  if (isBlank.test(char))
    return {
      name: `${names.get(code) ?? 'space of another width'} (${number})`,
      hint: 'Type a plain blank.',
    };
  if (isQuote.test(char))
    return { name: `typographic quote ${char} (${number})`, hint: 'Type a plain quote: \' or ".' };
  return { name: `fullwidth ${char} (${number})`, hint: `Type \`${plain}\`.` };
}

/** Attributes whose values are compared letter by letter. */
const exact = words('id name status level tags logsource detection correlation filter');

/**
 * Reports characters that editors and web pages insert in place of blanks, quotes and letters: in
 * keys, conditions and values, and near errors of the YAML, whose offsets are `errors`.
 */
export function reportOddCharacters(
  file: SourceFile,
  documents: readonly YamlNode[],
  errors: readonly number[],
  bag: DiagnosticSink,
): void {
  if (!any.test(file.text)) return;
  for (const error of errors) reportNear(file, error, bag);
  const walk: Walk = { file, bag, visited: new Set() };
  for (const document of documents) visit(walk, document, false);
}

interface Walk {
  readonly file: SourceFile;
  readonly bag: DiagnosticSink;
  /** Aliases share nodes. */
  readonly visited: Set<YamlNode>;
}

function visit(walk: Walk, node: YamlNode, isExact: boolean, key?: string): void {
  const { file, bag, visited } = walk;
  if (visited.has(node)) return;
  visited.add(node);
  if (node.kind === 'scalar') {
    if (isExact && key !== 'definition')
      reportInside(file, node, key === 'condition' ? 'condition' : 'value', bag);
  } else if (node.kind === 'sequence')
    for (const item of node.items) visit(walk, item, isExact, key);
  else
    for (const pair of node.pairs) {
      reportInside(file, pair.key, 'key', bag);
      visit(walk, pair.value, isExact || exact.has(pair.key.text.toLowerCase()), pair.key.text);
    }
}

function reportInside(
  file: SourceFile,
  scalar: YamlScalar,
  what: 'key' | 'condition' | 'value',
  bag: DiagnosticSink,
): void {
  const { text } = scalar;
  const found =
    what === 'value' ? (/[A-Za-z0-9]/.test(text) ? inValue.exec(text) : null) : any.exec(text);
  // an escaped character is meant
  if (!found || !file.text.slice(scalar.start, scalar.end).includes(found[0])) return;
  const { name, hint } = described(found[0]);
  const written = `"${unicodeEscape(found[0])}"`;
  bag.add(file, {
    code: 'SIG018',
    message: `${article(name)} ${name} is part of the ${what} \`${text}\``,
    span: insideScalar(file, scalar)({ start: found.index, end: found.index + 1 }),
    hint: what === 'value' ? `${hint} Where it is meant, write ${written} in double quotes.` : hint,
  });
}

/**
 * On the line of an error and the two before it: the cause is often above the place where the
 * parser stops.
 */
function reportNear(file: SourceFile, error: number, bag: DiagnosticSink): void {
  const { line } = positionAt(file, error);
  let start = error;
  for (let lines = 0; lines < 3 && start > 0; lines++)
    start = file.text.lastIndexOf('\n', start - 1);
  const end = file.text.indexOf('\n', error);
  const lines = file.text.slice(Math.max(start, 0), end < 0 ? undefined : end);
  for (const { 0: char, index } of lines.matchAll(anyAt)) {
    const at = Math.max(start, 0) + index;
    const { name, hint } = described(char);
    bag.add(file, {
      code: 'SIG018',
      message:
        `${article(name)} ${name} stands ` +
        `${positionAt(file, at).line === line ? 'here' : 'before the error'}`,
      span: { start: at, end: at + 1 },
      hint,
    });
    return;
  }
}

const article = (name: string): string => (/^[aeiou]/.test(name) ? 'an' : 'a');
