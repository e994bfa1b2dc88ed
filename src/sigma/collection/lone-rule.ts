/** The names of the rule in a file with one detection rule and nothing else. */
export interface LoneRule {
  readonly id: string | undefined;
  readonly name: string | undefined;
  /**
   * The title, from which its name in the packs is made; undefined if a look at the lines is not
   * enough.
   */
  readonly title: string | undefined;
}

// what may start a line of block YAML: a letter of a key, a blank, a comment, an item of a list.
// Anything else may be a document, a quoted key or a tag
const knownStart = /[\w \t\r\n#-]/;
const known = Array.from({ length: 128 }, (_, code) => knownStart.test(String.fromCharCode(code)));
const blank = 32;
// separators of documents, and the kinds of documents that are about other rules
const doubtful = /---|\.\.\.|filter|correlation|action/iy;
const key = /(?:id|name|title|sigpack|detection)(?:[ \t:]|$)/iy;
const plainValue = /^[a-z]+[ \t]*:[ \t]+([\w.-]+)[ \t]*\r?$/i;
// without an escape, a comment, or a sign that makes it a list, a map, an alias or a tag
const plainTitle =
  /^title[ \t]*:[ \t]+(?:([^\s"'#[\]{},&*!|>%@`?:-](?:[^#:]|:(?=\S))*)|'([^']*)'|"([^"\\]*)")$/i;

/**
 * The names of the rule if the text is clearly one document with a detection. The lines are enough
 * for that: in a map that starts in the first column, each key does. Undefined if there is any
 * doubt.
 */
export function loneRule(text: string): LoneRule | undefined {
  // a carriage return alone may end a line
  if (text.includes('\r') && /\r(?!\n)/.test(text)) return undefined;
  const values = new Map<string, string>();
  for (let at = 0, end = 0; at < text.length; at = end + 1) {
    const lineBreak = text.indexOf('\n', at);
    end = lineBreak < 0 ? text.length : lineBreak;
    // most lines are indented
    if (text.charCodeAt(at) === blank) continue;
    if (isDoubtful(text, at)) return undefined;
    const name = keyAt(text, at);
    if (name === undefined) continue;
    const value = valueIn(name, text.slice(at, end));
    if (value === undefined || values.has(name)) return undefined;
    // the text may continue if the next line is indented or empty
    const isWhole = name !== 'title' || /\S/.test(text.charAt(end + 1));
    values.set(name, isWhole ? value : '');
  }
  if (!values.has('detection')) return undefined;
  const title = values.has('sigpack') ? undefined : values.get('title') || undefined;
  return { id: values.get('id'), name: values.get('name'), title };
}

type Key = 'id' | 'name' | 'title' | 'sigpack' | 'detection';

/**
 * The value of a key: empty for a title that needs more than a look, undefined if it makes the
 * whole text doubtful.
 */
function valueIn(name: Key, line: string): string | undefined {
  if (name === 'id' || name === 'name') return plainValue.exec(line)?.[1];
  if (name !== 'title') return /^[a-z]+[ \t]*:/i.exec(line)?.[0];
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

const isDoubtful = (text: string, at: number): boolean =>
  known[text.charCodeAt(at)] !== true || matchesAt(doubtful, text, at);

/** The key that a line starts with, if it is one of those that matter. */
const keyAt = (text: string, at: number): Key | undefined =>
  matchesAt(key, text, at) ? keyOf[text.charAt(at).toLowerCase()] : undefined;

/** Tests in place, without cutting a piece out: there are hundreds of thousands of lines. */
function matchesAt(sticky: RegExp, text: string, at: number): boolean {
  sticky.lastIndex = at;
  return sticky.test(text);
}

// letters that are escaped by a number, or on two lines
const spelledOtherwise = /\\(?:x[\da-f]{2}|u[\da-f]{4}|U[\da-f]{8}|\r|\n)/i;

/** Names of rules in the packs, as far as titles determine them. */
export interface NameKeys {
  /** A key that is the same for titles that could get the same name. */
  of(title: string): string;
  /** False if the title could also get a name with another key. */
  isCertain(title: string): boolean;
}

/**
 * The files with a rule that no other file can be related to, so that each can be read, compiled
 * and let go of by itself, with the keys of their names. Rules with the same id, name or title are
 * related. Filters may reach any rule, so if a file may have one, there are no such files.
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
  // a set of words: searching for each key would take time quadratic in the size of the rules
  const mentioned = new Set(others.flatMap((text) => text.toLowerCase().match(/[\w.-]+/g) ?? []));
  const isFree = (key: string | undefined): boolean =>
    key === undefined || (users.get(key) === 1 && !mentioned.has(key.toLowerCase()));
  const independent = new Map<number, string>();
  for (const [index, rule] of lone.entries()) {
    const key = nameKeys[index];
    // an id that is made of the title and the place depends on other rules with the title
    if (rule?.id === undefined || rule.title === undefined || key === undefined) continue;
    if (
      users.get(key) === 1 &&
      keys.isCertain(rule.title) &&
      isFree(rule.id.toLowerCase()) &&
      isFree(rule.name)
    )
      independent.set(index, key.slice(6));
  }
  return independent;
}
