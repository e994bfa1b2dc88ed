import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { unpainted } from '../src/cli/report/context.ts';
import { reportText } from '../src/cli/report/text.ts';
import { compareDiagnostics, createBag } from '../src/source/diagnostic.ts';
import { compileText } from './compile.ts';
import { update } from './update.ts';

// A case is a folder: rule.yml and what a person reads about it. UPDATE=1 writes the latter anew;
// read it before you commit it.
const folder = join(import.meta.dirname, 'errors');
const cases = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

function reportOf(name: string): string {
  const bag = createBag();
  compileText(readFileSync(join(folder, name, 'rule.yml'), 'utf8'), bag);
  return reportText(bag.list.toSorted(compareDiagnostics), {
    toolVersion: '0.0.0',
    paint: unpainted,
    width: 100,
    failOn: 'error',
  });
}

describe('what a person reads', () => {
  test('there are cases', () => {
    expect(cases.length).toBeGreaterThanOrEqual(25);
  });

  test.each(cases)('%s', (name) => {
    const path = join(folder, name, 'expected.txt');
    const report = reportOf(name);
    expect(report, 'rule.yml gives no diagnostic; lint.test.ts tests those of LNT').not.toBe('');
    if (update) writeFileSync(path, report);
    expect(existsSync(path), 'expected.txt is missing: run with UPDATE=1').toBe(true);
    expect(report).toBe(readFileSync(path, 'utf8'));
  });
});
