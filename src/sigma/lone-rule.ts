/** What a file that holds one detection rule and nothing else is called by. */
export interface LoneRule {
  readonly id: string | undefined;
  readonly name: string | undefined;
}

// what starts a line of block YAML: a letter of a key, a blank, a comment, an item of a list. Anything else may be a document, a quoted key or a tag
const knownStart = /[\w \t\r\n#-]/;
const known = Array.from({ length: 128 }, (_, code) => knownStart.test(String.fromCharCode(code)));
// of documents, and of kinds that are about other rules
const doubtful = /---|\.\.\.|filter|correlation|action/iy;
const key = /(?:id|name|detection)(?:[ \t:]|$)/iy;
const plainValue = /^[a-z]+[ \t]*:[ \t]+([\w.-]+)[ \t]*\r?$/i;

/**
 * Whether a text is, without a doubt, one document with a detection, and how correlations and filters would name it. A look at the lines is
 * enough: in a map that starts in the first column, each of its keys does. Undefined for any text that leaves a doubt.
 */
export function loneRule(text: string): LoneRule | undefined {
  // a line may end in a carriage return alone
  if (text.includes('\r') && /\r(?!\n)/.test(text)) return undefined;
  const values = new Map<string, string>();
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at);
    const next = end < 0 ? text.length : end;
    const found = keyAt(text, at);
    if (found === 'doubt') return undefined;
    if (found !== undefined) {
      const line = text.slice(at, next);
      const value = found === 'detection' ? /^detection[ \t]*:/i.exec(line)?.[0] : plainValue.exec(line)?.[1];
      if (value === undefined || values.has(found)) return undefined;
      values.set(found, value);
    }
    at = next + 1;
  }
  return values.has('detection') ? { id: values.get('id'), name: values.get('name') } : undefined;
}

/** Which of the keys that matter a line begins with. */
function keyAt(text: string, at: number): 'id' | 'name' | 'detection' | 'doubt' | undefined {
  const code = text.charCodeAt(at);
  // most lines are indented
  if (code === 32) return undefined;
  if (known[code] !== true || standsAt(doubtful, text, at)) return 'doubt';
  if (!standsAt(key, text, at)) return undefined;
  return 'iI'.includes(text[at] ?? '') ? 'id' : 'nN'.includes(text[at] ?? '') ? 'name' : 'detection';
}

/** Without a piece of the text: there are lines by the hundred thousand. */
function standsAt(sticky: RegExp, text: string, at: number): boolean {
  sticky.lastIndex = at;
  return sticky.test(text);
}

// letters that are written by a number, or on two lines
const spelledOtherwise = /\\(?:x[\da-f]{2}|u[\da-f]{4}|U[\da-f]{8}|\r|\n)/i;

/**
 * Which of the files hold rules that no other file can refer to, so that each may be read, compiled and let go of by itself. Rules of one id or
 * name are about each other too. Filters may reach any rule: beside a file that may hold one, there are no such files.
 */
export function independentFiles(texts: readonly string[]): ReadonlySet<number> {
  const lone = texts.map(loneRule);
  const others = texts.filter((_, index) => lone[index] === undefined);
  if (others.some((text) => /filter/i.test(text) || spelledOtherwise.test(text))) return new Set();
  const users = new Map<string, number>();
  for (const { id, name } of lone.filter((rule) => rule !== undefined)) {
    for (const key of new Set([id, name])) if (key !== undefined) users.set(key, (users.get(key) ?? 0) + 1);
  }
  // as words: looking each key up in all texts would take as long as both together are large
  const mentioned = new Set(others.flatMap((text) => text.match(/[\w.-]+/g) ?? []));
  const isFree = (key: string | undefined): boolean => key === undefined || (users.get(key) === 1 && !mentioned.has(key));
  return new Set(lone.flatMap((rule, index) => (rule && isFree(rule.id) && isFree(rule.name) ? [index] : [])));
}
