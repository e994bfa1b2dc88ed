import { attackTechniques, tacticByShortName, tacticUrl, techniqueUrl } from '../attack/names.ts';
import { modifierRoles } from '../sigma/value/modifier.ts';
import type { SourceFile, Span } from '../source/span.ts';
import { cursorAt } from './cursor.ts';
import { modifierMeaning } from './modifier-meaning.ts';

/** What is known of a word in a rule: plain text, a line each, and perhaps a page. */
export interface WordMeaning {
  readonly span: Span;
  readonly lines: readonly string[];
  readonly url?: string;
}

/** The meaning of the tag or modifier at an offset. */
export function wordMeaning({ text }: SourceFile, offset: number): WordMeaning | undefined {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const [line = ''] = text.slice(lineStart).split('\n', 1);
  for (const { 0: word, index } of line.matchAll(/[^\s'"[\],|:]+/g)) {
    const span = { start: lineStart + index, end: lineStart + index + word.length };
    if (offset < span.start || offset > span.end) continue;
    const isModifier = line[index - 1] === '|' && modifierRoles.has(word);
    const meaning = isModifier ? modifierMeaning.get(word) : undefined;
    if (meaning !== undefined) return { span, lines: [`${word}: ${meaning}`] };
    const { path, key } = cursorAt(text, offset);
    const attack = path[0] === 'tags' || key === 'tags' ? attackMeaning(word) : undefined;
    return attack && { span, ...attack };
  }
  return undefined;
}

/** The name of a tag of ATT&CK. */
function attackMeaning(tag: string): Omit<WordMeaning, 'span'> | undefined {
  const name = /^attack\.(.+)$/i.exec(tag)?.[1] ?? '';
  const tactic = tacticByShortName.get(name.toLowerCase().replaceAll('_', '-'));
  if (tactic) return { lines: [`${tactic.id}: ${tactic.name}`], url: tacticUrl(tactic.id) };
  const technique = attackTechniques().get(name.toUpperCase());
  if (!technique) return undefined;
  const tactics = technique.tactics.map((one) => tacticByShortName.get(one)?.name ?? one);
  const parent = attackTechniques().get(technique.id.split('.')[0] ?? '');
  const full =
    parent && parent !== technique ? `${parent.name}: ${technique.name}` : technique.name;
  const { id, current } = technique;
  const replaced =
    current === id ? [] : [`replaced by ${current} ${attackTechniques().get(current)?.name ?? ''}`];
  return {
    lines: [`${id}: ${full}`, tactics.join(', '), ...replaced],
    url: techniqueUrl(current),
  };
}
