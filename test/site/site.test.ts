import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { logSourcesOf } from '../../src/query/compile.ts';
import { describeLogSource } from '../../src/sigma/rule/reader.ts';
import { compileFolders } from '../compile.ts';
import { corpusFolders } from '../corpus/corpus.ts';
import { generatedRules } from '../hostile-rules.ts';
import { sigpack } from '../sigpack.ts';
import { launched } from './browser.ts';

const temporary = mkdtempSync(join(tmpdir(), 'sigpack-site-'));
const site = join(temporary, 'site');
const rulePage = 'rules/proc_creation_win_powershell_base64_encoded_cmd.html';

let browser: Browser;
let context: BrowserContext | undefined;
/** What a site must not do: errors of scripts, diagnostics of the browser, requests to elsewhere. */
let faults: string[] = [];

async function build(output: string, ...rules: readonly string[]): Promise<number> {
  const { stdout, stderr } = await sigpack(['docs', ...rules, '-o', output]);
  const pages = /^wrote (\d+) pages/m.exec(stdout)?.[1];
  if (pages === undefined) throw new Error(`no site was written: ${stdout}${stderr}`);
  return Number(pages);
}

beforeAll(async () => {
  browser = await launched();
  expect(await build(site, ...corpusFolders)).toBe(rules.length);
});
afterAll(async () => {
  await browser?.close();
  rmSync(temporary, { recursive: true, force: true });
});
afterEach(async () => {
  await context?.close();
  context = undefined;
  const found = faults;
  faults = [];
  expect(found).toEqual([]);
});

async function open(
  path: string,
  options: BrowserContextOptions = {},
  folder = site,
): Promise<Page> {
  await context?.close();
  context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const root = pathToFileURL(`${folder}/`).href;
  context.on('request', (request) => {
    if (!request.url().startsWith(root) && request.url() !== 'data:,')
      faults.push(`request: ${request.url()}`);
  });
  context.on('weberror', (error) => faults.push(`error: ${error.error().message}`));
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      faults.push(`console: ${message.text()}`);
  });
  context.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await context.addInitScript({ path: join(import.meta.dirname, 'inspector.js') });
  const page = await context.newPage();
  await page.goto(root + path);
  return page;
}

const count = (page: Page): Promise<string> =>
  page
    .locator('#count')
    .textContent()
    .then((text) => text ?? '');
const titles = (page: Page): Promise<readonly string[]> =>
  page.locator('#rows a').allTextContents();
/** Asks test/site/inspector.js. */
const inspect = <Found = readonly string[]>(page: Page, what: string): Promise<Found> =>
  page.evaluate<Found>(`inspect.${what}()`);
const focused = (page: Page): Promise<string> => inspect<string>(page, 'focus');
const clipboard = (page: Page): Promise<string> =>
  page.evaluate<string>('navigator.clipboard.readText()');

/** The rules by another way than the site's data. */
const rules = compileFolders(corpusFolders).map((compiled) => ({
  level: compiled.rule.level ?? '',
  status: compiled.rule.status ?? '',
  title: compiled.rule.title,
  tags: compiled.rule.tags,
  source: logSourcesOf(compiled).map(describeLogSource).join(),
}));
const shownOf = (fits: (rule: (typeof rules)[number]) => boolean): string =>
  `${rules.filter(fits).length.toLocaleString('en-US')} of ${all}`;
const all = `${rules.length.toLocaleString('en-US')} rules`;
const ofStealth = (rule: { readonly tags: readonly string[] }): boolean =>
  rule.tags.some((tag) => tag === 'attack.stealth' || /^attack\.defense[_-]evasion$/.test(tag));

describe('the index of the whole corpus', () => {
  it('is usable at once', async () => {
    const page = await open('index.html');
    expect(await page.locator('#rows tr').count()).toBeGreaterThan(10);
    expect(await count(page)).toBe(all);
    const ready = await page.evaluate<number>(
      `performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd`,
    );
    expect(ready).toBeLessThan(8000);
  });

  it('goes on as one scrolls', async () => {
    const page = await open('index.html');
    const before = await page.locator('#rows tr').count();
    await page.evaluate('scrollTo(0, document.body.scrollHeight)');
    await expect.poll(() => page.locator('#rows tr').count()).toBeGreaterThan(before);
  });

  it('finds rules by the words of their title, technique and log source', async () => {
    const page = await open('index.html');
    await page.fill('[name=q]', 'SHADOW  copies');
    const found = await titles(page);
    const expected = rules
      .filter(({ title }) => /shadow/i.test(title) && /copies/i.test(title))
      .map(({ title }) => title);
    expect(expected.length).toBeGreaterThan(0);
    expect(found).toEqual(expect.arrayContaining(expected));
    expect(found.length).toBeLessThan(50);
    await page.fill('[name=q]', 't1558.003 windows/security');
    expect(await titles(page)).toEqual(
      expect.arrayContaining(
        rules
          .filter(
            (rule) => rule.source === 'windows/security' && rule.tags.includes('attack.t1558.003'),
          )
          .map(({ title }) => title),
      ),
    );
    await page.fill('[name=q]', 'no rule has these words');
    expect(await page.locator('#none').isVisible()).toBe(true);
    expect(await count(page)).toBe(`0 of ${all}`);
  });

  it('puts rules with the word in their title first, and finds ids, authors, fields and values', async () => {
    const page = await open('index.html');
    await page.fill('[name=q]', 'mimikatz');
    const [first = ''] = await titles(page);
    expect(first).toMatch(/^Mimikatz/i);
    for (const [words, title] of [
      ['ca2092a1-c273-4878-9b4b-0d60115bf5ea', 'Suspicious Encoded PowerShell Command Line'],
      ['originalfilename sqbfafga', 'Suspicious Encoded PowerShell Command Line'],
    ] as const) {
      await page.fill('[name=q]', words);
      expect(await titles(page)).toContain(title);
    }
  });

  it.each([
    ['tactic', 'TA0005', ofStealth],
    ['level', 'critical', ({ level }) => level === 'critical'],
    ['source', 'windows/process_creation', ({ source }) => source === 'windows/process_creation'],
    ['status', 'stable', ({ status }) => status === 'stable'],
  ] satisfies readonly (readonly [string, string, (rule: (typeof rules)[number]) => boolean])[])(
    'filters by %s',
    async (name, value, fits) => {
      const page = await open('index.html');
      await page.selectOption(`[name=${name}]`, value);
      expect(await count(page)).toBe(shownOf(fits));
    },
  );

  it('filters by all at once, and remembers it in the address', async () => {
    const page = await open('index.html');
    await page.selectOption('[name=tactic]', { label: 'Stealth' });
    await page.selectOption('[name=level]', 'high');
    await page.selectOption('[name=source]', 'windows/process_creation');
    await page.selectOption('[name=status]', 'test');
    await page.fill('[name=q]', 'rundll32');
    const found = await titles(page);
    expect(found.length).toBeGreaterThan(5);
    const fitting = rules.filter(
      (rule) =>
        ofStealth(rule) &&
        rule.level === 'high' &&
        rule.source === 'windows/process_creation' &&
        rule.status === 'test',
    );
    expect(fitting.map(({ title }) => title)).toEqual(expect.arrayContaining([...found]));
    expect(fitting.length).toBeGreaterThan(found.length);
    expect(new URLSearchParams(new URL(page.url()).hash.slice(1)).get('source')).toBe(
      'windows/process_creation',
    );

    await page.reload();
    expect(await titles(page)).toEqual(found);
    await page.locator('#rows a').first().click();
    expect(await page.locator('h1').textContent()).toBe(found[0]);
    await page.goBack();
    expect(await titles(page)).toEqual(found);
    await page.locator('#rows a').nth(1).click();
    await page.locator('.back').click();
    await page.waitForURL(/index\.html/);
    expect(await titles(page)).toEqual(found);

    await page.click('#clear');
    expect(await count(page)).toBe(all);
    expect(new URL(page.url()).hash).toBe('');
  });

  it('takes no value out of the address that it does not know', async () => {
    const page = await open(
      'index.html#level=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&technique=%3Cscript%3Ealert(1)%3C/script%3E&q=rundll32',
    );
    expect(await page.locator('[name=level]').inputValue()).toBe('');
    expect(await page.locator('img, #technique *').count()).toBe(0);
  });
});

it.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString'])(
  'a technique %s of the address has no name',
  async (name) => {
    const page = await open(`index.html#technique=${name}`);
    expect(await page.locator('#technique').textContent()).toBe(`${name}  ×`);
  },
);

describe('the keyboard', () => {
  it('leads from the search through the rows into a page and back', async () => {
    const page = await open('index.html');
    await page.keyboard.press('/');
    expect(await focused(page)).toBe('q');
    await page.keyboard.type('encoded powershell');
    const [first, second] = await titles(page);
    await page.keyboard.press('ArrowDown');
    expect(await focused(page)).toBe(first);
    await page.keyboard.press('ArrowDown');
    expect(await focused(page)).toBe(second);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    expect(await focused(page)).toBe('q');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/rules\//);
    expect(await page.locator('h1').textContent()).toBe(first);
    await page.keyboard.press('/');
    await page.waitForURL(/index\.html/);
    await expect.poll(() => focused(page)).toBe('q');
  });

  it('empties the search with Escape, and opens the first row with Enter', async () => {
    const page = await open('index.html#q=rundll32');
    await page.keyboard.press('/');
    await page.keyboard.press('Escape');
    expect(await count(page)).toBe(all);
    await page.keyboard.type('rundll32');
    const [first] = await titles(page);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/rules\//);
    expect(await page.locator('h1').textContent()).toBe(first);
  });

  it('reaches everything with Tab, and shows where it is', async () => {
    const page = await open('index.html');
    const seen: string[] = [];
    for (let step = 0; step < 9; step++) {
      await page.keyboard.press('Tab');
      seen.push(await focused(page));
      expect(await inspect(page, 'outline')).not.toBe('none');
    }
    expect(seen).toEqual([
      'Statistics',
      'Dark',
      'Rules',
      'q',
      'tactic',
      'level',
      'source',
      'status',
      ...(await titles(page)).slice(0, 1),
    ]);
  });

  it('goes through the rows past those that are there', async () => {
    const page = await open('index.html');
    const before = await page.locator('#rows tr').count();
    await page.keyboard.press('/');
    for (let step = 0; step < before + 3; step++) await page.keyboard.press('ArrowDown');
    expect(await focused(page)).toBe((await titles(page))[before + 2]);
  });

  it('switches the views with the arrows', async () => {
    const page = await open('index.html');
    await page.focus('#tab-rules');
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('#matrix').isVisible()).toBe(true);
    expect(await focused(page)).toBe('ATT&CK matrix');
    await page.keyboard.press('ArrowLeft');
    expect(await page.locator('#matrix').isVisible()).toBe(false);
  });
});

describe('a rule page', () => {
  it('copies the rule and each query, to the letter', async () => {
    const page = await open(rulePage, { permissions: ['clipboard-read', 'clipboard-write'] });
    const tabs = page.getByRole('tab');
    expect(await tabs.count()).toBe(6);
    const sections = [page.locator('#sigma-rule')];
    for (const tab of await tabs.all())
      sections.push(page.locator(`#${(await tab.getAttribute('aria-controls')) ?? ''}`));
    for (const [index, section] of sections.entries()) {
      if (index > 0) await tabs.nth(index - 1).click();
      const button = section.getByRole('button', { name: /^Copy / });
      await button.click();
      await expect.poll(() => button.textContent()).toBe('Copied');
      expect(await clipboard(page)).toBe(await section.locator('code').textContent());
    }
    const grep = await page.locator('#grep code').textContent();
    expect(grep).toMatch(/^grep -i -P '/);
    expect(await clipboard(page)).toBe(grep);
  });

  it('shows one query at a time, that of the address first, and moves with the arrows', async () => {
    const page = await open(`${rulePage}#logpoint`);
    const shown = (): Promise<readonly string[]> =>
      page.locator('.target:visible h3').allTextContents();
    expect(await shown()).toEqual(['logpoint']);
    await page.getByRole('tab', { name: 'logpoint' }).press('ArrowRight');
    expect(await shown()).toEqual(['grep']);
    expect(new URL(page.url()).hash).toBe('#grep');
    await page.keyboard.press('ArrowRight');
    expect(await shown()).toEqual([await page.getByRole('tab').first().textContent()]);
  });

  it('shows all queries without a script', async () => {
    const page = await open(rulePage, { javaScriptEnabled: false });
    expect(await page.locator('.target:visible').count()).toBe(6);
    expect(await page.locator('.tree:visible').count()).toBe(1);
  });
});

describe('the statistics', () => {
  it('lead back to the list as it was, and to its search', async () => {
    const page = await open('index.html');
    await page.selectOption('[name=level]', 'critical');
    const found = await count(page);
    await page.getByRole('link', { name: 'Statistics' }).click();
    await page.waitForURL(/statistics\.html/);
    await page.locator('.back').click();
    await page.waitForURL(/index\.html/);
    expect(await count(page)).toBe(found);
    await page.getByRole('link', { name: 'Statistics' }).click();
    await page.waitForURL(/statistics\.html/);
    await page.keyboard.press('/');
    await page.waitForURL(/index\.html/);
    await expect.poll(() => focused(page)).toBe('q');
  });
});

describe('the theme', () => {
  const isDark = (page: Page): Promise<boolean> => inspect<boolean>(page, 'isDark');

  it.each([
    ['light', false],
    ['dark', true],
  ] as const)('follows the system: %s', async (colorScheme, dark) => {
    const page = await open('index.html', { colorScheme });
    expect(await isDark(page)).toBe(dark);
    expect(await inspect(page, 'faint')).toEqual([]);
    await page.click('#tab-matrix');
    await page.check('#subs');
    expect(await inspect(page, 'faint')).toEqual([]);
    await page.goto(pathToFileURL(join(site, rulePage)).href);
    expect(await isDark(page)).toBe(dark);
    expect(await inspect(page, 'faint')).toEqual([]);
  });

  it('can be chosen, and stays chosen on other pages', async () => {
    const page = await open('index.html', { colorScheme: 'light' });
    await page.getByRole('button', { name: 'Use dark colours' }).click();
    expect(await isDark(page)).toBe(true);
    await page.locator('#rows a').first().click();
    await page.waitForURL(/\/rules\//);
    expect(await isDark(page)).toBe(true);
    await page.getByRole('button', { name: 'Use light colours' }).click();
    expect(await isDark(page)).toBe(false);
    await page.reload();
    expect(await isDark(page)).toBe(false);
  });
});

describe.each([
  [375, 812],
  [768, 1024],
  [1280, 900],
])('on a screen %i wide', (width, height) => {
  const screen = { viewport: { width, height }, isMobile: width < 500, hasTouch: width < 500 };

  it('the list fits', async () => {
    const page = await open('index.html', screen);
    expect(await inspect(page, 'misfits')).toEqual([]);
    expect(await page.locator('#rows a').first().isVisible()).toBe(true);
    await page.selectOption('[name=level]', 'critical');
    expect(await inspect(page, 'misfits')).toEqual([]);
    await page.goto(
      `${page.url().split('#')[0]}#technique=T1059.001&q=a%20long%20search%20that%20finds%20nothing`,
    );
    expect(await inspect(page, 'misfits')).toEqual([]);
  });

  it('the matrix scrolls in itself, and leads to the rules of a technique', async () => {
    const page = await open('index.html#view=matrix', screen);
    expect(await inspect(page, 'misfits')).toEqual([]);
    const last = page.locator('.column').last().getByRole('button', { disabled: false }).nth(1);
    await last.scrollIntoViewIfNeeded();
    const box = await last.boundingBox();
    expect((box?.x ?? -1) >= 0 && (box?.x ?? width) + (box?.width ?? 0) <= width + 1).toBe(true);
    expect(await inspect(page, 'misfits')).toEqual([]);
    const rulesOf = await last.locator('b').textContent();
    if (screen.hasTouch) await last.tap();
    else await last.click();
    expect(await count(page)).toBe(`${rulesOf} of ${all}`);
    await page.click('#technique');
    expect(await count(page)).toBe(all);
  });

  it('the page of a log source keeps words whole', async () => {
    const page = await open('sources/windows_process_creation.html', screen);
    expect(await inspect(page, 'misfits')).toEqual([]);
    expect(await inspect(page, 'brokenWords')).toEqual([]);
    for (const badge of await page.locator('.badges span').all())
      expect((await badge.boundingBox())?.height).toBeLessThan(30);
    expect(await page.locator('h1').textContent()).toBe('windows/process_creation');
    expect(await page.locator('h1 wbr').count()).toBe(2);
  });

  it('the longest pages fit', async () => {
    const folder = join(site, 'rules');
    const sizes = readdirSync(folder).map((name) => ({
      name,
      size: statSync(join(folder, name)).size,
    }));
    const longest = sizes.sort((a, b) => b.size - a.size).slice(0, 4);
    const page = await open(rulePage, screen);
    expect(await inspect(page, 'misfits')).toEqual([]);
    for (const { name } of longest) {
      await page.goto(pathToFileURL(join(folder, name)).href);
      expect(await inspect(page, 'misfits')).toEqual([]);
    }
  });
});

it('the matrix shows or hides gaps and sub-techniques', async () => {
  const page = await open('index.html#view=matrix');
  const shown = (): Promise<number> => page.locator('.column li:visible').count();
  const before = await shown();
  await page.uncheck('#gaps');
  const covered = await shown();
  expect(covered).toBeLessThan(before);
  await page.check('#subs');
  expect(await shown()).toBeGreaterThan(covered);
  const sub = page.locator('[data-technique="T1059.001"]').first();
  const rulesOf = await sub.locator('b').textContent();
  await sub.click();
  expect(await count(page)).toBe(`${rulesOf} of ${all}`);
  expect(rulesOf).toBe(
    String(rules.filter(({ tags }) => tags.includes('attack.t1059.001')).length),
  );
});

describe('a site of hostile rules', () => {
  const hostile = join(temporary, 'hostile');
  let pages: readonly string[] = [];
  const batch = 40;

  beforeAll(async () => {
    const folder = join(temporary, 'rules');
    const own = mkdtempSync(folder);
    for (const [name, text] of generatedRules()) writeFileSync(join(own, name), text);
    expect(await build(hostile, own, join(import.meta.dirname, '..', 'hostile'))).toBeGreaterThan(
      200,
    );
    pages = readdirSync(join(hostile, 'rules')).filter(
      (name) => statSync(join(hostile, 'rules', name)).size < 200_000,
    );
  });

  // those with the attacks in every text a page shows are opened, the rest is only parsed
  it('runs nothing of theirs and keeps each page in its form', async () => {
    const page = await open('index.html', {}, hostile);
    const root = pathToFileURL(join(hostile, 'rules/')).href;
    const opened = pages.filter((name) => /^(?:texts|names|documents)\b/.test(name));
    expect(opened.length).toBeGreaterThan(30);
    for (const name of opened) {
      await page.goto(root + name, { waitUntil: 'domcontentloaded' });
      expect([name, await inspect(page, 'shapeFaults')]).toEqual([name, []]);
    }
    for (let at = 0; at < pages.length; at += batch) {
      const texts = pages
        .slice(at, at + batch)
        .map((name) => readFileSync(join(hostile, 'rules', name), 'utf8'));
      const parse = `new DOMParser().parseFromString(text, 'text/html')`;
      const found = await page.evaluate<readonly (readonly string[])[]>(
        `${JSON.stringify(texts)}.map((text) => inspect.shapeFaults(${parse}))`,
      );
      expect(found.map((faulty, index) => [pages[at + index], faulty])).toEqual(
        texts.map((_, index) => [pages[at + index], []]),
      );
    }
  });

  it('lists them as they are written', async () => {
    const page = await open('index.html', {}, hostile);
    await page.fill('[name=q]', 'alert(1)');
    const found = await titles(page);
    expect(
      found.some((title) => title.includes('</title></script><script>alert(1)</script>')),
    ).toBe(true);
    expect(await page.locator('#rows script, #rows img, #rows style').count()).toBe(0);
    expect(await inspect(page, 'strange')).toEqual([]);
    // a log source of a rule is a choice of the filter
    const sources = await page.locator('[name=source] option').allTextContents();
    expect(sources.some((source) => source.includes('<script>'))).toBe(true);
    expect(await inspect(page, 'misfits')).toEqual([]);
  });

  it('has none of it in the data that is not JSON', () => {
    const index = readFileSync(join(hostile, 'index.html'), 'utf8');
    expect(index.match(/<script/g)).toHaveLength(2);
    expect(index).not.toContain('<img');
  });
});
