import type { Item, NumberTest, StringTest } from '../../query/tree.ts';
import { ANY, isPlaceholder, ONE, type Pattern } from '../../sigma/pattern.ts';
import { Inexpressible } from '../backend.ts';
import type { Dialect, Printed } from './dialect.ts';
import { luceneEscape } from './regex.ts';
import { escapedField, escapedTerm, hasLetters, quoted } from './text.ts';

export type StringItem = Item & { readonly test: StringTest | NumberTest };

type Form = { readonly kind: 'quoted' | 'term'; readonly text: string } | { readonly kind: 'regex'; readonly shape: Shape; readonly text: string; readonly item: StringItem } | { readonly kind: 'clause'; readonly text: string };

/** Where a regular expression has `.*` around its core. */
type Shape = 'whole' | 'contains' | 'startswith' | 'endswith';

/** Alternatives of one field: quoted values in one group, regular expressions joined as far as their length permits. */
export function printStrings(items: readonly StringItem[], dialect: Dialect): readonly Printed[] {
  const field = escapedField(items[0]?.field ?? '');
  const forms = items.map((item) => formOf(item, field, dialect));
  const parts: Printed[] = [];
  const terms = forms.filter((form) => form.kind === 'quoted' || form.kind === 'term').map((form) => form.text);
  const unique = [...new Set(terms)];
  if (unique.length === 1) parts.push({ text: `${field}:${unique[0]}`, clauses: 1 });
  else if (unique.length > 1) parts.push({ text: `${field}:(${unique.join(' ')})`, clauses: unique.length });
  for (const form of forms) if (form.kind === 'clause') parts.push({ text: form.text, clauses: 2 });
  for (const shape of ['whole', 'startswith', 'endswith', 'contains'] as const) {
    const cores = forms.flatMap((form) => (form.kind === 'regex' && form.shape === shape ? [form.text] : []));
    for (const regex of joinedRegexes([...new Set(cores)], shape, dialect.regexLength)) parts.push({ text: `${field}:/${regex}/`, clauses: 1 });
  }
  return parts;
}

function formOf(item: StringItem, field: string, dialect: Dialect): Form {
  if (item.test.kind === 'number') return { kind: 'quoted', text: quoted(String(item.test.value)) };
  const { pattern, cased } = item.test;
  if (pattern.length === 0 && dialect.emptyIsAbsent) return { kind: 'clause', text: dialect.alone(`NOT _exists_:${field}`) };
  if (pattern.length === 1 && pattern[0] === ANY) return { kind: 'clause', text: `_exists_:${field}` };
  const wild = pattern.some((part) => typeof part === 'number');
  const letters = pattern.some((part) => typeof part === 'string' && hasLetters(part));
  const dollar = dialect.hideDollar && pattern.some((part) => typeof part === 'string' && part.includes('$'));
  const byRegex = dollar || (letters && ((dialect.matching === 'regex' && !cased) || (dialect.matching === 'native' && cased)));
  if (!byRegex && !wild) return { kind: 'quoted', text: quoted(pattern.join('')) };
  if (!byRegex && (dialect.leadingWildcards || typeof pattern[0] === 'string')) return { kind: 'term', text: termText(pattern) };
  return regexForm(item, pattern, dialect.matching === 'regex' && !cased, dialect);
}

function termText(pattern: Pattern): string {
  return pattern.map((part) => (part === ANY ? '*' : part === ONE ? '?' : isPlaceholder(part) ? '' : escapedTerm(part))).join('');
}

function regexForm(item: StringItem, pattern: Pattern, ignoreCase: boolean, dialect: Dialect): Form {
  const open = pattern[0] === ANY;
  const close = pattern.length > 1 && pattern.at(-1) === ANY;
  const shape: Shape = open ? (close ? 'contains' : 'endswith') : close ? 'startswith' : 'whole';
  const inner = pattern.slice(open ? 1 : 0, close ? -1 : undefined);
  const text = inner
    .map((part) => (part === ANY ? '.*' : part === ONE ? '.' : isPlaceholder(part) ? '' : luceneEscape(part, { ignoreCase, hideDollar: dialect.hideDollar })))
    .join('');
  if (around(text, shape).length > dialect.regexLength) {
    throw new Inexpressible({
      code: 'TGT004',
      message: `the value takes ${text.length} characters as a regular expression that ignores case; ${dialect.name} takes ${dialect.regexLength}`,
      file: item.file,
      span: item.span,
      hint: 'Shorten the value to the part that matters, or set graylog.matching: exact.',
    });
  }
  return { kind: 'regex', shape, text, item };
}

function around(core: string, shape: Shape): string {
  const text = `${shape === 'contains' || shape === 'endswith' ? '.*' : ''}${core}${shape === 'contains' || shape === 'startswith' ? '.*' : ''}`;
  // the query parser would take `\\/` for an escaped slash and read on
  return text.endsWith('\\\\') ? `${text.slice(0, -2)}[\\\\]` : text;
}

function* joinedRegexes(cores: readonly string[], shape: Shape, limit: number): Generator<string> {
  let run: string[] = [];
  let length = 0;
  for (const core of cores) {
    if (run.length > 0 && length + core.length + 7 > limit) {
      yield around(alternation(run), shape);
      run = [];
      length = 0;
    }
    run.push(core);
    length += core.length + 1;
  }
  if (run.length > 0) yield around(alternation(run), shape);
}

const alternation = (cores: readonly string[]): string => (cores.length === 1 ? (cores[0] ?? '') : `(${cores.join('|')})`);
