import { insideScalar } from '../../source/yaml/inside-scalar.ts';
import type { YamlScalar } from '../../source/yaml/tree.ts';
import { canonicalModifier } from '../value/modifier.ts';
import { type Context, note } from './attribute.ts';
import type { ModifierUse } from './rule.ts';

/**
 * Splits `field|modifier|modifier`, each modifier with its own place. YAML's null and an empty key
 * are not a field.
 */
export function splitKey(
  context: Context,
  key: YamlScalar,
): { field: string | undefined; modifiers: readonly ModifierUse[] } {
  const text = key.value === null ? '' : key.text;
  const bar = text.indexOf('|');
  if (bar === -1) return { field: text === '' ? undefined : text, modifiers: [] };
  const place = insideScalar(context.file, key);
  const modifiers: ModifierUse[] = [];
  let start = bar + 1;
  for (const written of text.slice(start).split('|')) {
    const name = canonicalModifier(written);
    const span = place({ start, end: start + Math.max(written.length, 1) });
    modifiers.push({ name, span });
    if (name !== written)
      note(
        context,
        span,
        `modifier \`${written}\` is read as \`${name}\``,
        `Write \`${name}\`: that is its name in the specification.`,
      );
    start += written.length + 1;
  }
  const field = text.slice(0, bar);
  // a field of blanks only is not a keyword
  const trimmed = field.trimEnd() || field;
  if (trimmed !== field)
    note(
      context,
      place({ start: 0, end: bar }),
      `field \`${field}\` is read without the blank before \`|\``,
      'Remove the blank.',
    );
  return { field: field === '' ? undefined : trimmed, modifiers };
}
