import type { YamlMapping, YamlPair } from '../../source/yaml/tree.ts';
import { type Context, note } from './attribute.ts';

/** No key of Sigma is longer, even with blanks around it. */
const longestKey = 40;

/** Blanks around a key, including zero-width ones and the byte order mark. */
const blank = /^[\s\u200b-\u200f\u2060]+|[\s\u200b-\u200f\u2060]+$/g;

/**
 * The map with its keys in Sigma's spelling, which is case-sensitive: `Title` is read as `title` if
 * there is no `title`. `isMeant` may reject a key by its value, such as a selection that is named
 * `Condition`.
 */
export function withKnownKeys(
  context: Context,
  map: YamlMapping,
  known: ReadonlySet<string>,
  isMeant: (pair: YamlPair) => boolean = () => true,
): YamlMapping {
  let keys: ReadonlySet<string> | undefined;
  const hasKey = (name: string): boolean => {
    keys ??= new Set(map.pairs.map(({ key }) => key.text));
    return keys.has(name);
  };
  const knownKey = (pair: YamlPair): string | undefined => {
    const { text } = pair.key;
    if (known.has(text) || text.length > longestKey) return undefined;
    const name = text.replace(blank, '').toLowerCase();
    return name !== text && known.has(name) && isMeant(pair) && !hasKey(name) ? name : undefined;
  };
  if (map.pairs.every((pair) => knownKey(pair) === undefined)) return map;
  const seen = new Set<string>();
  const pairs = map.pairs.map((pair): YamlPair => {
    const name = knownKey(pair);
    if (name === undefined || seen.has(name)) return pair;
    seen.add(name);
    const { key, value } = pair;
    // invisible characters are reported by name elsewhere
    if (key.text.toLowerCase() === name)
      note(
        context,
        key,
        `\`${key.text}\` is read as \`${name}\``,
        `Write \`${name}\`: other tools tell letter case apart.`,
      );
    return { key: { ...key, text: name, value: name }, value };
  });
  return { ...map, pairs };
}
