import fc from 'fast-check';
import { anyText } from '../escape-values.ts';
import { payloads } from '../hostile-rules.ts';
import { yamlText } from '../yaml-text.ts';

const plain = [
  'a',
  'User',
  'cmd.exe',
  'C:\\Windows\\x',
  '10.0.0.1',
  'and',
  'or',
  'not',
  'Not',
  '1',
  '',
  ' ',
  'x y',
  'host',
  '_time',
  'message',
  'constructor',
  '__proto__',
];

/** A text as rules have it, one that breaks something, or any. */
export const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...plain) },
  { weight: 3, arbitrary: fc.constantFrom(...payloads) },
  { weight: 3, arbitrary: anyText },
);

/** Some text of a few, so that parts of a rule name each other. */
export const fewTexts = (...texts: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...texts) }, text);

export const number: fc.Arbitrary<string> = fc.constantFrom(
  '0',
  '1',
  '-1',
  '5',
  '65535',
  '9007199254740993',
  '1e400',
  '-0',
  '0x1F',
  '1.5',
  '.nan',
  '.inf',
  '010',
);

/** Flow style, one line: what is put into it stays in its place. */
export const yaml = yamlText;

export const listOf = (items: fc.Arbitrary<string>, most = 4): fc.Arbitrary<string> =>
  fc.array(items, { maxLength: most }).map((list) => `[${list.join(', ')}]`);

export const mapOf = (
  keys: fc.Arbitrary<string>,
  values: fc.Arbitrary<string>,
  most = 3,
): fc.Arbitrary<string> =>
  fc
    .uniqueArray(fc.tuple(keys, values), { maxLength: most, selector: ([key]) => key })
    .map((pairs) => `{ ${pairs.map(([key, value]) => `${yaml(key)}: ${value}`).join(', ')} }`);

export const scalar: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: text.map(yaml) },
  number,
  fc.constantFrom('null', 'true', 'false', '~', '2026-01-01'),
);

/** Any small YAML value. */
export const anyValue: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: scalar },
  listOf(scalar),
  mapOf(text, scalar),
  listOf(mapOf(text, scalar)),
);

/** Lines of a map at the top of a document, each there or not. */
export const lines = (
  entries: Readonly<Record<string, fc.Arbitrary<string>>>,
): fc.Arbitrary<string> =>
  fc
    .record(
      Object.fromEntries(
        Object.entries(entries).map(([key, value]) => [
          key,
          fc.option(value, { nil: undefined, freq: 3 }),
        ]),
      ),
    )
    .map((made) =>
      Object.entries(made)
        .flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${value}\n`]))
        .join(''),
    );

/** Now and then, a piece of the text is lost, or comes twice. */
export const damaged = (whole: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 12, arbitrary: whole },
    fc.tuple(whole, fc.nat(), fc.nat(40), fc.boolean()).map(([document, at, length, twice]) => {
      const start = at % (document.length + 1);
      return (
        document.slice(0, twice ? start + length : start) +
        document.slice(twice ? start : start + length)
      );
    }),
  );
