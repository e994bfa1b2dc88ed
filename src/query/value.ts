import {
  type EncodedPattern,
  toBase64,
  toBase64Offsets,
  toUtf16,
} from '../sigma/value/encoding.ts';
import {
  literalText,
  type Pattern,
  parsePattern,
  patternText,
  shaped,
} from '../sigma/value/pattern.ts';
import { fillPlaceholders, parseExpanded, type Unfilled } from '../sigma/value/placeholder.ts';
import { maximumWindashVariants, windashVariants } from '../sigma/value/windash.ts';
import type { YamlScalar } from '../source/yaml/tree.ts';

/** Thrown for a bad value, and turned into a diagnostic at its place within this room. */
export class ValueError extends Error {
  readonly hint: string | undefined;
  readonly code: 'SIG014' | 'SIG022' | 'SIG023' | 'SIG024';
  /** The offset in the value in UTF-16 units; undefined for the whole value. */
  readonly offset: number | undefined;
  constructor(
    message: string,
    hint?: string,
    code: ValueError['code'] = 'SIG022',
    offset?: number,
  ) {
    super(message);
    this.offset = offset;
    this.hint = hint;
    this.code = code;
  }
}

/** More patterns from one value of a rule are refused. */
export const maximumValues = 10_000;
/** UTF-16 units of all spellings of one value. */
export const maximumSpelled = 1_000_000;
/** UTF-16 units of all texts that placeholders make of one. */
export const maximumFilled = 10_000_000;

export interface KnownPlaceholders {
  readonly placeholders: ReadonlyMap<string, readonly Pattern[]>;
  /** Placeholders without a value stay in the patterns. */
  readonly keepPlaceholders?: boolean;
}

/**
 * The patterns that a text value means after the spelling, encoding and shape modifiers, in order.
 */
export function textPatterns(
  value: YamlScalar,
  modifiers: readonly string[],
  known: KnownPlaceholders,
): readonly Pattern[] {
  const [only] = modifiers;
  // most values have no modifier, or only one for the place of the text in the field
  if (modifiers.length === 0) return [parsePattern(value.text)];
  if (
    modifiers.length === 1 &&
    (only === 'contains' || only === 'startswith' || only === 'endswith')
  )
    return [shaped(parsePattern(value.text), only)];
  let current: readonly EncodedPattern[] = [{ pattern: parsePattern(value.text), bytes: false }];
  if (modifiers.includes('expand')) current = expand(value.text, known);
  for (const modifier of modifiers) {
    const next: EncodedPattern[] = [];
    for (const encoded of current) {
      next.push(...applied(encoded, modifier));
      if (next.length > maximumValues)
        throw new ValueError(
          `the modifiers make more than ${maximumValues} values of this one`,
          'Split the value.',
        );
    }
    current = next;
  }
  return current.map(({ pattern, bytes }) => {
    if (bytes && pattern.some((part) => typeof part === 'string' && /[\u0080-\u00ff]/.test(part))) {
      throw new ValueError(
        'the UTF-16 bytes of this value are not text',
        'Follow utf16, utf16le or utf16be with base64 or base64offset.',
      );
    }
    return pattern;
  });
}

function applied(encoded: EncodedPattern, modifier: string): readonly EncodedPattern[] {
  switch (modifier) {
    case 'windash': {
      const variants = windashVariants(encoded.pattern);
      if (!variants || variants.length * patternText(encoded.pattern).length > maximumSpelled)
        throw new ValueError(
          variants
            ? 'windash makes too long a text of this value'
            : `windash makes more than ${maximumWindashVariants} spellings of this value`,
          'Split the value: one flag per value, joined with contains|all.',
        );
      return variants.map((pattern) => ({ pattern, bytes: encoded.bytes }));
    }
    case 'utf16le':
    case 'wide':
      return [toUtf16(encoded, 'utf16le')];
    case 'utf16be':
    case 'utf16':
      return [toUtf16(encoded, modifier)];
    case 'base64':
    case 'base64offset': {
      const text = literalText(encoded.pattern);
      if (text === undefined)
        throw new ValueError(
          `\`${modifier}\` can't encode wildcards`,
          'Escape them as \\* and \\?, or remove them.',
        );
      const texts =
        modifier === 'base64'
          ? [toBase64(text, encoded.bytes)]
          : toBase64Offsets(text, encoded.bytes);
      if (modifier === 'base64offset' && texts.includes(''))
        throw new ValueError(
          'the value is too short for base64offset: in some places nothing of it can be told',
          'Use a value of two bytes or more.',
        );
      return texts.map((base64) => ({ pattern: base64 === '' ? [] : [base64], bytes: false }));
    }
    case 'contains':
    case 'startswith':
    case 'endswith':
      return [{ pattern: shaped(encoded.pattern, modifier), bytes: encoded.bytes }];
    default:
      return [encoded];
  }
}

function expand(
  text: string,
  { placeholders, keepPlaceholders = false }: KnownPlaceholders,
): readonly EncodedPattern[] {
  const filled = fillPlaceholders(parseExpanded(text), placeholders, {
    most: maximumValues,
    longest: maximumFilled,
    keep: keepPlaceholders,
  });
  if (!filled.ok) throw unfilled(filled.error);
  return filled.value.map((pattern) => ({ pattern, bytes: false }));
}

/** The error for placeholders that give a value no patterns. */
export function unfilled(error: Unfilled): ValueError {
  if (error.kind === 'tooMany')
    return new ValueError(
      `the placeholders make ${error.combinations} values or more of this one; ${maximumValues} ` +
        'are allowed',
      'Split the value.',
    );
  if (error.kind === 'tooLong')
    return new ValueError(
      'the placeholders make too long a text of this value',
      'Split the value.',
    );
  return new ValueError(
    `placeholder \`%${error.name}%\` has no value`,
    `Add \`placeholders: {${error.name}: [...]}\` to sigpack.yml.`,
    'SIG024',
  );
}
