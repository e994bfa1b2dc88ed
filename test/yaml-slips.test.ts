import { describe, expect, test } from 'vitest';
import { diagnosticsOf, told } from './diagnostics.ts';

/** What is said about a line of a selection, with its hint. */
function said(line: string): readonly string[] {
  const bag = diagnosticsOf(
    `title: T\nid: a\nlogsource: {product: w}\ndetection:\n  s:\n    ${line}\n    z: y\n  condition: s\n`,
  );
  return told(bag).map((one, at) => `${one} | ${bag.list[at]?.hint}`);
}

describe('what an author did where YAML breaks off', () => {
  test.each([
    [
      'a: @x',
      'SIG002 6:8 a text that starts with `@` must be quoted',
      "Put it in single quotes: '@x'.",
    ],
    [
      'a: %APPDATA%\\x',
      'SIG002 6:8 a text that starts with `%` must be quoted',
      "Put it in single quotes: '%APPDATA%\\x'.",
    ],
    [
      'a:\n      - %TEMP%',
      'SIG002 7:9 a text that starts with `%` must be quoted',
      "Put it in single quotes: '%TEMP%'.",
    ],
    [
      "a: [x, @it's]",
      'SIG002 6:12 a text that starts with `@` must be quoted',
      "Put it in single quotes: '@it''s'.",
    ],
    [
      '@timestamp: x',
      'SIG002 6:5 a text that starts with `@` must be quoted',
      "Put it in single quotes: '@timestamp'.",
    ],
    [
      'a: !x',
      'SIG002 6:8 `!x` is a tag of YAML, which Sigma does not use',
      'Quote a text that starts with `!`.',
    ],
    [
      'a: !x [b]',
      'SIG002 6:8 `!x` is a tag of YAML, which Sigma does not use',
      'Quote a text that starts with `!`.',
    ],
    ['a: &x', 'SIG002 6:8 the anchor `&x` names nothing', 'Quote a text that starts with `&`.'],
    [
      'a: "x" or "y"',
      'SIG002 6:12 the text goes on behind its closing quote',
      "Put all of it in single quotes: '...'; there `\"` stands for itself.",
    ],
    [
      "a: 'it's'",
      'SIG002 6:12 the text goes on behind its closing quote',
      "Put all of it in one pair of quotes; a quote inside is written twice: ''.",
    ],
    [
      'a: [x]]',
      'SIG002 6:11 `]` belongs to no bracket',
      'Remove it, or quote the text that holds it.',
    ],
    [
      'a: - x',
      'SIG002 6:8 a list starts on the line below its key',
      'Put the `-` on a line of its own, or quote a text.',
    ],
    [
      'a: |x',
      'SIG002 6:9 a line break is expected',
      'Quote a text that starts with | or >: they open a block of text on the lines below.',
    ],
    [
      'a|endswith:x',
      'SIG002 7:6 the line above lacks the blank after its colon',
      'Write `key: value`.',
    ],
    [
      'a: b\n      c: d',
      'SIG002 7:8 the line is indented deeper than the one above, which has a value already',
      'Give all keys of one map the same indentation.',
    ],
    ['\ta: b', 'SIG002 6:7 a tab is in the indentation', 'Indent with spaces.'],
    [
      'a: C:\\x: y',
      'SIG002 6:12 bad indentation of a mapping entry',
      'Quote a text that holds `: ` or ` #`; give all keys of one map the same indentation.',
    ],
  ])('%s', (line, message, hint) => {
    expect(said(line)).toEqual([`${message} | ${hint}`]);
  });

  test('tags of YAML itself and anchors of something are not a fault', () => {
    expect(
      said('a: !!str 5\n    b: &b x\n    c: *b').filter((one) => !one.startsWith('SIG006')),
    ).toEqual([]);
  });
});

describe('an empty entry of a list', () => {
  test('is pointed at, each at its own `-`', () => {
    const text =
      'title: T\nid: a\nreferences:\n  - x\n  - # nothing\n  -\ntags:\n  -\nlogsource: {product: w}\ndetection:\n  s:\n    a:\n      - x\n      -\n  condition: s\n';
    expect(told(diagnosticsOf(text))).toEqual([
      'SIG012 5:3 an entry of `references` is empty',
      'SIG012 6:3 an entry of `references` is empty',
      'SIG012 8:3 an entry of `tags` is empty',
      'SIG029 14:7 the empty entry asks for events without the field',
    ]);
  });

  test('`null` in words is meant', () => {
    expect(said('a: [x, null]').filter((one) => one.startsWith('SIG029'))).toEqual([]);
  });
});
