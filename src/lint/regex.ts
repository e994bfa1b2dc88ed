import type { YamlScalar } from '../source/yaml/tree.ts';
import type { Tell } from './check.ts';

/** Characters of which none means anything but itself. */
const plain = /^(?:[^\\.^$|?*+()[\]{}]|\\[^\w])+$/;

/**
 * `.*` at an end of a pattern, which finds texts anywhere; and patterns that a modifier of texts
 * says better.
 */
export function checkRegex(value: YamlScalar, names: readonly string[], tell: Tell): void {
  const { text } = value;
  const parts = /^(\^)?(\.\*\??)?(.*?)((?<!\\)\.\*\??)?((?<!\\)\$)?$/s.exec(text);
  if (!parts) return;
  const [, start, before, inner = '', after, end] = parts;
  if (plain.test(inner)) {
    const from = start !== undefined && before === undefined;
    const to = end !== undefined && after === undefined;
    const shape = from ? (to ? '' : '|startswith') : to ? '|endswith' : '|contains';
    const cased = names.includes('i') ? '' : '|cased';
    tell(
      'LNT045',
      value,
      `\`${text}\` is a plain text`,
      `Write \`${`${shape}${cased}`.slice(1) || 'the value without modifiers'}\` in place of ` +
        `\`re\`.`,
    );
  } else if ((before ?? after) !== undefined && !text.includes('|')) {
    tell(
      'LNT045',
      value,
      '`.*` at an end of a pattern changes nothing',
      'Remove it: a pattern is found anywhere in a value.',
    );
  }
}
