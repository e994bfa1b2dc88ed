/**
 * A conf file read anew by the rules of Splunk's manual ("About configuration files"), as strict as
 * can be: a backslash at the end of a line joins the next one to it, a line that is neither
 * comment, stanza nor setting is an error, and so is anything that comes twice.
 */
export function readStrictConf(text: string): Map<string, Map<string, string>> {
  const stanzas = new Map<string, Map<string, string>>();
  let current: Map<string, string> | undefined;
  // what Python and Splunk's own tools take for line ends
  // for
  for (const line of text
    .replace(/\\\r?\n/g, '')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks
    .split(/\r\n|[\n\v\f\r\u001c-\u001e\u0085\u2028\u2029]/)) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const stanza = /^\[([^[\]]*)\]$/.exec(trimmed);
    if (stanza) {
      const name = stanza[1] ?? '';
      if (stanzas.has(name)) throw new Error(`stanza twice: ${name}`);
      current = new Map();
      stanzas.set(name, current);
      continue;
    }
    const setting =
      /^([A-Za-z_][\w.:-]*) = (.*)$/.exec(trimmed) ?? /^([A-Za-z_][\w.:-]*) =()$/.exec(trimmed);
    if (!setting || !current) throw new Error(`neither stanza nor setting: ${line}`);
    const key = setting[1] ?? '';
    if (current.has(key)) throw new Error(`setting twice: ${key}`);
    current.set(key, setting[2] ?? '');
  }
  return stanzas;
}

/** What each macro of a macros.conf stands for, by its name. */
export const definitionsIn = (
  macros: ReadonlyMap<string, ReadonlyMap<string, string>>,
): Map<string, string> =>
  new Map([...macros].map(([name, settings]) => [name, settings.get('definition') ?? '']));

/** Rows of cells, as RFC 4180 has it. */
export function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  while (cell.lastIndex < text.length) {
    const match = cell.exec(text);
    if (!match) throw new Error('a cell is not as RFC 4180 has it');
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

/** Rows of a lookup, by the names of its first line. */
export function tableOf(csv: string): readonly Readonly<Record<string, string>>[] {
  const [head = [], ...rows] = readCsv(csv);
  return rows.map((row) => Object.fromEntries(head.map((name, at) => [name, row[at] ?? ''])));
}
