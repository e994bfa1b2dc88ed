import { describe, expect, test } from 'vitest';
import { createBag } from '../src/source/diagnostic.ts';
import { compileText } from './compile.ts';
import { detectionDiagnostics, diagnosticsOf, told } from './diagnostics.ts';

const nbsp = '\u00a0';
const zero = '\u200b';
const mark = '\ufeff';

const odd = (text: string): readonly string[] =>
  told(diagnosticsOf(text)).filter((one) => one.startsWith('SIG018'));
const inDetection = (detection: string): readonly string[] =>
  told(detectionDiagnostics(detection)).filter((one) => one.startsWith('SIG018'));

describe('characters that are taken for others are named, with their column', () => {
  test.each([
    ['a: ‘x’', 'SIG018 8:6 a typographic quote ‘ (U+2018) is part of the value `‘x’`'],
    [
      "a: '\\cmd.exe”'",
      'SIG018 8:15 a typographic quote ” (U+201D) is part of the value `\\cmd.exe”`',
    ],
    ['a: [x, „z“]', 'SIG018 8:10 a typographic quote „ (U+201E) is part of the value `„z“`'],
    [`a: x${nbsp}`, `SIG018 8:7 a no-break space (U+00A0) is part of the value \`x${nbsp}\``],
    [
      `a: Invoke${nbsp}Thing`,
      `SIG018 8:12 a no-break space (U+00A0) is part of the value \`Invoke${nbsp}Thing\``,
    ],
    [
      `a: cmd${zero}.exe${zero}`,
      `SIG018 8:9 a zero-width space (U+200B) is part of the value \`cmd${zero}.exe${zero}\``,
    ],
    ['a: ＊evil＊', 'SIG018 8:6 a fullwidth ＊ (U+FF0A) is part of the value `＊evil＊`'],
    ['a｜endswith: x', 'SIG018 8:4 a fullwidth ｜ (U+FF5C) is part of the key `a｜endswith`'],
    [
      `a${nbsp}|contains: x`,
      `SIG018 8:4 a no-break space (U+00A0) is part of the key \`a${nbsp}|contains\``,
    ],
    ['“a”: x', 'SIG018 8:3 a typographic quote “ (U+201C) is part of the key `“a”`'],
    ['Ｉmage: x', 'SIG018 8:3 a fullwidth Ｉ (U+FF29) is part of the key `Ｉmage`'],
  ])('%s', (line, wanted) => {
    // the line stands two columns in, and two more in its selection
    const [, column = ''] = /8:(\d+)/.exec(wanted) ?? [];
    expect(inDetection(`s:\n  ${line}\ncondition: s`)).toEqual([
      wanted.replace(`8:${column}`, `8:${Number(column) + 2}`),
    ]);
  });

  test('in a condition', () => {
    expect(inDetection(`s: {a: x}\ncondition: s${zero}`)).toEqual([
      `SIG018 8:15 a zero-width space (U+200B) is part of the condition \`s${zero}\``,
    ]);
  });

  test('as indentation, where YAML reads on and where it does not', () => {
    const rule = (line: string) =>
      `title: T\nlogsource: {product: w}\ndetection:\n  s: {a: x}\n${line}condition: s\n`;
    expect(odd(rule(nbsp + nbsp))).toEqual([
      `SIG018 5:1 a no-break space (U+00A0) is part of the key \`${nbsp}${nbsp}condition\``,
    ]);
    expect(odd(`title: T\ndetection:\n${nbsp} s:\n${nbsp}   a: b\n  condition: s\n`)).toEqual([
      'SIG018 3:1 a no-break space (U+00A0) stands before the error',
    ]);
    expect(odd('title: T\nlogsource:\n\u3000product: w\n')).toEqual([
      'SIG018 3:1 an ideographic space (U+3000) is part of the key `\u3000product`',
    ]);
  });

  test('a byte order mark between documents is told, and the rule behind it read', () => {
    const rule = 'title: T\nlogsource: {product: w}\ndetection:\n  s: {a: x}\n  condition: s\n';
    const bag = createBag();
    expect(compileText(`${rule}---\n${mark}${rule}`, bag)).toHaveLength(2);
    expect(told(bag).filter((one) => !one.startsWith('SIG042'))).toEqual([
      `SIG018 7:1 a byte order mark (U+FEFF) is part of the key \`${mark}title\``,
    ]);
  });
});

describe('what rules look for on purpose is left alone', () => {
  test.each([
    `a|contains: '${nbsp}'`,
    "a|contains: ['\u202e', '\u2019']",
    'a: "\\u00a0x"',
    'a: Nom d’hôte',
    'a: \u{1f937}\u200d\u2642',
    `a|contains: '${nbsp}:'`,
  ])('%s', (line) => {
    expect(inDetection(`s:\n  ${line}\ncondition: s`)).toEqual([]);
  });

  test('in a title and a description', () => {
    expect(
      odd(
        `title: “T”\ndescription: a${nbsp}b\nlogsource: {product: w}\ndetection:\n  s: {a: x}\n  condition: s\n`,
      ),
    ).toEqual([]);
  });
});
