import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { goldenCases, goldenFolder, goldenTexts, targetNames } from './golden.ts';
import { update } from './update.ts';

// UPDATE=1 npx vitest run test/golden.test.ts writes the files anew; each is a claim about meaning:
// read it before you commit it.

describe('golden cases', () => {
  test('are many', () => {
    expect(goldenCases.length).toBeGreaterThanOrEqual(50);
  });

  test.each(goldenCases)('%s', (name) => {
    const folder = join(goldenFolder, name);
    const texts = goldenTexts(name);
    expect([...texts].filter(([, text]) => text === '')).toEqual([]);
    // a placeholder that no pipeline fills is a case of its own
    const faults = [...texts.values()].flatMap(
      (text) => text.match(/error\[SIG(?!024)\d+\].*/g) ?? [],
    );
    expect(faults, 'rule.yml is at fault').toEqual([]);
    if (update)
      for (const [target, text] of texts) writeFileSync(join(folder, `${target}.txt`), text);
    const given = existsSync(join(folder, 'pipeline.yml'))
      ? ['pipeline.yml', 'rule.yml']
      : ['rule.yml'];
    const how = 'UPDATE=1 npx vitest run test/golden.test.ts writes the texts';
    expect(readdirSync(folder).sort(), how).toEqual(
      [...given, ...targetNames.map((target) => `${target}.txt`)].sort(),
    );
    for (const [target, text] of texts)
      expect(text, `${name}/${target}.txt; ${how}`).toBe(
        readFileSync(join(folder, `${target}.txt`), 'utf8'),
      );
  });
});
