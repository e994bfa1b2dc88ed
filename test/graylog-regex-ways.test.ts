import { expect, test } from 'vitest';
import { detectionOf } from './compile.ts';
import { ingested, planOf } from './ingest-agreement.ts';

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

/** How many Sigma rules share the text with one of the expression. */
function together(pattern: string): number | undefined {
  const compiled = [`{ a|re: '${pattern}' }`, '{ a: b }', '{ a: c }'].map((test, at) => {
    const made = detectionOf(`s: ${test}\ncondition: s`);
    return { ...made, rule: { ...made.rule, id: `rule-${at}` } };
  });
  const { rules } = planOf(ingested(compiled).rules);
  return rules.find(({ ids }) => ids.includes('rule-0'))?.ids.length;
}

// Java uses up its stack on a long value, which ends the list of conditions
test.each([
  ['(?:a|bc)+', 1],
  ['(?:(?:(?:a|bc){16}){16}){16}', 1],
  ['(?:(?:a|bc){5}){5}', 1],
  ['(?:(?:a|bc){4}){4}', 3],
  ['(?:a|bc){4}'.repeat(5), 1],
  ['[a-z]+b{4,}', 3],
])('%s is in a text of %i rules', (pattern, count) => {
  expect(together(pattern)).toBe(count);
});
