import type { Span } from '../../source/span.ts';
import { keySpan, note, optionalTexts, type Reader, warn } from './attribute.ts';
import { canonicalTag, isTag, namesOfAttack } from './tag.ts';

/**
 * The tags in Sigma's spelling, whatever their letter case and separators, so that others can
 * compare texts.
 */
export function readTags(reader: Reader): readonly string[] {
  const entries = optionalTexts(reader, 'tags');
  if (entries.every(namesOfAttack)) return entries;
  const tags = entries
    .flatMap((entry) => entry.split(',').map((tag) => tag.trim()))
    .filter((tag) => tag !== '');
  if (tags.length > entries.length)
    note(
      reader,
      keySpan(reader, 'tags'),
      'tags with commas between them are read as several',
      'Write `tags` as a list.',
    );
  const placeOf = entryPlaces(reader, 'tags');
  return tags.map((tag) => {
    const meant = canonicalTag(tag) ?? tag;
    const place = placeOf(tag);
    if (!isTag(meant))
      warn(
        reader,
        place,
        `tag \`${tag}\` is not of the form namespace.name`,
        'Tags are lower case, such as attack.t1059.',
      );
    else if (meant.startsWith('attack.') && !namesOfAttack(meant))
      warn(
        reader,
        place,
        `tag \`${tag}\` names nothing of ATT&CK, and gives no mapping`,
        'Write a tactic or an id: attack.execution, attack.t1059.001.',
      );
    else if (meant !== tag)
      note(reader, place, `tag \`${tag}\` is read as \`${meant}\``, `Write \`${meant}\`.`);
    return meant;
  });
}

/** The first place of each text in a list. */
function entryPlaces(reader: Reader, name: string): (text: string) => Span {
  const node = reader.attributes.get(name);
  if (node?.kind !== 'sequence') return () => node ?? keySpan(reader, name);
  // a map, since lists of untrusted rules can be long
  const places = new Map<string, Span>();
  for (const item of node.items)
    if (item.kind === 'scalar' && !places.has(item.text)) places.set(item.text, item);
  return (text) => places.get(text) ?? keySpan(reader, name);
}
