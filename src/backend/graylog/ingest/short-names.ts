import { hash } from 'node:crypto';

/** The least digits of what names a Sigma rule in texts. */
export const leastKey = 8;

/** The first digits of a text's digest. */
export const digestOf = (text: string, digits: number): string =>
  hash('sha256', text, 'hex').slice(0, digits);

/** Which of so many shares a text belongs to, whatever other texts there are. */
export const shareOf = (text: string, count: number): number =>
  Number.parseInt(digestOf(text, 8), 16) % count;

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
