import { describe, expect, test } from 'vitest';
import { pythonRegex } from '../src/python-regex/regex.ts';
import { workOfRule } from '../src/work/work.ts';
import { cpuMilliseconds } from './cpu-time.ts';
import { unwrapped } from './result.ts';

describe('re.match and re.search', () => {
  test.each<[string, string, boolean, boolean]>([
    ['b', 'abc', false, true],
    ['ab', 'abc', true, true],
    ['(?i)AB', 'abc', true, true],
    ['a(?i:B)c', 'abc', true, true],
    ['a.c', 'a\nc', false, false],
    ['(?s)a.c', 'a\nc', true, true],
    ['^c', 'ab\nc', false, false],
    ['(?m)^c', 'ab\nc', false, true],
    // RegExp takes other line breaks for ends of lines, and for no character
    ['(?m)b$', 'ab\u2028c', false, false],
    ['a.b', 'a\u2028b', true, true],
    ['ab$', 'ab\n', true, true],
    ['ab\\Z', 'ab\n', false, false],
    ['\\w+é\\b', 'caféé x', true, true],
    ['\\d', '\u0663', true, true],
    ['[\\W_]', '_', true, true],
    ['[]x]+', ']x', true, true],
    ['(?x) a  b # and so on\n c', 'abc', true, true],
    ['x{,2}y', 'xxy', true, true],
    ['x{y', 'x{y', true, true],
    ['a{1001}', 'a'.repeat(1001), true, true],
    ['(?=.*c)a', 'abc', true, true],
    ['(?<!a)b', 'ab', false, false],
    ['(?P<q>["\']).*(?P=q)', '"a"', true, true],
    ['(a)b\\1', 'aba', true, true],
    ['\\x41\\u0042\\103', 'ABC', true, true],
    ['C:\\\\Windows', 'C:\\Windows', true, true],
  ])('%s in %j: %s, %s', (pattern, text, start, anywhere) => {
    const regex = unwrapped(pythonRegex(pattern));
    expect([regex.matchesStart(text, workOfRule()), regex.finds(text, workOfRule())]).toEqual([
      start,
      anywhere,
    ]);
  });

  test.each([
    ['(a', 'not closed'],
    ['a)', 'closes no group'],
    ['*a', 'nothing to repeat'],
    ['^*', 'nothing to repeat'],
    ['\\y', 'not an escape'],
    ['[b-a]', 'no right end'],
    ['(?P<1>a)', "can't name a group"],
    ['(?P<a>x)(?P<a>y)', 'names another one'],
    ['(?P=a)', 'no group `a`'],
    ['(a\\1)', 'no closed group 1'],
    ['a++', 'possessive'],
    ['(?>a)', 'not supported'],
    ['(?a)a', 'not supported'],
    ['a(?i)', 'not supported'],
    // RegExp would take the group that matched nothing for an empty one
    ['(?:(a)|b)\\1', 'may take no part'],
    ['(a)?\\1', 'may take no part'],
  ])('%s is at reason: %s', (pattern, message) => {
    expect(() => unwrapped(pythonRegex(pattern))).toThrow(message);
  });

  test('named groups', () => {
    const regex = unwrapped(pythonRegex('(?P<type>[A-Z]+):(x)?(?P<__proto__>\\d+)?'));
    expect(regex.names).toEqual(['type', '__proto__']);
    expect([...(regex.namedGroups('KEY:12', workOfRule()) ?? [])]).toEqual([
      ['type', 'KEY'],
      ['__proto__', '12'],
    ]);
    expect(regex.namedGroups('KEY:', workOfRule())?.get('__proto__')).toBeUndefined();
    expect(regex.namedGroups('a KEY:1', workOfRule())).toBeUndefined();
  });

  test('the time is linear in the text', () => {
    const regex = unwrapped(pythonRegex('(a+)+$'));
    const before = cpuMilliseconds();
    expect(regex.finds(`${'a'.repeat(5000)}!`, workOfRule())).toBe(false);
    expect(cpuMilliseconds() - before).toBeLessThan(2000);
  });
});

describe('re.sub', () => {
  test.each([
    ['b', 'X', 'abcb', 'aXcX'],
    ['(b)(c)?', '[\\2\\1]', 'abc b', 'a[cb] [b]'],
    ['(?P<one>a)', '\\g<one>\\g<1>0\\g<0>', 'a', 'aa0a'],
    // what means something to JavaScript's replace means nothing here
    ['b', "$&$1$`$'$$", 'abc', "a$&$1$`$'$$c"],
    ['b', 'x\\ty\\\\z', 'b', 'x\ty\\z'],
    ['b', '\\.', 'b', '\\.'],
    ['b', '\\101\\0', 'b', 'A\0'],
    ['x*', '-', 'abxd', '-a-b--d-'],
    ['x*', '-', '😀', '-😀-'],
    ['(?=b)', '-', 'abb', 'a-b-b'],
    ['\\\\', '/', 'C:\\a\\b', 'C:/a/b'],
  ])('%s by %s in %j', (pattern, replacement, text, wanted) => {
    expect(
      unwrapped(unwrapped(pythonRegex(pattern)).replacer(replacement))(text, workOfRule()),
    ).toBe(wanted);
  });

  test.each([
    ['a', '\\1', 'no group'],
    ['a', '\\g<x>', 'no group'],
    ['a', '\\q', 'means nothing'],
    ['a', 'x\\', 'single backslash'],
  ])('%s by %s is at reason: %s', (pattern, replacement, message) => {
    expect(() => unwrapped(unwrapped(pythonRegex(pattern)).replacer(replacement))).toThrow(message);
  });
});
