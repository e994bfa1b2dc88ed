/** The rule language's texts: every text of a rule is quoted or named by one of these. */

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
};

/** A string literal of the rule language. All but printable ASCII is escaped. */
export const quoted = (text: string): string =>
  `"${text.replace(
    /[^ !#-[\]-~]/g,
    (unit) => escapes[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )}"`;

/** Whether a message of Graylog can have the field: others are dropped silently. */
export const isFieldName = (name: string): boolean => /^[\w.@-]+$/.test(name);

const reserved = new Set([
  'all',
  'either',
  'pass',
  'and',
  'or',
  'not',
  'pipeline',
  'rule',
  'during',
  'stage',
  'when',
  'then',
  'end',
  'let',
  'match',
  'true',
  'false',
]);

/** A field's name as an identifier of the rule language. */
const fieldName = (name: string): string =>
  /^[A-Za-z_]\w*$/.test(name) && !reserved.has(name.toLowerCase()) ? name : `\`${name}\``;

/** The value of a field of the message: an object, or null. */
export const fieldValue = (name: string): string => `$message.${fieldName(name)}`;

/** The field as text; empty where the message lacks it. */
export const fieldText = (name: string): string => `to_string(${fieldValue(name)})`;

/**
 * The parts joined by an operator in balanced parentheses, since the server's parser takes a long
 * flat list for a tree as deep as the list.
 */
export function balanced(parts: readonly string[], operator: '&&' | '||'): string {
  const width = 8;
  let level = parts;
  while (level.length > width) {
    const next: string[] = [];
    for (let at = 0; at < level.length; at += width) {
      const group = level.slice(at, at + width);
      next.push(group.length === 1 ? (group[0] ?? '') : `(${group.join(` ${operator} `)})`);
    }
    level = next;
  }
  return level.join(` ${operator} `);
}
