import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { graylogQueries } from '../src/backend/graylog/graylog.ts';
import { type GraylogOptions, graylogDefaults } from '../src/backend/graylog/settings.ts';
import type { CompiledDetection } from '../src/query/compile.ts';
import {
  anyText,
  bare,
  checks,
  fieldRule,
  keywordRule,
  valuesFor,
  wellFormed,
} from './escape-values.ts';
import { LuceneError } from './lucene-pattern.ts';
import { type LuceneEvent, readLucene } from './lucene-reader.ts';
import { matches } from './matcher.ts';

const chains = [
  '',
  '|contains',
  '|startswith',
  '|endswith',
  '|cased',
  '|contains|cased',
  '|neq',
  '|contains|neq',
];
// without analysed fields a keyword is a text in any field, as the matcher has it
const options: GraylogOptions = { ...graylogDefaults, textFields: [] };

function queriesOf(
  { rule, query }: CompiledDetection,
  more: Partial<GraylogOptions> = {},
): readonly string[] | undefined {
  const conversion = graylogQueries(
    query,
    { file: rule.file, span: rule.span },
    { ...options, ...more },
  );
  return conversion.ok ? conversion.value : undefined;
}

function disagreement(
  compiled: CompiledDetection,
  events: readonly LuceneEvent[],
): string | undefined {
  const texts = queriesOf(compiled);
  if (!texts) return `refused: ${compiled.rule.file.text}`;
  const queries = texts.map(readLucene);
  const wrong = events.find(
    (event) => queries.some((query) => query.matches(event)) !== matches(compiled.query, event),
  );
  return (
    wrong &&
    `${JSON.stringify(wrong)} is ${matches(compiled.query, wrong) ? 'not ' : ''}found by ${texts.join('\n')}`
  );
}

describe('any text is found by Lucene as the rule means it', () => {
  it.each(chains)('Image%s', (modifiers) => {
    fc.assert(
      fc.property(anyText, (text) => {
        const compiled = fieldRule('Image', modifiers, text);
        expect(
          disagreement(compiled, [
            ...valuesFor(text).map((Image) => ({ Image })),
            { Other: wellFormed(text) },
          ]),
        ).toBeUndefined();
      }),
      checks,
    );
  });

  it('as a keyword', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(
          disagreement(
            keywordRule(text),
            valuesFor(text).flatMap((value) => [
              { Image: value },
              { message: `before ${value} after`, Other: 'x' },
            ]),
          ),
        ).toBeUndefined();
      }),
      checks,
    );
  });

  it.each(['', '|contains', '|startswith|neq'])('as it is written, Image%s', (modifiers) => {
    fc.assert(
      fc.property(anyText, fc.boolean(), (text, leadingWildcards) => {
        const cased = fieldRule('Image', `${modifiers}|cased`, text);
        const queries = queriesOf(fieldRule('Image', modifiers, text), {
          matching: 'exact',
          leadingWildcards,
        });
        const found = (event: LuceneEvent) =>
          queries?.some((query) =>
            readLucene(query.replace(/(^|:)(?=\*|\?)/g, '$1')).matches(event),
          );
        if (leadingWildcards && /(?:^|[^\\]):[*?]/.test(queries?.join() ?? '')) return;
        for (const Image of valuesFor(text))
          expect([Image, found({ Image })]).toEqual([Image, matches(cased.query, { Image })]);
      }),
      checks,
    );
  });
});

describe('any field name is refused or is one field', () => {
  it.each(['', '|contains', '|exists', '|gt', '|re', '|cidr', '|neq'])('%s', (modifiers) => {
    const values = { '|exists': 'true', '|gt': '5', '|cidr': '10.0.0.0/8' } as Record<
      string,
      string
    >;
    fc.assert(
      fc.property(anyText, (text) => {
        fc.pre(!text.includes('|') && text.trim() !== '');
        const compiled = fieldRule(text, modifiers, values[modifiers] ?? 'x');
        // blanks before `|` are not part of the name
        const name = modifiers === '' ? text : text.trimEnd();
        const queries = queriesOf(compiled);
        if (!queries) return;
        for (const query of queries) expect([...readLucene(query).fields]).toEqual([name]);
        const events: readonly LuceneEvent[] = [
          { [name]: '6' },
          { [name]: 'x' },
          { [name]: '10.1.1.1' },
          { Image: 'x' },
          { x: 'x' },
        ].map(bare);
        expect(disagreement(compiled, events)).toBeUndefined();
      }),
      checks,
    );
  });

  it.each(['AND', 'OR', 'NOT', 'TO', 'a b', 'x:y', '-x', '$p$', 'a\\', '(', '"'])('%s', (field) => {
    const queries = queriesOf(fieldRule(field, '', 'x'));
    expect(queries?.map((query) => [...readLucene(query).fields])).toEqual([[field]]);
  });

  it.each(['*', 'event.*', '_exists_'])('%s is refused', (field) => {
    expect(queriesOf(fieldRule(field, '', 'x'))).toBeUndefined();
    expect(queriesOf(fieldRule(field, '|contains', 'x'))).toBeUndefined();
    expect(queriesOf(fieldRule(field, '|exists', 'true'))).toBeUndefined();
  });
});

describe('the reader', () => {
  const hits = (query: string, event: LuceneEvent): boolean => readLucene(query).matches(event);

  it.each([
    ['a:"x" AND b:"y"', { a: 'x' }, false],
    ['a:"x" OR b:"y"', { a: 'x' }, true],
    ['a:"x" OR NOT b:"y"', { a: 'z' }, false],
    ['a:"x" OR (NOT b:"y")', { a: 'z' }, true],
    ['NOT a:("x" "y")', { a: 'y' }, false],
    ['a:/[xX].*\\/\\"/', { a: 'Xy/"' }, true],
    ['a:/([#-%]&[^#%])b/', { a: '$b' }, true],
    ['a:/([#-%]&[^#%])b/', { a: '%b' }, false],
    ['a:/x{2,3}(a|b)?/', { a: 'xxxb' }, true],
    ['a:/~(x.*)/', { a: 'xy' }, false],
    ['a:pre\\ fix*\\*', { a: 'pre fix and *' }, true],
    ['a:c?t', { a: 'c😀t' }, true],
    ['a:c??t', { a: 'c😀t' }, false],
    ['_exists_:a AND a:>=5', { a: '5.0' }, true],
  ] as const)('%s', (query, event, wanted) => {
    expect(hits(query, event)).toBe(wanted);
  });

  it.each([
    'a:"x',
    'a:/x',
    'a:(x',
    'x)',
    'a:*x',
    'AND:"x"',
    '*:*',
    'a\\*:x',
    '_exists_:*',
    'a:"x"y',
    'a:[1 TO 2]',
    'a:x~2',
    'a:/"x"/',
    'a:/a||b/',
    '-a',
    'a:$p$',
  ])('refuses %s', (query) => {
    expect(() => readLucene(query)).toThrow(LuceneError);
  });
});
