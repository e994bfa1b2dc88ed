import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { apiPage } from '../scripts/api-page.ts';
import { declarationsOf } from '../scripts/declarations.ts';
import { update } from './update.ts';

const path = new URL('../docs/api.md', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
const declarations = declarationsOf(read('../dist/lib/index.d.ts'));
const page = apiPage(declarations, read('../src/index.ts'));

test('docs/api.md has what the library exports', () => {
  if (update) writeFileSync(path, page);
  expect(
    readFileSync(path, 'utf8'),
    'npm run build && UPDATE=1 npx vitest run test/index-page.test.ts writes it',
  ).toBe(page);
});

test('each name has one heading, and links lead to headings', () => {
  const headings = page.match(/^#+ .*$/gm)?.map((line) => line.replace(/^#+ /, '')) ?? [];
  expect(headings).toEqual(expect.arrayContaining(declarations.exported.map(({ name }) => name)));
  const anchors = headings.map((heading) => heading.toLowerCase().replaceAll(' ', '-'));
  expect(new Set(anchors).size).toBe(anchors.length);
  const targets = [...page.matchAll(/\]\(#([^)]*)\)/g)].map(([, anchor]) => anchor);
  expect(targets.filter((anchor) => !anchors.includes(anchor ?? ''))).toEqual([]);
});
