/** What Splunk would refuse, or what this reader cannot judge. */
export class SplError extends Error {
  override readonly name = 'SplError';
}

/**
 * Index just after the double-quoted text that starts at `start`. A backslash takes the next
 * character with it.
 */
export function quotedEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at + 1;
  }
  throw new SplError(`Unbalanced quotes: ${text.slice(start, start + 40)}`);
}

/**
 * In a search and in a command's arguments only `\"` and `\\` are escapes: `\*`, `\d`, `\n` stay
 * two characters.
 */
export function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(/\\(["\\])/g, '$1') : text;
}

const MAX_MACRO_DEPTH = 20;

/**
 * Replaces `` `name` `` by its definition and drops ```` ```comments``` ````; both stand outside
 * double quotes only.
 */
export function expandMacros(text: string, macros: ReadonlyMap<string, string>, depth = 0): string {
  if (depth > MAX_MACRO_DEPTH) throw new SplError('Macros call each other without end');
  let out = '';
  let at = 0;
  while (at < text.length) {
    const char = text[at];
    if (char === '"') {
      const end = quotedEnd(text, at);
      out += text.slice(at, end);
      at = end;
    } else if (char === '\\') {
      out += text.slice(at, at + 2);
      at += 2;
    } else if (char === '`') {
      const fence = text.startsWith('```', at) ? '```' : '`';
      const end = text.indexOf(fence, at + fence.length);
      if (end < 0) throw new SplError(`Unbalanced backticks: ${text.slice(at, at + 40)}`);
      out +=
        fence === '`'
          ? expandMacros(definition(text.slice(at + 1, end), macros), macros, depth + 1)
          : ' ';
      at = end + fence.length;
    } else {
      out += char;
      at += 1;
    }
  }
  return out;
}

function definition(name: string, macros: ReadonlyMap<string, string>): string {
  const found = macros.get(name.trim());
  if (found === undefined)
    throw new SplError(`The search specifies a macro '${name}' that cannot be found`);
  return found;
}

/** One command between two pipes. `piped`: a `|` stands before it. */
export interface StageText {
  readonly text: string;
  readonly piped: boolean;
}

/**
 * Splits on `|` outside double quotes and square brackets. Single quotes and parentheses do not
 * hold a pipe back.
 */
export function splitPipeline(text: string): readonly StageText[] {
  const stages: StageText[] = [];
  let start = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"') at = quotedEnd(text, at) - 1;
    else if (char === '\\') at += 1;
    else if (char === '[') depth += 1;
    else if (char === ']') {
      depth -= 1;
      if (depth < 0) throw new SplError('Mismatched ]');
    } else if (char === '|' && depth === 0) {
      stages.push({ text: text.slice(start, at).trim(), piped: start > 0 });
      start = at + 1;
    }
  }
  if (depth > 0) throw new SplError('Missing closing ]');
  stages.push({ text: text.slice(start).trim(), piped: start > 0 });
  if (stages[0]?.text === '' && stages.length > 1) stages.shift();
  if (stages.some((stage) => stage.text === ''))
    throw new SplError('Search command is missing: empty text between pipes');
  return stages;
}
