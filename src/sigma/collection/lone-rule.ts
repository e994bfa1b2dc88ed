/** What a file that holds one detection rule and nothing else is called by. */
export interface LoneRule {
  readonly id: string | undefined;
  readonly name: string | undefined;
  /** What names it in the packs; undefined where that takes more than a look. */
  readonly title: string | undefined;
}

// what starts a line of block YAML: a letter of a key, a blank, a comment, an item of a list.
// Anything else may be a document, a quoted key or a tag
const knownStart = /[\w \t\r\n#-]/;
const known = Array.from({ length: 128 }, (_, code) => knownStart.test(String.fromCharCode(code)));
// of documents, and of kinds that are about other rules
const doubtful = /---|\.\.\.|filter|correlation|action/iy;
const key = /(?:id|name|title|sigpack|detection)(?:[ \t:]|$)/iy;
const plainValue = /^[a-z]+[ \t]*:[ \t]+([\w.-]+)[ \t]*\r?$/i;
// without an escape, a comment, or what makes a text a list, a map, an alias or a tag
const plainTitle =
  /^title[ \t]*:[ \t]+(?:([^\s"'#[\]{},&*!|>%@`?:-](?:[^#:]|:(?=\S))*)|'([^']*)'|"([^"\\]*)")$/i;

/**
 * Whether a text is, without a doubt, one document with a detection, and how correlations and
 * filters would name it. A look at the lines is enough: in a map that starts in the first column,
 * each of its keys does. Undefined for any text that leaves a doubt.
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
      const value = valueIn(found, text.slice(at, next));
      // a text may go on where the next line is indented or empty
      const whole = found !== 'title' || /\S/.test(text.charAt(next + 1));
      if (value === undefined || values.has(found)) return undefined;
      values.set(found, whole ? value : '');
    }
    at = next + 1;
  }
  if (!values.has('detection')) return undefined;
  const title = values.has('sigpack') ? undefined : values.get('title') || undefined;
  return { id: values.get('id'), name: values.get('name'), title };
}

type Key = 'id' | 'name' | 'title' | 'sigpack' | 'detection';

/**
 * Empty for a title that takes more than a look; undefined for what makes the whole text doubtful.
 */
function valueIn(found: Key, line: string): string | undefined {
  if (found === 'id' || found === 'name') return plainValue.exec(line)?.[1];
  if (found !== 'title') return /^[a-z]+[ \t]*:/i.exec(line)?.[0];
  const [, plain, single, double] = plainTitle.exec(line.trimEnd()) ?? [];
  return plain ?? single?.trim() ?? double?.trim() ?? '';
}

const keyOf: Readonly<Record<string, Key>> = {
  i: 'id',
  n: 'name',
  t: 'title',
  s: 'sigpack',
  d: 'detection',
};

/** Which of the keys that matter a line begins with. */
function keyAt(text: string, at: number): Key | 'doubt' | undefined {
  const code = text.charCodeAt(at);
  // most lines are indented
  if (code === 32) return undefined;
  if (known[code] !== true || standsAt(doubtful, text, at)) return 'doubt';
  if (!standsAt(key, text, at)) return undefined;
  return keyOf[text.charAt(at).toLowerCase()];
}

/** Without a piece of the text: there are lines by the hundred thousand. */
function standsAt(sticky: RegExp, text: string, at: number): boolean {
  sticky.lastIndex = at;
  return sticky.test(text);
}

// letters that are written by a number, or on two lines
const spelledOtherwise = /\\(?:x[\da-f]{2}|u[\da-f]{4}|U[\da-f]{8}|\r|\n)/i;

/** What rules are called in the packs, as far as their titles tell. */
export interface NameKeys {
  /** The same for titles that could become one name. */
  of(title: string): string;
  /** False for a title that may become a name of another key. */
  isCertain(title: string): boolean;
}

/**
 * Which of the files hold rules that no other file can have to do with, so that each may be read,
 * compiled and let go of by itself; with the keys of their names. Rules of one id, name or title
 * are about each other. Filters may reach any rule: beside a file that may hold one, there are no
 * such files.
 */
export function independentFiles(texts: readonly string[], keys: NameKeys): Map<number, string> {
  const lone = texts.map(loneRule);
  const others = texts.filter((_, index) => lone[index] === undefined);
  if (others.some((text) => /filter/i.test(text) || spelledOtherwise.test(text))) return new Map();
  const users = new Map<string, number>();
  const count = (key: string): Map<string, number> => users.set(key, (users.get(key) ?? 0) + 1);
  const nameKeys = lone.map((rule) =>
    rule?.title === undefined ? undefined : `title ${keys.of(rule.title)}`,
  );
  for (const [index, rule] of lone.entries()) {
    const key = nameKeys[index];
    if (key !== undefined) count(key);
    for (const one of new Set([rule?.id?.toLowerCase(), rule?.name]))
      if (one !== undefined) count(one);
  }
  // as words: looking each key up in all texts would take as long as both together are large
  const mentioned = new Set(others.flatMap((text) => text.toLowerCase().match(/[\w.-]+/g) ?? []));
  const isFree = (key: string | undefined): boolean =>
    key === undefined || (users.get(key) === 1 && !mentioned.has(key.toLowerCase()));
  const found = new Map<number, string>();
  for (const [index, rule] of lone.entries()) {
    const key = nameKeys[index];
    // one without an id has the id that its title and its place give it, beside others of its title
    if (rule?.id === undefined || rule.title === undefined || key === undefined) continue;
    if (
      users.get(key) === 1 &&
      keys.isCertain(rule.title) &&
      isFree(rule.id.toLowerCase()) &&
      isFree(rule.name)
    )
      found.set(index, key.slice(6));
  }
  return found;
}
