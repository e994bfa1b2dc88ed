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
import { type Report, repeated } from './check.ts';
import { checkRegex } from './regex.ts';

/** Checks the items of the selections of a rule: fields, modifiers and values. */
export function checkItems(
  { file, detection }: DetectionRule,
  report: Report,
  conventions: boolean,
): void {
  const spellings = new Map<string, string>();
  for (const item of itemsOf(detection)) {
    checkValues(file, item, report);
    if (conventions) checkItem(item, spellings, report);
  }
}

function checkValues(file: SourceFile, { modifiers, values }: DetectionItem, report: Report): void {
  const isNetwork = modifiers.some(({ name }) => name === 'cidr');
  for (const value of values) {
    const control = typeof value.value === 'string' ? controlCharacter(file, value) : undefined;
    if (control !== undefined) report('LNT003', value, `the value has a ${control}`);
    if (isNetwork) checkNetwork(value, report);
  }
}

function checkItem(item: DetectionItem, spellings: Map<string, string>, report: Report): void {
  const names = item.modifiers.map(({ name }) => name);
  checkField(item, spellings, report);
  if (names.includes('re')) for (const value of item.values) checkRegex(value, names, report);
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
    report('LNT042', value, `\`${value.text}\` appears twice`);
  if (names.every((name) => textual.has(modifierRoles.get(name) ?? '')))
    checkTexts(item, names, report);
}

/** Roles of modifiers whose values stay texts with wildcards. */
const textual: ReadonlySet<string> = new Set(['shape', 'link', 'spelling']);

const controlNames: Readonly<Record<string, string>> = {
  '\b': 'backspace (\\b)',
  '\t': 'tab (\\t)',
  '\n': 'line break (\\n)',
  '\r': 'carriage return (\\r)',
};

/**
 * The first control character of a value. In double quotes it is an escape, which a path may have
 * by mistake; elsewhere line breaks and tabs are intended.
 */
function controlCharacter(file: SourceFile, { text, start }: YamlScalar): string | undefined {
  // nearly no value has one
  if (!/\p{Cc}/u.test(text)) return undefined;
  const intended = file.text[start] === '"' ? '' : '\t\n\r';
  const control = [...text].find((char) => char < ' ' && !intended.includes(char));
  return control && (controlNames[control] ?? `control character (${control.charCodeAt(0)})`);
}

function checkNetwork(value: YamlScalar, report: Report): void {
  const block = parseAddressBlock(value.text);
  const address = parseAddressBlock(value.text.split('/')[0] ?? '');
  if (block && address?.bytes.some((byte, at) => byte !== block.bytes[at]))
    report(
      'LNT002',
      value,
      `\`${value.text}\` is an address within ${block.text}, and is read as that network`,
      `Write ${block.text}, or the address alone.`,
    );
}

function checkField(
  { field, values, span }: DetectionItem,
  spellings: Map<string, string>,
  report: Report,
): void {
  if (field === undefined) return;
  const before = spellings.get(field.toLowerCase());
  if (before === undefined) spellings.set(field.toLowerCase(), field);
  else if (before !== field)
    report(
      'LNT043',
      span,
      `the rule writes \`${field}\` and \`${before}\``,
      'Write a field in one way: most stores tell the two apart.',
    );
  if (field.includes(' ')) report('LNT043', span, `the name of the field \`${field}\` has a blank`);
  if (field === 'Hashes' || field === 'Hash') for (const value of values) checkHash(value, report);
  const [only, more] = values;
  if (only && !more && /user/i.test(field) && /AUTH?ORI/.test(only.text))
    report(
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

/** Sysmon writes `MD5=...`. Several of them with wildcards in between are checked one by one. */
function checkHash(value: YamlScalar, report: Report): void {
  const wrong = value.text.split(/[*?]+/).find((part) => {
    const [, name = '', digits = ''] = /^([^=]*)=([0-9a-f]*)$/i.exec(part) ?? [];
    return part !== '' && hashLengths.get(name) !== digits.length;
  });
  if (wrong !== undefined)
    report(
      'LNT044',
      value,
      `\`${wrong}\` is not a hash as Sysmon writes it`,
      'Write MD5=, SHA1=, SHA256= or IMPHASH= and all of its digits.',
    );
}

/** Checks wildcards and numbers in values that are compared as texts. */
function checkTexts(item: DetectionItem, names: readonly string[], report: Report): void {
  const shape = names.find((name) => modifierRoles.get(name) === 'shape');
  const patterns = item.values.map((value) =>
    typeof value.value === 'string' ? parsePattern(value.text) : [],
  );
  for (const [at, value] of item.values.entries())
    checkText(value, patterns[at] ?? [], shape, report);
  if (shape === undefined && !names.includes('expand'))
    checkWildcards(item, patterns, names, report);
}

function checkText(
  value: YamlScalar,
  pattern: Pattern,
  shape: string | undefined,
  report: Report,
): void {
  const { text } = value;
  if (/(?<!\\)(?:\\\\)*\*\*/.test(text))
    report('LNT021', value, `\`${text}\` has two wildcards in a row`);
  if (pattern.some((part) => typeof part === 'string' && /[*?]/.test(part)))
    report('LNT023', value, `\`${text}\` has a wildcard that stands for itself`);
  // a number has no leading zeros
  if (
    shape === undefined &&
    typeof value.value === 'string' &&
    /^(?:0|[+-]?[1-9]\d*)$/.test(literalText(pattern) ?? '')
  )
    report('LNT024', value, `\`${text}\` is a number in quotes`);
  const [first, last] = [pattern[0] === ANY, pattern.length > 1 && pattern.at(-1) === ANY];
  if (
    (first && (shape === 'contains' || shape === 'endswith')) ||
    (last && (shape === 'contains' || shape === 'startswith'))
  )
    report('LNT046', value, `\`${shape}\` adds the wildcard of \`${text}\``);
}

/** Finds values that all have their wildcards where one modifier would put them. */
function checkWildcards(
  { field, values, span, modifiers }: DetectionItem,
  patterns: readonly Pattern[],
  names: readonly string[],
  report: Report,
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
  report('LNT022', place, `the wildcards say what \`${modifier}\` says`, hint);
}
