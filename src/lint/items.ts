import { itemsOf } from '../sigma/rule/detection-items.ts';
import type { DetectionItem, DetectionRule } from '../sigma/rule/rule.ts';
import { parseAddressBlock } from '../sigma/value/cidr.ts';
import { modifierRoles } from '../sigma/value/modifier.ts';
import {
  ANY,
  literalText,
  ONE,
  openLiteral,
  type Pattern,
  parsePattern,
} from '../sigma/value/pattern.ts';
import type { SourceFile } from '../source/span.ts';
import type { YamlScalar } from '../source/yaml/tree.ts';
import { repeated, type Tell } from './check.ts';
import { checkRegex } from './regex.ts';

/** The items of the selections of a rule: their values, and what their modifiers make of these. */
export function checkItems(
  { file, detection }: DetectionRule,
  tell: Tell,
  conventions: boolean,
): void {
  const spellings = new Map<string, string>();
  for (const item of itemsOf(detection)) {
    checkValues(file, item, tell);
    if (conventions) checkItem(item, spellings, tell);
  }
}

function checkValues(file: SourceFile, { modifiers, values }: DetectionItem, tell: Tell): void {
  const isNetwork = modifiers.some(({ name }) => name === 'cidr');
  for (const value of values) {
    const control = typeof value.value === 'string' ? controlCharacter(file, value) : undefined;
    if (control !== undefined) tell('LNT003', value, `the value has a ${control}`);
    if (isNetwork) checkNetwork(value, tell);
  }
}

function checkItem(item: DetectionItem, spellings: Map<string, string>, tell: Tell): void {
  const names = item.modifiers.map(({ name }) => name);
  checkField(item, spellings, tell);
  if (names.includes('re')) for (const value of item.values) checkRegex(value, names, tell);
  const cased = names.some(
    (name) =>
      name === 'cased' ||
      modifierRoles.get(name) === 'encoding' ||
      modifierRoles.get(name) === 'type',
  );
  for (const value of repeated(
    item.values,
    ({ text, value }) => `${typeof value} ${cased ? text : text.toLowerCase()}`,
  ))
    tell('LNT042', value, `\`${value.text}\` stands twice`);
  if (names.every((name) => textual.has(modifierRoles.get(name) ?? '')))
    checkTexts(item, names, tell);
}

/** Roles of modifiers that leave a value a text with wildcards. */
const textual: ReadonlySet<string> = new Set(['shape', 'link', 'spelling']);

/**
 * An escape of double quotes, which a path in them has by mistake; in other values line breaks and
 * tabs are meant.
 */
function controlCharacter(file: SourceFile, { text, start }: YamlScalar): string | undefined {
  const found =
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    (
      file.text[start] === '"' ? /[\u0000-\u001f]/ : /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/
    ).exec(text)?.[0];
  if (found === undefined) return undefined;
  return (
    {
      '\b': 'backspace (\\b)',
      '\t': 'tab (\\t)',
      '\n': 'line break (\\n)',
      '\r': 'carriage return (\\r)',
    }[found] ?? `control character (${found.charCodeAt(0)})`
  );
}

function checkNetwork(value: YamlScalar, tell: Tell): void {
  const block = parseAddressBlock(value.text);
  const address = parseAddressBlock(value.text.split('/')[0] ?? '');
  if (block && address?.bytes.some((byte, at) => byte !== block.bytes[at]))
    tell(
      'LNT002',
      value,
      `\`${value.text}\` is an address within ${block.text}, and is read as that network`,
      `Write ${block.text}, or the address alone.`,
    );
}

function checkField(
  { field, values, span }: DetectionItem,
  spellings: Map<string, string>,
  tell: Tell,
): void {
  if (field === undefined) return;
  const before = spellings.get(field.toLowerCase());
  if (before === undefined) spellings.set(field.toLowerCase(), field);
  else if (before !== field)
    tell(
      'LNT043',
      span,
      `the rule writes \`${field}\` and \`${before}\``,
      'Write a field in one way: most stores tell the two apart.',
    );
  if (field.includes(' ')) tell('LNT043', span, `the name of the field \`${field}\` has a blank`);
  if (field === 'Hashes' || field === 'Hash') for (const value of values) checkHash(value, tell);
  const [only, more] = values;
  if (only && !more && /user/i.test(field) && /AUTH?ORI/.test(only.text))
    tell(
      'LNT044',
      only,
      `\`${only.text}\` is the name in one language only`,
      "Write `|contains: ['AUTHORI', 'AUTORI']`.",
    );
}

const hashLengths: ReadonlyMap<string, number> = new Map([
  ['MD5', 32],
  ['SHA1', 40],
  ['SHA256', 64],
  ['IMPHASH', 32],
]);

/** Sysmon writes `MD5=...`; a list of them with wildcards between has each in a part of its own. */
function checkHash(value: YamlScalar, tell: Tell): void {
  const wrong = value.text.split(/[*?]+/).find((part) => {
    const [, name = '', digits = ''] = /^([^=]*)=([0-9a-f]*)$/i.exec(part) ?? [];
    return part !== '' && hashLengths.get(name) !== digits.length;
  });
  if (wrong !== undefined)
    tell(
      'LNT044',
      value,
      `\`${wrong}\` is no hash as Sysmon writes it`,
      'Write MD5=, SHA1=, SHA256= or IMPHASH= and all of its digits.',
    );
}

/** Wildcards and numbers of values that are compared as texts. */
function checkTexts(item: DetectionItem, names: readonly string[], tell: Tell): void {
  const shape = names.find((name) => modifierRoles.get(name) === 'shape');
  const patterns = item.values.map((value) =>
    typeof value.value === 'string' ? parsePattern(value.text) : [],
  );
  for (const [at, value] of item.values.entries())
    checkText(value, patterns[at] ?? [], shape, tell);
  if (shape === undefined && !names.includes('expand')) checkWildcards(item, patterns, names, tell);
}

function checkText(
  value: YamlScalar,
  pattern: Pattern,
  shape: string | undefined,
  tell: Tell,
): void {
  const { text } = value;
  if (/(?<!\\)(?:\\\\)*\*\*/.test(text))
    tell('LNT021', value, `\`${text}\` has two wildcards in a row`);
  if (pattern.some((part) => typeof part === 'string' && /[*?]/.test(part)))
    tell('LNT023', value, `\`${text}\` has a wildcard that stands for itself`);
  // digits behind a zero are no number that anybody writes
  if (
    shape === undefined &&
    typeof value.value === 'string' &&
    /^(?:0|[+-]?[1-9]\d*)$/.test(literalText(pattern) ?? '')
  )
    tell('LNT024', value, `\`${text}\` is a number in quotes`);
  const [first, last] = [pattern[0] === ANY, pattern.length > 1 && pattern.at(-1) === ANY];
  if (
    (first && (shape === 'contains' || shape === 'endswith')) ||
    (last && (shape === 'contains' || shape === 'startswith'))
  )
    tell('LNT046', value, `\`${shape}\` adds the wildcard of \`${text}\``);
}

/** Values that all have their wildcards where one modifier would put them. */
function checkWildcards(
  { field, values, span, modifiers }: DetectionItem,
  patterns: readonly Pattern[],
  names: readonly string[],
  tell: Tell,
): void {
  const opens = patterns.map((pattern) =>
    pattern.includes(ONE) ? undefined : openLiteral(pattern)?.open,
  );
  const [open] = opens;
  if (open === undefined || open === 'none' || opens.some((other) => other !== open)) return;
  const modifier = { both: 'contains', start: 'endswith', end: 'startswith' }[open];
  const place = values.length === 1 ? (values[0] ?? span) : (modifiers[0]?.span ?? span);
  const hint =
    field === undefined
      ? 'Remove the wildcards: keywords are found in any text.'
      : `Write \`${field}|${[...names, modifier].join('|')}\`, without the wildcards.`;
  tell('LNT022', place, `the wildcards say what \`${modifier}\` says`, hint);
}
