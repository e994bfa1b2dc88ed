import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeFiles } from '../project-folder.ts';
import { servedRule as rule, type Serving, serve } from '../serving.ts';
import { launched } from './browser.ts';

const folder = mkdtempSync(join(tmpdir(), 'sigpack-served-'));
const file = join(folder, 'rules', 'logon.yml');
let browser: Browser;
let serving: Serving;

beforeAll(async () => {
  writeFiles(folder, { 'sigpack.yml': 'targets: [splunk]\n', 'rules/logon.yml': rule('First') });
  browser = await launched();
  serving = await serve(folder, '--port', '0');
});
afterAll(async () => {
  await browser?.close();
  await serving?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const heading = (page: Page): Promise<string | null> => page.locator('h1').textContent();
const shows = (page: Page, title: string) =>
  expect.poll(() => heading(page), { timeout: 20_000 }).toBe(title);

/** As if the user had another tab in front of it, or no longer. */
const setHidden = (page: Page, hidden: boolean): Promise<void> =>
  page.evaluate<void>(`
    Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  `);

it('follows changes in more pages than a browser has connections to a server', async () => {
  const context = await browser.newContext();
  const pages: Page[] = [];
  for (let count = 0; count < 8; count++) {
    const page = await context.newPage();
    pages.push(page);
    await page.goto(`${serving.address}rules/logon.html`);
    expect(await heading(page)).toBe('First');
  }
  const [away] = pages;
  if (away === undefined) throw new Error('there is no page');
  await setHidden(away, true);
  writeFileSync(file, rule('Second'));
  for (const page of pages.slice(1)) await shows(page, 'Second');
  expect(await heading(away)).toBe('First');
  await setHidden(away, false);
  await shows(away, 'Second');

  // the error in place of the page, and the page in place of the error
  writeFileSync(file, rule('Third').replace('4624 }', '[4624 }'));
  for (const page of pages) await shows(page, 'No such page');
  writeFileSync(file, rule('Fourth'));
  for (const page of pages) await shows(page, 'Fourth');
  await context.close();
});

it('loads a page once for each change, and again from a server that comes back', async () => {
  writeFileSync(file, rule('Fifth'));
  const page = await browser.newPage();
  await page.goto(`${serving.address}rules/logon.html`);
  await shows(page, 'Fifth');
  await page.waitForLoadState();
  let loads = 0;
  page.on('load', () => loads++);
  await page.waitForResponse(/\/version$/);
  await page.waitForResponse(/\/version$/);
  expect(loads).toBe(0);
  const { port } = new URL(serving.address);
  await serving.stop();
  writeFileSync(file, rule('Sixth'));
  serving = await serve(folder, '--port', port);
  await shows(page, 'Sixth');
  // the heading is there before the page has loaded; what loads again does so with the next answer
  await expect.poll(() => loads, { timeout: 20_000 }).toBe(1);
  await page.waitForResponse(/\/version$/);
  await page.waitForResponse(/\/version$/);
  expect(loads).toBe(1);
  await page.close();
});
