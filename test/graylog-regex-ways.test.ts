import { expect, test } from 'vitest';
import { detectionOf } from './compile.ts';
import { ingested } from './ingest-agreement.ts';

/** Why a rule with the regular expression can't be tested at ingest; undefined: it can. */
const reasonOf = (pattern: string): string | undefined => {
  const compiled = detectionOf(`s: { a|re: ${JSON.stringify(pattern)} }\ncondition: s`);
  return ingested([compiled]).refused[0]?.reason;
};

// each but the first takes Java for ever on 40 times `a` and a `!`
test.each([
  '(a+)+b',
  '(?:a+){16}b',
  '(?:a{1,16}){1,16}b',
  '(?:a{1,4}){1,16}b',
  '^(?:(?:a{0,16}){0,16}){0,16}$',
  '(?:a{1,3}){1,}?b',
])('%s is refused', (pattern) => {
  expect(reasonOf(pattern)).toMatch(/a repetition inside a repetition may take for ever/);
});

test.each([
  '(?:[a-z0-9-]+\\.){2}b',
  '(?:[a-z]{1,63}\\.){1,8}b',
  '(?i)(?:[a-z]{1,63}\\.){1,8}b',
  '(?:[0-9a-f]{2}\\s?){2,20}',
  '(?:\\s*\\d{1,3}\\s*,){2}',
  '(?:[^|]{1,30}\\|){12}',
  '(?>a{1,16}){1,16}b',
  '(?:a{1,16}+){1,16}b',
  'a{1,5000}',
  '(?:foo|bar){1,16}',
])('%s is tested', (pattern) => {
  expect(reasonOf(pattern)).toBeUndefined();
});

test.each(['(?:[a-z.]{1,63}\\.){1,8}b', '(?i)(?:[a-w]{1,30}W){1,8}'])(
  'in %s nothing separates the rounds',
  (pattern) => {
    expect(reasonOf(pattern)).toMatch(/a repetition inside a repetition/);
  },
);
