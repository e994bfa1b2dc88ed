import { expect, test } from 'vitest';
import { changeKinds } from '../src/release/diff/diff.ts';
import { diffMarkdown } from '../src/release/diff/markdown.ts';
import type { ChangeView, DiffView } from '../src/release/diff/view.ts';

/** What GitHub takes as a comment, less what the workflow puts around a diff. */
const limit = 65_000;

const change = (index: number, title: string, notes = 1): ChangeView => ({
  id: `${index}`,
  title: `${index} ${title}`,
  kinds: [changeKinds[index % 2 === 0 ? 0 : 3], 'moved'],
  severity: 'high',
  file: `rules/${title}.yml`,
  notes: Array.from({ length: notes }, () => ({ label: 'finds', text: title })),
  queries: [{ target: 'splunk', pieces: [{ kind: 'added', text: title }] }],
});
const view = (more: Partial<DiffView>): DiffView => ({
  from: 'main',
  to: 'work tree',
  counts: [{ kind: 'removed', count: 1 }],
  unchanged: 0,
  changes: [],
  parameters: { added: [], removed: [] },
  settings: [],
  uncompiled: [],
  notCompared: [],
  conditionsKnown: true,
  ...more,
});
const many = <T>(count: number, of: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, index) => of(index));
const error = (index: number, message: string) => ({
  file: `rules/${index}.yml`,
  line: 1,
  column: 1,
  code: 'SIG001',
  message,
  side: 'work tree',
});

// each list alone, all of them, and texts of which every character is escaped
const long = '*'.repeat(4000);
test.each<readonly [string, Partial<DiffView>, number]>([
  ['changes', { changes: many(5000, (index) => change(index, 'Rule')) }, 0],
  ['changes with long texts', { changes: many(500, (index) => change(index, long, 20)) }, 0],
  [
    'parameters',
    {
      parameters: { added: many(5000, (index) => `a${index}`), removed: many(5000, () => long) },
      changes: [change(0, 'Rule')],
    },
    0,
  ],
  [
    'errors',
    {
      uncompiled: many(5000, (index) => error(index, long)),
      notCompared: many(5000, () => long),
      changes: [change(0, 'Rule')],
    },
    0,
  ],
  ['tests', { changes: [change(0, 'Rule')] }, 5000],
  ['labels', { from: long.repeat(20), to: long.repeat(20) }, 0],
  [
    'all of them',
    {
      from: long,
      uncompiled: many(200, (index) => error(index, 'a&b'.repeat(999))),
      notCompared: many(200, () => long),
      parameters: { added: many(200, () => long), removed: many(200, () => '&'.repeat(999)) },
      changes: many(3000, (index) => change(index, long)),
    },
    200,
  ],
])('a diff with many %s fits a comment', (_, more, sides) => {
  const text = diffMarkdown(
    view(more),
    many(sides, () => ({ id: '1', title: long, test: long, before: 0, after: 1, events: 1 })),
  );
  expect(text.length).toBeLessThan(limit);
  expect(text.endsWith('\n')).toBe(true);
});

test('what is left out is counted, and a change too long for the comment keeps its first line', () => {
  const changes = [
    change(0, 'Long', 30_000),
    ...many(2000, (index) => change(2 * index + 2, 'Short')),
  ];
  const text = diffMarkdown(view({ changes }), []);
  expect(text).toContain('- **0 Long** (high, rules/Long.yml, moved)\n- **2 Short**');
  expect(text.match(/^### Removed$/gm)).toHaveLength(1);
  const listed = text.match(/^- \*\*/gm)?.length ?? 0;
  expect(listed).toBeGreaterThan(100);
  expect(text).toContain(`… and ${changes.length - listed} more.\n`);
});

test('nothing changed is said, errors first', () => {
  expect(diffMarkdown(view({ counts: [], unchanged: 3 }), [])).toBe(
    '## Detections: main → work tree\n\nNothing changed in 3 detections.\n',
  );
  const text = diffMarkdown(
    view({
      counts: [],
      unchanged: 3,
      uncompiled: many(31, (index) => error(index, 'wrong')),
      notCompared: ['A'],
    }),
    [],
  );
  expect(text).toMatch(
    /^.*\n\n### Does not compile\n\n- rules\/0\.yml:1:1 \(work tree\): wrong \(SIG001\)\n/,
  );
  expect(text).toContain(
    '- … and 1 more\n\nNot compared, since an error leaves them out on one side:\n\n- A\n\nNothing changed in 3 detections.\n',
  );
});
