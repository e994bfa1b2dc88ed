/** What a file that holds one detection rule and nothing else is called by. */
export interface LoneRule {
  readonly id: string | undefined;
  readonly name: string | undefined;
}

// a list item, a comment, a blank, a plain key: whatever else starts a line of block YAML may be a document, a quoted key or a tag
const otherStart = /^(?:---|\.\.\.|[^\w\s#-])/m;
const otherKind = /^(?:filter|correlation|action)\b/m;
const isDetection = /^detection[ \t]*:/m;
const keys = { id: /^id[ \t]*:.*$/gm, name: /^name[ \t]*:.*$/gm };
const plainValue = /:[ \t]+([\w.-]+)[ \t]*\r?$/;

/**
 * Whether a text is, without a doubt, one document with a detection, and how correlations and filters would name it. A look at the lines is
 * enough: in a map that starts in the first column, each of its keys does. Undefined for any text that leaves a doubt.
 */
export function loneRule(text: string): LoneRule | undefined {
  if (otherStart.test(text) || otherKind.test(text) || !isDetection.test(text)) return undefined;
  const [id, name] = [keyOf(text, keys.id), keyOf(text, keys.name)];
  return id === 'doubt' || name === 'doubt' ? undefined : { id: id?.value, name: name?.value };
}

function keyOf(text: string, key: RegExp): { readonly value: string } | undefined | 'doubt' {
  const lines = text.match(key);
  if (!lines) return undefined;
  const value = plainValue.exec(lines[0])?.[1];
  return lines.length > 1 || value === undefined ? 'doubt' : { value };
}

// letters that are written by a number, or on two lines
const spelledOtherwise = /\\(?:[xuU]|\r|\n)/;

/**
 * Which of the files hold rules that no other file can refer to, so that each may be read, compiled and let go of by itself. Rules of one id or
 * name are about each other too. Filters may reach any rule: beside a file that may hold one, there are no such files.
 */
export function independentFiles(texts: readonly string[]): ReadonlySet<number> {
  const lone = texts.map(loneRule);
  const others = texts.filter((_, index) => lone[index] === undefined);
  if (others.some((text) => text.includes('filter') || spelledOtherwise.test(text))) return new Set();
  const users = new Map<string, number>();
  for (const { id, name } of lone.filter((rule) => rule !== undefined)) {
    for (const key of new Set([id, name])) if (key !== undefined) users.set(key, (users.get(key) ?? 0) + 1);
  }
  const mentioned = others.join('\n');
  const isFree = (key: string | undefined): boolean => key === undefined || (users.get(key) === 1 && !mentioned.includes(key));
  return new Set(lone.flatMap((rule, index) => (rule && isFree(rule.id) && isFree(rule.name) ? [index] : [])));
}
