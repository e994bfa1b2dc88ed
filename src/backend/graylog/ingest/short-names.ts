import { hash } from 'node:crypto';

/** The least digits of what names a Sigma rule in texts. */
export const leastKey = 8;

/** What the short name of a text begins with. */
export const leastName = (text: string, least: number): string =>
  hash('sha256', text, 'hex').slice(0, least);

/** Digests as short names, each of its own, so that a name seldom depends on other texts. */
export function shortNames(texts: Iterable<string>, least: number): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const text of [...new Set(texts)].sort()) {
    const digest = hash('sha256', text, 'hex');
    let length = least;
    while (taken.has(digest.slice(0, length))) length++;
    const name = digest.slice(0, length);
    taken.add(name);
    names.set(text, name);
  }
  return names;
}
