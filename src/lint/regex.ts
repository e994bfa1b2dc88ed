import type { YamlScalar } from '../source/yaml/tree.ts';
import type { Report } from './check.ts';

/** Only characters that mean themselves. */
const plain = /^(?:[^\\.^$|?*+()[\]{}]|\\[^\w])+$/;

/** Finds a needless `.*` at an end of a pattern, and patterns that a modifier expresses better. */
export function checkRegex(value: YamlScalar, names: readonly string[], report: Report): void {
  const { text } = value;
  const parts = /^(\^)?(\.\*\??)?(.*?)((?<!\\)\.\*\??)?((?<!\\)\$)?$/s.exec(text);
  if (!parts) return;
  const [, start, before, inner = '', after, end] = parts;
  if (plain.test(inner)) {
    const from = start !== undefined && before === undefined;
    const to = end !== undefined && after === undefined;
    const shape = from ? (to ? '' : '|startswith') : to ? '|endswith' : '|contains';
    const cased = names.includes('i') ? '' : '|cased';
    const modifiers = `${shape}${cased}`.slice(1) || 'the value without modifiers';
    report(
      'LNT045',
      value,
      `\`${text}\` is a plain text`,
      `Write \`${modifiers}\` in place of \`re\`.`,
    );
  } else if ((before ?? after) !== undefined && !text.includes('|')) {
    report(
      'LNT045',
      value,
      '`.*` at an end of a pattern changes nothing',
      'Remove it: a pattern is found anywhere in a value.',
    );
  }
}
