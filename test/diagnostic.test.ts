import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { collect } from '../src/sigma/collection/collection.ts';
import { readDocuments } from '../src/sigma/collection/document.ts';
import { codeCatalogue, type DiagnosticCode } from '../src/source/code/catalogue.ts';
import { createBag, type DiagnosticBag, type Severity } from '../src/source/diagnostic.ts';

const file = { path: 'x.yml', text: 'title: x' };
const codes = Object.keys(codeCatalogue) as readonly DiagnosticCode[];

function severityOf(code: DiagnosticCode, wanted: Severity): Severity {
  const bag = createBag(new Map([[code, wanted]]));
  bag.add(file, { code, message: 'm', span: { start: 0, end: 1 } });
  return bag.list[0]?.severity ?? 'off';
}

describe('severities', () => {
  const fatal = codes.filter((code) => codeCatalogue[code].fatal);
  const others = codes.filter((code) => !codeCatalogue[code].fatal);

  test.each(fatal)('%s is an error whatever is asked for', (code) => {
    for (const wanted of ['off', 'info', 'warning', 'error'] as const)
      expect(severityOf(code, wanted)).toBe('error');
  });

  test.each(others)('%s is what is asked for', (code) => {
    for (const wanted of ['off', 'info', 'warning', 'error'] as const)
      expect(severityOf(code, wanted)).toBe(wanted);
  });
});

describe('a correlation with a dangling reference', () => {
  const text = [
    'title: c\nid: c0000000-0000-4000-8000-000000000001',
    'correlation: { type: event_count, rules: [nobody], group-by: [User], timespan: 5m, condition: { gte: 2 } }\n',
  ].join('\n');
  const rulesFor = (bag: DiagnosticBag) =>
    collect(readDocuments({ path: 'c.yml', text }, bag).documents, bag).rules;

  test('is an error and no rule, though its code is switched off', () => {
    const bag = createBag(new Map([['SIG051', 'off']]));
    expect(rulesFor(bag)).toEqual([]);
    expect(bag.list).toMatchObject([{ code: 'SIG051', severity: 'error' }]);
  });

  test('is not a rule with a bag that keeps nothing either', () => {
    expect(rulesFor({ list: [], add: () => {} })).toEqual([]);
  });
});

test.each([
  ['splunk', ['docs/splunk-pack.md']],
  ['graylog', ['docs/graylog-pack.md']],
  ['grep', ['docs/convert.md']],
  ['sql', ['docs/convert.md']],
  [undefined, ['docs/splunk-pack.md', 'docs/graylog-pack.md', 'docs/convert.md']],
] as const)('a hint about %s names the document of this target', (target, documents) => {
  for (const code of ['TGT002', 'TGT003'] as const) {
    const bag = createBag();
    bag.add(file, { code, message: '', span: { start: 0, end: 0 }, ...(target && { target }) });
    const [{ hint } = { hint: '' }] = bag.list;
    expect(hint.match(/docs\/[\w-]+\.md/g)).toEqual(documents);
    for (const path of documents)
      expect(existsSync(join(import.meta.dirname, '..', path)), path).toBe(true);
  }
});
