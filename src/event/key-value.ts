import { addField, type Fields } from './field.ts';

// a key is only tried at the start of a word, so a long word is read once
const pair = /(?<![^\s,;|[({'"])([A-Za-z_][\w.@/-]*)=("[^"\\]*(?:\\[\s\S][^"\\]*)*"|'[^']*'|\S*)/g;

/** The `name=value` pairs of a line, values bare or in quotes; a repeated name makes a list. */
export function pairsIn(line: string): Fields {
  const fields: Fields = {};
  for (const [, name = '', raw = ''] of line.matchAll(pair)) addField(fields, name, unquoted(raw));
  return fields;
}

function unquoted(raw: string): string {
  const quote = raw.charAt(0);
  if (raw.length > 1 && (quote === '"' || quote === "'") && raw.endsWith(quote)) {
    const inner = raw.slice(1, -1);
    return quote === '"' && inner.includes('\\') ? unescaped(inner) : inner;
  }
  return raw.replace(/[,;]$/, '');
}

/**
 * Some writers double the backslashes of a Windows path and some do not: they are only halved where
 * all of them come in pairs.
 */
function unescaped(text: string): string {
  const isDoubled = (text.match(/\\+(?!\\|")/g) ?? []).every((run) => run.length % 2 === 0);
  return text.replace(/\\([\\"])/g, (both, char: string) =>
    char === '"' || isDoubled ? char : both,
  );
}

/** Fields that the Linux audit daemon writes in hexadecimal if the text has blanks or quotes. */
const encoded = new Set([
  'proctitle',
  'name',
  'cwd',
  'comm',
  'exe',
  'path',
  'data',
  'acct',
  'key',
  'cmd',
]);

/** A line of auditd: `type=... msg=audit(time:number): ...`. Hexadecimal texts are decoded. */
export function readAuditLine(line: string): Fields {
  const fields: Fields = {};
  const isCommand = /(?:^| )type=EXECVE /.test(line);
  // a group separator precedes the fields that the daemon adds for readers
  for (const [, name = '', raw = ''] of line.replaceAll('\x1d', ' ').matchAll(pair)) {
    // fields of a program are in single quotes: msg='op=login acct="root"'
    if (raw.startsWith("'"))
      for (const [inner, value] of Object.entries(pairsIn(raw.slice(1, -1))))
        addField(fields, inner, value);
    const isText = encoded.has(name) || (isCommand && /^a\d+$/.test(name));
    addField(fields, name, isText ? fromHex(raw) : unquoted(raw).replace(/^(audit\(.*\)):$/, '$1'));
  }
  return fields;
}

function fromHex(raw: string): string {
  if (!/^(?:[0-9A-F]{2}){2,}$/.test(raw)) return unquoted(raw);
  const bytes = Uint8Array.from({ length: raw.length / 2 }, (_, at) =>
    Number.parseInt(raw.slice(at * 2, at * 2 + 2), 16),
  );
  // the words of a command line are separated by NUL
  return new TextDecoder().decode(bytes).replace(/\0+$/, '').replaceAll('\0', ' ');
}
