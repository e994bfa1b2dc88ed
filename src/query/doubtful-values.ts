import type { DetectionItem } from '../sigma/rule/rule.ts';
import { isNetwork } from '../sigma/value/cidr.ts';
import { modifierRoles } from '../sigma/value/modifier.ts';
import { isPlaceholder, literalText, type Pattern } from '../sigma/value/pattern.ts';
import { seemsExpanded } from '../sigma/value/placeholder.ts';
import type { NewDiagnostic } from '../source/diagnostic.ts';
import type { Span } from '../source/span.ts';
import { isAmbiguousScalar } from '../source/yaml/scalar.ts';
import type { YamlScalar } from '../source/yaml/tree.ts';
import type { Meaning } from './meaning.ts';

/** Warns of `expand` without effect: no value has a placeholder, or one only seems to have one. */
export function warnOfLiterals(
  { bag, file }: Meaning,
  { values }: DetectionItem,
  parse: (text: string) => Pattern,
): void {
  const none = !values.some(({ text }) => parse(text).some(isPlaceholder));
  for (const value of values) {
    const escaped = seemsExpanded(value.text, parse(value.text));
    if (!escaped && !none) continue;
    const hint = escaped
      ? 'Write `\\\\%name%` for a backslash before a placeholder: `\\%` is a percent sign.'
      : 'Write `%name%`, or remove `expand`.';
    const span = value.end > value.start ? value : undefined;
    if (span)
      bag.add(file, {
        code: 'SIG027',
        message: `\`expand\` finds no placeholder in \`${value.text}\``,
        span,
        hint,
      });
  }
}

/**
 * Warns of values that are compared as a whole although hardly any event has them: all of several
 * values, or the middle of Base64 text.
 */
export function warnOfWhole(
  { bag, file }: Meaning,
  { values, modifiers, span }: DetectionItem,
  names: readonly string[],
): void {
  if (names.some((name) => modifierRoles.get(name) === 'shape')) return;
  const report = (name: string, message: string, hint: string) =>
    bag.add(file, {
      code: 'SIG028',
      message,
      span: modifiers.find((modifier) => modifier.name === name)?.span ?? span,
      hint,
    });
  if (names.includes('base64offset'))
    report(
      'base64offset',
      '`base64offset` is a part of a longer text, and without `contains` must be all of it',
      'Add `|contains`.',
    );
  const whole = names.every((name) => name === 'all' || name === 'cased' || name === 'neq');
  if (
    whole &&
    new Set(values.filter(({ text }) => !/[*?]/.test(text)).map(({ text }) => text)).size > 1
  )
    report(
      'all',
      '`all` without `contains` asks for a field that is each of several values at once',
      'Add `contains`, or leave it where the field is a list.',
    );
}

/** Warns of a number whose spelling is lost: a version, or a code of hexadecimal digits. */
export function warnOfNumber({ bag, file }: Meaning, value: YamlScalar): void {
  if (String(value.value) === value.text || isAmbiguousScalar(value)) return;
  bag.add(file, {
    code: 'SIG028',
    message:
      `\`${value.text}\` is the number ${value.value}: an event with the text ` +
      `\`${value.text}\` is not found`,
    span: value,
    hint: 'Quote the value where events have it as it is written.',
  });
}

/** Warns of a network that is compared as text: most likely its addresses are meant. */
export function warnOfNetwork(
  { bag, file }: Meaning,
  item: DetectionItem,
  names: readonly string[],
  patterns: readonly Pattern[],
  value: YamlScalar,
): void {
  if (
    item.field === undefined ||
    names.some((name) => name !== 'all' && name !== 'neq' && name !== 'expand')
  )
    return;
  const network = patterns.map((pattern) => literalText(pattern) ?? '').find(isNetwork);
  if (network === undefined) return;
  bag.add(
    file,
    networkAsText(network, `${item.field}|${names.includes('expand') ? 'expand|' : ''}cidr`, value),
  );
}

/**
 * The diagnostic about a network that is compared as text. `wanted` is the key that would match its
 * addresses.
 */
export function networkAsText(network: string, wanted: string, span: Span): NewDiagnostic {
  return {
    code: 'SIG026',
    message:
      `\`${network}\` is compared as a text, which no address equals; a store that keeps ` +
      'addresses as such would read a network',
    span,
    hint: `Write \`${wanted}\` for the addresses of the network.`,
  };
}
