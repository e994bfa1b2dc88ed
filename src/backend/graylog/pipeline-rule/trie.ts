/** Literals as one regular expression that shares what they begin with. */
interface Node {
  readonly next: Map<string, Node>;
  ends: boolean;
}

/**
 * An expression that matches any of the texts, none of which is the beginning of another one.
 * `charOf`: how a character is written.
 */
export function trieRegex(texts: readonly string[], charOf: (char: string) => string): string {
  const root: Node = { next: new Map(), ends: false };
  for (const text of texts) {
    let node = root;
    for (const char of text) {
      const known = node.next.get(char) ?? { next: new Map(), ends: false };
      node.next.set(char, known);
      node = known;
    }
    node.ends = true;
  }
  return print(root, charOf);
}

function print(start: Node, charOf: (char: string) => string): string {
  let text = '';
  let node = start;
  while (node.next.size === 1 && !node.ends) {
    for (const [char, child] of node.next) {
      text += charOf(char);
      node = child;
    }
  }
  if (node.next.size === 0) return text;
  const branches = [...node.next]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([char, child]) => charOf(char) + print(child, charOf));
  const all = `(?:${branches.join('|')})`;
  return text + (node.ends ? `${all}?` : all);
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
