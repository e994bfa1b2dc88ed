import { describe, expect, test } from 'vitest';
import { interpreterOf } from './judges/pipeline-rules/interpreter.ts';
import { gelfMessage, type Message } from './judges/pipeline-rules/message.ts';
import { findJava, replaceJava } from './judges/pipeline-rules/regex.ts';
import { readRule } from './judges/pipeline-rules/rule.ts';
import { javaText } from './judges/pipeline-rules/value.ts';

const rule = (condition: string, actions = '', name = 'r'): string =>
  `rule "${name}" when ${condition} then ${actions} end`;

const stage = (number: number, match: string, ...rules: readonly string[]): string =>
  `stage ${number} match ${match} ${rules.map((name) => `rule "${name}"`).join(' ')}`;

/** What processing makes of an event; rules and pipelines by their names. */
function run(
  rules: Readonly<Record<string, readonly [condition: string, actions?: string]>>,
  pipelines: Readonly<Record<string, string>>,
  event: Readonly<Record<string, unknown>>,
): readonly Message[] {
  return interpreterOf(
    {
      rules: Object.entries(rules).map(([name, [condition, actions]]) => ({
        name,
        source: rule(condition, actions, name),
      })),
      pipelines: Object.entries(pipelines).map(([name, stages]) => ({
        name,
        source: `pipeline "${name}" ${stages} end`,
      })),
    },
    { streams: ['Hits'] },
  ).process(gelfMessage(event));
}

/** Whether a condition holds for an event; the server's error as a text. */
function holds(condition: string, event: Readonly<Record<string, unknown>> = {}): unknown {
  const [message] = run(
    { r: [condition, 'set_field("hit", true);'] },
    { p: stage(0, 'either', 'r') },
    event,
  );
  if (message?.errors[0] !== undefined) return message.errors[0];
  return message?.field('hit') === true;
}

describe('the reader of pipeline rules', () => {
  test.each([
    ['not binds before ==', '(not true) == false', true],
    ['not without parentheses', 'not true == false', true],
    ['and before or', 'true || false && false', true],
    ['text and Long', '"1" == $message.n', false],
    ['Long and Long', '1 == $message.n', true],
    ['Long and Double', '1.5 == $message.d', true],
    ['null on the left', '$message.none == "x"', false],
    ['null on the left of !=', '$message.none != "x"', false],
    ['null on the right of !=', '"x" != $message.none', true],
    ['names in backticks', '"y" == $message.`a.b-c`', true],
    ['trimmed texts', '"padded" == $message.pad', true],
    ['empty texts are not there', 'has_field("empty")', false],
    ['booleans are not taken from GELF', 'has_field("yes")', false],
    ['other names are not there', 'has_field("two words")', false],
    ['escapes', 'contains("a\\tb\\u0041\\\\", "\\tbA\\\\")', true],
    ['any case', 'starts_with(value: "ÄB", prefix: "äb", ignore_case: true)', true],
    ['found in a text', 'regex("b.d", "abcde").matches == true', true],
    ['a group by its number', 'regex("b(.)d", "abcde")["0"] == "c"', true],
    ['null is an empty text', 'to_string($message.none) == ""', true],
    ['a Double as a text', 'to_string($message.d) == "1.5"', true],
    ['a text as a Double', 'to_double("1e3") == 1000.0', true],
    ['what is not a number', 'to_double("x") == 0.0', true],
    ['comments', 'true /* one */ // two\n && true', true],
    ['a network', 'cidr_match("10.0.0.0/8", to_ip("10.1.2.3"))', true],
    ['no address', 'cidr_match("0.0.0.0/8", to_ip("x"))', true],
    ['an address of the other version', 'cidr_match("10.0.0.0/8", to_ip("::a01:203"))', true],
  ])('%s', (_, condition, wanted) => {
    const event = {
      n: 1,
      d: 1.5,
      'a.b-c': 'y',
      pad: ' padded\n',
      empty: ' ',
      yes: true,
      'two words': 'x',
    };
    expect(holds(condition, event)).toBe(wanted);
  });

  test.each([
    ['regex("a", "a").matches && true', 'incompatible_types'],
    ['not regex("a", "a").matches', 'incompatible_type'],
    ['contains($message.x, "a")', 'incompatible_argument_type'],
    ['contains("a", "a", ignore_case: true)', 'syntax_error'],
    ['regex("(", "a").matches == true', 'invalid_function_argument'],
    ['regex("(?<=a+)b", "a").matches == true', 'invalid_function_argument'],
    ['$message.end == "x"', 'syntax_error'],
    ['x == "x"', 'undeclared_variable'],
    ['nothing("x")', 'undeclared_function'],
    ['"x" == "\\q"', 'syntax_error'],
    ['$message.x > 1', 'incompatible_types'],
  ])('is refused: %s', (condition, type) => {
    expect(() => readRule(rule(condition))).toThrow(`${type}: `);
  });

  test('an error ends the conditions and the actions of a stage, and no other', () => {
    const [message] = run(
      {
        before: ['true', 'set_field("a", "1"); set_field("b", "1");'],
        broken: ['"2" == [1][3]'],
        after: ['true', 'set_field("c", "1");'],
        later: ['true', 'set_field("d", "1");'],
      },
      { p: `${stage(0, 'pass', 'before', 'broken', 'after')} ${stage(1, 'either', 'later')}` },
      {},
    );
    expect([...(message?.fields.keys() ?? [])].filter((name) => name.length === 1)).toEqual([
      'a',
      'd',
    ]);
    expect(message?.errors).toHaveLength(1);
  });

  test('null in a map sets no field', () => {
    const [message] = run(
      { r: ['true', 'set_fields({ a: "1", b: $message.none });'] },
      { p: stage(0, 'either', 'r') },
      {},
    );
    expect(message?.errors).toEqual([]);
    expect(message?.fields.has('a')).toBe(true);
    expect(message?.fields.has('b')).toBe(false);
  });

  test('stages go side by side; a stage that does not match ends its own pipeline', () => {
    const add = (text: string): string =>
      `set_field("seen", concat(to_string($message.seen), "${text}"));`;
    const [message] = run(
      {
        a0: ['true', add('a0')],
        no: ['false'],
        a2: ['true', add('a2')],
        b1: ['true', add('b1')],
        b3: ['true', add('b3')],
      },
      {
        a: `${stage(2, 'all', 'a2')} ${stage(0, 'all', 'a0')} ${stage(3, 'either', 'no', 'a2')}`,
        b: `${stage(1, 'all', 'b1', 'no')} ${stage(3, 'all', 'b3')}`,
      },
      {},
    );
    expect(message?.field('seen')).toBe('a0b1a2a2');
  });

  test('a message is created, routed and filled; the first one keeps its arrays', () => {
    const made = run(
      {
        hit: [
          'true',
          `let m = create_message(message: "title", source: to_string($message.source),
             timestamp: to_date($message.timestamp));
           set_field(field: "sigma_rule", value: "id", message: m);
           route_to_stream(name: "Hits", message: m, remove_from_default: true);
           set_field("sigma_rules", string_array_add($message.sigma_rules, "id", true));`,
        ],
      },
      { p: stage(0, 'either', 'hit') },
      { sigpack_a: 'x' },
    );
    expect(made.map(({ streams }) => [...streams])).toEqual([['Default Stream'], ['Hits']]);
    expect(javaText(made[0]?.field('sigma_rules') ?? null)).toBe('[id]');
    expect(made[1]?.field('sigma_rule')).toBe('id');
  });

  test('literals of a text become fields', () => {
    const trie = '(?s).*?(?=(cmd|whoami)).|.+';
    const [message] = run(
      {
        flags: [
          'true',
          `set_fields(fields: key_value(replace(base16_encode(regex_replace(
            "${trie}", "cmd /c whoami", "$1\\u0001")), "01", "=1 ")), prefix: "f_");`,
        ],
        clean: ['true', 'remove_multiple_fields(pattern: "f_63.*");'],
      },
      { p: `${stage(0, 'either', 'flags')} ${stage(1, 'either', 'clean')}` },
      {},
    );
    expect([...(message?.fields.keys() ?? [])].filter((name) => name.startsWith('f_'))).toEqual([
      'f_77686F616D69',
    ]);
  });
});

describe('java.util.regex', () => {
  test.each([
    ['(?i)STRASSE', 'straße', false],
    ['(?iu)Ä', 'ä', true],
    ['(?i)Ä', 'ä', false],
    ['(?iu)k', '\u212a', true],
    ['(?i)[a-c]', 'B', true],
    ['(?iu)[^ä]', 'Ä', false],
    ['^a$', 'a\n', true],
    ['^a\\z', 'a\n', false],
    ['a$', 'a\u2028', true],
    ['a.b', 'a\u0085b', false],
    ['(?s)a.b', 'a\nb', true],
    ['(?m)^b$', 'a\r\nb\r\nc', true],
    ['(?m)^', '', false],
    ['a*+a', 'aaa', false],
    ['(?>a|ab)c', 'abc', false],
    ['x(?i:A)b', 'xab', true],
    ['x(?i)A|B', 'b', true],
    ['(x(?i)a)B', 'xAb', false],
    ['[a-z&&[^b]]', 'b', false],
    ['[a-z&&[^b]]', 'c', true],
    ['[\\w.-]+\\Q.*\\E', 'a-b.*', true],
    ['\\x41\\u0042\\x{43}', 'ABC', true],
    ['.', '\u{1f600}', true],
    ['^.$', '\u{1f600}', true],
    ['\\s', '\u00a0', false],
    ['\\h', '\u00a0', true],
    ['(?<!a)b', 'ab', false],
  ])('%s on %j', (pattern, value, wanted) => {
    expect(findJava(pattern, value, []).matches).toBe(wanted);
  });

  test.each(['\\bx', '(a)\\1', '[]a]', 'a**', '(?<=a*)b', '(?<n>a)(?<n>b)', '\\y', '[b-a]'])(
    'refuses %s',
    (pattern) => {
      expect(() => findJava(pattern, 'x', [])).toThrow();
    },
  );

  test('replaces groups by numbers and names', () => {
    expect(replaceJava('(?<n>b)|(c)', 'abcd', `<$1$2$${'{n}'}\\$>`, true)).toBe('a<bb$><c$>d');
    expect(replaceJava('(?:(?=(ab)))?+.|.+', 'abc', '<$1>', true)).toBe('<ab><><>');
    expect(replaceJava('x*', 'abc', '-', true)).toBe('-a-b-c-');
    expect(replaceJava('(a)', 'aa', '$10', false)).toBe('a0a');
  });
});
