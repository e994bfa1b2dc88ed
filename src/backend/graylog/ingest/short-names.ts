import { hash } from 'node:crypto';

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
