/** Literals as one regular expression that shares what they begin with, by next character. */
type Trie = Map<string, Trie>;

/**
 * An expression that matches any of the texts, none of which is the beginning of another one.
 * `charOf`: how a character is written.
 */
export function trieRegex(texts: readonly string[], charOf: (char: string) => string): string {
  const root: Trie = new Map();
  for (const text of texts) {
    let node = root;
    for (const char of text) {
      const known: Trie = node.get(char) ?? new Map();
      node.set(char, known);
      node = known;
    }
  }
  return print(root, charOf);
}

function print(start: Trie, charOf: (char: string) => string): string {
  let text = '';
  let node = start;
  while (node.size === 1) {
    for (const [char, child] of node) {
      text += charOf(char);
      node = child;
    }
  }
  if (node.size === 0) return text;
  const branches = [...node]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([char, child]) => charOf(char) + print(child, charOf));
  return `${text}(?:${branches.join('|')})`;
}

/**
 * The texts by levels: those that no other text is the beginning of, then those that only texts
 * of the first level are, and so on. At one place of a value, at most one text of each level is
 * found.
 */
export function prefixLevels(texts: Iterable<string>): readonly (readonly string[])[] {
  const sorted = [...new Set(texts)].sort();
  const levels: string[][] = [];
  // the texts that the current one begins with, each longer than the one before
  const open: string[] = [];
  for (const text of sorted) {
    while (open.length > 0 && !text.startsWith(open.at(-1) ?? '')) open.pop();
    const level = levels[open.length] ?? [];
    levels[open.length] = level;
    level.push(text);
    open.push(text);
  }
  return levels;
}
