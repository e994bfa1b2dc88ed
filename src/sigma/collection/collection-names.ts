import { sigpackNamespace, uuidV5 } from '../../source/uuid.ts';
import { lookup, type YamlMapping, type YamlPair } from '../../source/yaml/tree.ts';
import type { SharedNames } from '../rule/rule.ts';

/**
 * Gives each rule an id and a name of its own. Those of its own document are kept. Those from
 * another document belong to the first rule that has them; for the others, the id is a UUID made of
 * it and the log source, and the name gets a number.
 */
export function createNaming(): (rule: YamlMapping, own: YamlMapping) => YamlMapping {
  const taken = new Set<string>();
  const free = (text: string, next: (number: number) => string): string => {
    let found = text;
    for (let number = 2; taken.has(found); number++) found = next(number);
    taken.add(found);
    return found;
  };
  return (rule, own) => {
    const pairs = rule.pairs.map((written): YamlPair => {
      const { key } = written;
      if ((key.text !== 'id' && key.text !== 'name') || written.value.kind !== 'scalar')
        return written;
      const mine = own.pairs.find((pair) => pair.key.text === key.text);
      if (mine?.value.kind === 'scalar') {
        taken.add(`${key.text} ${mine.value.text}`);
        return mine;
      }
      const { text } = written.value;
      const source = logSourceOf(rule);
      const made =
        key.text === 'id'
          ? (number: number) =>
              uuidV5(sigpackNamespace, `${text}\n${source}${number > 2 ? `\n${number}` : ''}`)
          : (number: number) => `${text}-${number}`;
      const chosen = free(`${key.text} ${text}`, (number) => `${key.text} ${made(number)}`).slice(
        key.text.length + 1,
      );
      return { key, value: { ...written.value, text: chosen, value: chosen } };
    });
    return { ...rule, pairs };
  };
}

/** The id and the name that a rule would have had, where it got others. */
export function sharedNames(rule: YamlMapping, named: YamlMapping): SharedNames | undefined {
  const lost = (attribute: 'id' | 'name'): string | undefined => {
    const [before, after] = [lookup(rule, attribute), lookup(named, attribute)];
    return before?.kind === 'scalar' && after?.kind === 'scalar' && before.text !== after.text
      ? before.text
      : undefined;
  };
  const [id, name] = [lost('id'), lost('name')];
  if (id === undefined && name === undefined) return undefined;
  return { ...(id === undefined ? {} : { id }), ...(name === undefined ? {} : { name }) };
}

function logSourceOf(rule: YamlMapping): string {
  const source = lookup(rule, 'logsource');
  return ['product', 'category', 'service']
    .map((name) => lookup(source, name))
    .map((node) => (node?.kind === 'scalar' ? node.text : ''))
    .join('/');
}
