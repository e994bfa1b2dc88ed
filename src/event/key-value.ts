import { addField, type Fields } from './field.ts';

// each key is tried only where a word begins, so a long word is read once
const pair = /(?<![^\s,;|[({'"])([A-Za-z_][\w.@/-]*)=("[^"\\]*(?:\\[\s\S][^"\\]*)*"|'[^']*'|\S*)/g;

/**
 * The `name=value` pairs of a line, values bare or in quotes; a name that comes again makes a list.
 */
export function pairsIn(line: string): Fields {
  const fields: Fields = {};
  for (const [, name = '', written = ''] of line.matchAll(pair))
    addField(fields, name, unquoted(written));
  return fields;
}

function unquoted(written: string): string {
  const quote = written.charAt(0);
  if (written.length > 1 && (quote === '"' || quote === "'") && written.endsWith(quote)) {
    const inner = written.slice(1, -1);
    return quote === '"' && inner.includes('\\') ? unescaped(inner) : inner;
  }
  return written.replace(/[,;]$/, '');
}

/**
 * Writers differ: backslashes of a Windows path are doubled or not, so they are halved only where
 * all of them come in pairs.
 */
function unescaped(text: string): string {
  const isDoubled = (text.match(/\\+(?!\\|")/g) ?? []).every((run) => run.length % 2 === 0);
  return text.replace(/\\([\\"])/g, (both, char: string) =>
    char === '"' || isDoubled ? char : both,
  );
}

/**
 * Fields of the Linux audit daemon that hold hexadecimal digits where the text has blanks or
 * quotes.
 */
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

/**
 * A line of auditd: `type=... msg=audit(time:number): ...`; texts written as hexadecimal digits are
 * decoded.
 */
export function readAuditLine(line: string): Fields {
  const fields: Fields = {};
  const isCommand = /(?:^| )type=EXECVE /.test(line);
  // a group separator stands before what the daemon adds for readers
  for (const [, name = '', written = ''] of line.replaceAll('\x1d', ' ').matchAll(pair)) {
    // what a program says of itself stands in single quotes: msg='op=login acct="root"'
    if (written.startsWith("'"))
      for (const [inner, value] of Object.entries(pairsIn(written.slice(1, -1))))
        addField(fields, inner, value);
    const isText = encoded.has(name) || (isCommand && /^a\d+$/.test(name));
    addField(
      fields,
      name,
      isText ? fromHex(written) : unquoted(written).replace(/^(audit\(.*\)):$/, '$1'),
    );
  }
  return fields;
}

function fromHex(written: string): string {
  if (!/^(?:[0-9A-F]{2}){2,}$/.test(written)) return unquoted(written);
  const bytes = Uint8Array.from({ length: written.length / 2 }, (_, at) =>
    Number.parseInt(written.slice(at * 2, at * 2 + 2), 16),
  );
  // the words of a command line are divided by NUL
  return new TextDecoder().decode(bytes).replace(/\0+$/, '').replaceAll('\0', ' ');
}
