import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../judges/places.ts';
import { sigpack } from '../sigpack.ts';
import { launched } from './browser.ts';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const playground = 'playground.html';
const folder = mkdtempSync(join(tmpdir(), 'sigpack-axe-'));
let browser: Browser;

beforeAll(async () => {
  browser = await launched();
  const pages = await sigpack(['docs', join(root, 'rules'), '-o', join(folder, 'site')]);
  expect(pages.stdout).toMatch(/^wrote \d+ pages/m);
  const made = await sigpack(['playground', '-o', join(folder, 'site', playground)]);
  expect(made.code).toBe(0);
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

const widths = [390, 1280];

/** What axe finds wrong on a page, at each width that its window is given. */
async function found(path: string, colorScheme: 'dark' | 'light') {
  const context = await browser.newContext({
    colorScheme,
    // the pages allow no script but their own
    bypassCSP: true,
  });
  try {
    const page = await context.newPage();
    await page.goto(pathToFileURL(join(folder, 'site', path)).href);
    // the last part of the playground that comes
    if (path === playground) await page.locator('.cm-content').waitFor();
    await page.addScriptTag({ path: axe });
    const all: string[] = [];
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      // of what passes it would describe each element
      const { violations } = await page.evaluate<AxeResults>(
        `axe.run({ resultTypes: ['violations'] })`,
      );
      for (const { id, nodes } of violations)
        all.push(`${width} ${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    }
    return all;
  } finally {
    await context.close();
  }
}

const first = (kind: string): string =>
  `${kind}/${readdirSync(join(folder, 'site', kind)).find((name) => name.endsWith('.html'))}`;

describe.each(['light', 'dark'] as const)('axe finds nothing wrong, %s', (scheme) => {
  test.each([
    ['the index', () => 'index.html'],
    ['a rule', () => first('rules')],
    ['a log source', () => first('sources')],
    ['the statistics', () => 'statistics.html'],
    ['the playground', () => playground],
  ])('on the page of %s', async (_, path) => {
    expect(await found(path(), scheme)).toEqual([]);
  });
});
