/** Where a cursor is in a rule, by indentation: that holds while the YAML is incomplete, too. */
export interface Cursor {
  /** Keys around the place, outermost first. */
  readonly path: readonly string[];
  /** The key of the line, if the cursor is behind its colon. */
  readonly key: string | undefined;
  /** True in an entry of a list. */
  readonly inList: boolean;
  /** What is typed of the key or value, up to the cursor, without a quote. */
  readonly typed: string;
  /** Where `typed` starts. */
  readonly start: number;
  /** The lines of the document, which is one of perhaps several in the text. */
  readonly lines: readonly string[];
}

interface Line {
  /** Of the first `-`; undefined without one. */
  readonly dash: number | undefined;
  /** Of what follows the dashes. */
  readonly column: number;
  readonly content: string;
}

function lineOf(text: string): Line {
  const [blanks = ''] = /^ */.exec(text) ?? [];
  const [dashes = ''] = /^(?:- +|-$)*/.exec(text.slice(blanks.length)) ?? [];
  const column = blanks.length + dashes.length;
  return {
    dash: dashes === '' ? undefined : blanks.length,
    column,
    content: text.slice(column),
  };
}

const keyAndRest = /^(?:'((?:[^']|'')*)'|"([^"\\]*)"|([^\s#'"&*!](?:[^:#]*[^:# ])?)) *:(?: +|$)/;

/** The key of a line, and the number of characters up to its value. */
function keyOf(content: string): { readonly key: string; readonly length: number } | undefined {
  const found = keyAndRest.exec(content);
  const key = found?.[1] ?? found?.[2] ?? found?.[3];
  return found && key !== undefined ? { key, length: found[0].length } : undefined;
}

/** The cursor at an offset of a text. */
export function cursorAt(text: string, offset: number): Cursor {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const before = text.slice(0, lineStart).split('\n').slice(0, -1);
  const documentStart = before.findLastIndex((line) => /^---(?:\s|$)/.test(line)) + 1;
  const above = before.slice(documentStart);
  const { dash, column, content } = lineOf(text.slice(lineStart, offset));
  const own = keyOf(content);
  const [quote = ''] = /^['"]/.exec(content.slice(own?.length ?? 0)) ?? [];
  const start = (own?.length ?? 0) + quote.length;
  const [below = ''] = text.slice(offset).split(/^---(?:\s|$)/m);
  return {
    path: pathAbove(above, dash === undefined ? column : dash + 1),
    key: own?.key,
    inList: dash !== undefined,
    typed: content.slice(start),
    start: lineStart + column + start,
    lines: [...above, ...below.split('\n')],
  };
}

/** Keys of the lines above that hold what is indented by `limit`. */
function pathAbove(lines: readonly string[], limit: number): readonly string[] {
  const path: string[] = [];
  let least = limit;
  for (const text of lines.toReversed()) {
    if (least === 0) break;
    if (/^\s*(?:#|$)/.test(text)) continue;
    const { dash, column, content } = lineOf(text);
    const key = column < least ? keyOf(content)?.key : undefined;
    if (key !== undefined) path.unshift(key);
    if (column < least) least = dash === undefined ? column : dash + 1;
  }
  return path;
}

/** What the lines of a document have below a key of its top, such as `logsource`, as texts. */
export function textsBelow(lines: readonly string[], key: string): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const start = lines.findIndex((line) => line.startsWith(`${key}:`));
  if (start === -1) return texts;
  for (const line of lines.slice(start + 1)) {
    if (/^\S/.test(line)) break;
    const [, name, rest = ''] = /^ +([\w-]+): *(.*)$/.exec(line) ?? [];
    const value = rest.replace(/#.*$/, '').trimEnd();
    if (name !== undefined && !texts.has(name)) texts.set(name, value.replace(/^['"]|['"]$/g, ''));
  }
  return texts;
}
