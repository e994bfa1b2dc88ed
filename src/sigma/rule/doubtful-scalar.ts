import type { Span } from '../../source/span.ts';
import { isAmbiguousScalar, keepsZeros } from '../../source/yaml/scalar.ts';
import type { YamlScalar } from '../../source/yaml/tree.ts';
import { isComparison, modifierRoles } from '../value/modifier.ts';
import type { Context } from './attribute.ts';
import type { ModifierUse } from './rule.ts';

/**
 * Warns of an empty entry. pySigma reads it in the same way; a `-` that was left over looks the
 * same.
 */
export function warnOfEmptyEntry({ file, bag }: Context, span: Span): void {
  bag.add(file, {
    code: 'SIG029',
    message: 'the empty entry asks for events without the field',
    span,
  });
}

/** Warns of a value that other tools may read as another type. */
export function warnIfAmbiguous(
  { file, bag }: Context,
  value: YamlScalar,
  modifiers: readonly ModifierUse[] = [],
): void {
  // `exists` takes no text, and its own diagnostic shows what to write
  if (!isAmbiguousScalar(value) || modifiers.some(({ name }) => name === 'exists')) return;
  const numeric = modifiers.some(
    ({ name }) => isComparison(name) || modifierRoles.get(name) === 'part',
  );
  if (keepsZeros(value) && !numeric) {
    // modifiers of texts take the value as written in every tool
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
  bag.add(file, {
    code: 'SIG006',
    message: `\`${value.text}\` is ${meaning} in YAML 1.2 and may be something else in YAML 1.1`,
    span: value,
    hint: numeric
      ? 'Write the number in plain digits: modifiers that take a number take no quotes.'
      : undefined,
  });
}
