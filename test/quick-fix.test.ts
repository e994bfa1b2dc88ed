import { describe, expect, it } from 'vitest';
import { quickFixes } from '../src/editor/quick-fix.ts';
import { edited } from '../src/editor/text-edit.ts';
import type { DiagnosticCode } from '../src/source/code/catalogue.ts';
import { createBag } from '../src/source/diagnostic.ts';

const made = '5f0c1d1e-7a52-4a0e-9f0f-0d6a7b0e7c21';

/** The titles of the fixes of a diagnostic, and the text after each. */
function fixesAt(code: DiagnosticCode, text: string, marked: string) {
  const bag = createBag(new Map([[code, 'warning']]));
  const start = text.indexOf(marked);
  const span = { start, end: start + marked.length };
  bag.add({ path: 'a.yml', text }, { code, message: 'm', span });
  return bag.list.flatMap((one) =>
    quickFixes(one, () => made).map(({ title, edits }) => [title, edited(text, edits)]),
  );
}

describe('an id', () => {
  it('is made where there is none', () => {
    expect(fixesAt('SIG042', 'title: T\nstatus: test\n', 'T')).toEqual([
      ['Give the rule an id', `title: T\nid: ${made}\nstatus: test\n`],
    ]);
  });

  it.each([
    ['LNT008', 'title: T\nid: foo\n', 'foo', `title: T\nid: ${made}\n`],
    ['LNT008', "id: 'foo'\ntitle: T\n", "'foo'", `id: '${made}'\ntitle: T\n`],
    ['LNT037', `id: ${made}\n`, made, `id: ${made}\n`],
    ['SIG040', '{ title: T, "id": foo }', 'foo', `{ title: T, "id": ${made} }`],
  ] as const)('is replaced for %s in %j', (code, text, marked, after) => {
    expect(fixesAt(code, text, marked)).toEqual([['Give the rule a new id', after]]);
  });

  it('is not written over a title, where the copy has the id from elsewhere', () => {
    expect(fixesAt('SIG040', 'title: T\n', 'T')).toEqual([]);
  });
});
