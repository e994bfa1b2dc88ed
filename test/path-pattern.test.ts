import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { globOf } from '../src/cli/files/path-list.ts';
import { afterName, isWhole, readPathPattern, startOf } from '../src/source/path-pattern.ts';

function matches(text: string, path: string): boolean {
  const read = readPathPattern(text);
  if (!read.ok) throw new Error(read.error);
  const pattern = read.value;
  return isWhole(
    pattern,
    path
      .split('/')
      .reduce((progress, name) => afterName(pattern, progress, name), startOf(pattern)),
  );
}

/** The same by a regular expression, for short texts. */
function expected(text: string, path: string): boolean {
  const parts = text.split('/');
  const source = parts.map((part, index) => {
    const last = index === parts.length - 1;
    if (part === '**') return last ? '.+' : '(?:[^/]+/)*';
    return `${part.replaceAll('*', '[^/]*').replaceAll('?', '[^/]')}${last ? '' : '/'}`;
  });
  return new RegExp(`^${source.join('')}$`).test(path);
}

describe('a pattern of paths', () => {
  it('means what a regular expression says', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 4 });
    const part = fc.oneof(
      fc.constant('**'),
      fc
        .string({ unit: fc.constantFrom('a', 'b', '?', '*'), minLength: 1, maxLength: 5 })
        .map((one) => one.replace(/\*+/g, '*')),
    );
    const text = fc
      .array(part, { minLength: 1, maxLength: 5 })
      .map((parts) =>
        parts.filter((one, index) => one !== '**' || parts[index - 1] !== '**').join('/'),
      );
    fc.assert(
      fc.property(text, fc.array(name, { minLength: 1, maxLength: 5 }), (pattern, names) => {
        expect([pattern, names, matches(pattern, names.join('/'))]).toEqual([
          pattern,
          names,
          expected(pattern, names.join('/')),
        ]);
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['[a-c]?', 'b\u{1f600}', true],
    ['[!a-c]', 'd', true],
    ['[^a-c]', 'b', false],
    ['[]a]', ']', true],
    ['[a-]', '-', true],
    ['\\*\\?', '*?', true],
    ['\\*', 'x', false],
    ['A', 'a', false],
    ['a/./b//', 'a/b', true],
  ])('%s and %s: %s', (pattern, path, wanted) => {
    expect(matches(pattern, path)).toBe(wanted);
  });
});

describe('a name', () => {
  /** How often a name is taken apart, while it is compared with many patterns. */
  function takenApart(name: string, patterns: readonly string[]): number {
    const from = vi.spyOn(Array, 'from');
    const read = patterns.map((text) => readPathPattern(text));
    from.mockClear();
    for (const pattern of read)
      if (pattern.ok) afterName(pattern.value, startOf(pattern.value), name);
    const { length } = from.mock.calls.filter(([text]) => (text as unknown) === name);
    from.mockRestore();
    return length;
  }

  it('is taken apart once for many patterns', () => {
    expect(
      takenApart(
        `${'a'.repeat(250)}.yml`,
        Array.from({ length: 100 }, (_, index) => `*a*${index}*.yml`),
      ),
    ).toBeLessThan(2);
  });

  it.each([['b*'], ['*b'], [`${'?'.repeat(500)}*`]])(
    'that %s rules out is not taken apart',
    (pattern) => {
      expect(takenApart(`no name of another test, ${pattern.length}`, [pattern])).toBe(0);
    },
  );
});

describe('a glob of a list', () => {
  it.each<[string, '/' | '\\', string, number]>([
    ['rules/**/*.yml', '/', 'rules', 2],
    ['**/*.yml', '/', '.', 2],
    ['/srv/*/x', '/', '/srv', 2],
    ['../vendored/*.yml', '/', '../vendored', 1],
    ['rules\\**\\*.yml', '\\', 'rules', 2],
    ['..\\sets\\[a]*\\x.yml', '\\', '../sets', 2],
    ['C:\\rules\\*.yml', '\\', 'C:/rules', 1],
    ['C:\\*.yml', '\\', 'C:/', 1],
    ['/*.yml', '/', '/', 1],
    ['rules/win\\*.yml', '/', 'rules', 1],
  ])('%s with %s between folders starts in %s', (entry, separator, base, parts) => {
    const glob = globOf(entry, undefined, separator);
    expect(glob.ok && [glob.value.base, glob.value.pattern.length]).toEqual([base, parts]);
  });
});
