import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { targets } from '../../src/backend/registry.ts';
import type { PlaygroundInput, PlaygroundResult } from '../../src/playground/messages.ts';
import { corpusFolders } from '../corpus/corpus.ts';
import { sigpack } from '../sigpack.ts';
import { launched } from './browser.ts';

const temporary = mkdtempSync(join(tmpdir(), 'sigpack-playground-'));
const file = join(temporary, 'playground.html');
const names = targets.map(({ name }) => name);
const targetNames = names.join();

let browser: Browser;
let context: BrowserContext | undefined;
let faults: string[] = [];

beforeAll(async () => {
  browser = await launched();
  expect(await sigpack(['playground', '-o', file], { cwd: temporary })).toMatchObject({ code: 0 });
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

/** The page, in a browser that reports whatever it asks for and whatever fails. */
async function open(
  options: BrowserContextOptions = {},
  fragment = '',
  path = file,
): Promise<Page> {
  context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const address = pathToFileURL(path).href;
  context.on('request', (request) => {
    const url = request.url();
    if (url.split('#')[0] !== address && !/^(?:blob:|data:)/.test(url))
      faults.push(`request: ${url}`);
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
  await page.goto(`${address}${fragment}`);
  return page;
}

const poll = <T>(ask: () => T | Promise<T>) => expect.poll(ask, { timeout: 30_000 });
const query = (page: Page): Promise<string | null> => page.locator('#query').textContent();
const shows = (page: Page, text: string | RegExp) => poll(() => query(page)).toMatch(text);

/** Types a rule in place of the one that is there. */
async function type(page: Page, text: string): Promise<void> {
  await page.locator('.cm-content').click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
}

/** What a page does with a worker of its own, as it makes the one that it has. */
const compileAll = `async (inputs) => {
  const text = (id) => document.getElementById(id).textContent;
  globalThis.compiling ??= new Worker(URL.createObjectURL(new Blob([text('worker')])));
  compiling.postMessage({ kind: 'data', data: JSON.parse(text('data')) });
  const results = [];
  for (const [id, input] of inputs.entries())
    results.push(await new Promise((resolve, reject) => {
      compiling.onmessage = ({ data }) => resolve(data.result.queries);
      compiling.onerror = ({ message }) => reject(new Error(message));
      compiling.postMessage({ kind: 'compile', id, input });
    }));
  return results;
}`;
const batch = 400;

/** The queries for many inputs, which one worker of the page compiles. */
async function compiled(
  page: Page,
  inputs: readonly PlaygroundInput[],
): Promise<readonly PlaygroundResult['queries'][]> {
  const results: PlaygroundResult['queries'][] = [];
  for (let at = 0; at < inputs.length; at += batch) {
    const some = JSON.stringify(inputs.slice(at, at + batch));
    results.push(
      ...(await page.evaluate<PlaygroundResult['queries'][]>(`(${compileAll})(${some})`)),
    );
  }
  return results;
}

const inputOf = (rule: string, settings = ''): PlaygroundInput => ({
  rule,
  settings,
  pipelines: {},
  pasted: '',
  events: '',
});

const rule = (selection: string): string =>
  `title: A\nid: 5c1f6d0e-7c2b-4c57-9d0d-2a3f0c6b8e11\nlogsource:\n  product: windows\n` +
  `detection:\n  selection:\n    ${selection}\n  condition: selection\n`;

/** What `sigpack convert` prints for one file, by target. */
async function converted(path: string, config: string): Promise<Readonly<Record<string, string>>> {
  const { stdout } = await sigpack(['convert', path, '-t', targetNames, '-c', config]);
  const texts = stdout.split(/^== (.*)\n/m).slice(1);
  return Object.fromEntries(names.map((name) => [name, texts[texts.indexOf(name) + 1] ?? '']));
}

const ruleFiles = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.yml$/.test(name) && !/\.test\.yml$|(?:^|\/)sigpack\.yml$/.test(name))
    .map((name) => join(folder, name))
    .sort();

describe('queries of the page are those of sigpack convert, byte for byte', () => {
  const folder = join(import.meta.dirname, '..', 'rule-set');
  const plain = readFileSync(join(folder, 'sigpack.yml'), 'utf8');
  const named = `${plain.replace(/^pipelines:.*\n/m, '')}
pipelines: { splunk: [splunk], graylog: [graylog], es-qs: [elastic], xpack-watcher: [elastic] }
`;

  it.each([
    ['with the names of Sigma', plain],
    ['through pipelines', named],
  ])('over the rule set, %s', async (_, settings) => {
    const project = mkdtempSync(join(temporary, 'config-'));
    const config = join(project, 'sigpack.yml');
    writeFileSync(config, settings);
    const paths = ruleFiles(folder);
    expect(paths.length).toBeGreaterThan(300);
    const texts = paths.map((path) => readFileSync(path, 'utf8'));
    // a command for each file would read the pipelines each time
    const lone = paths.filter((_, index) => !/^---/m.test(texts[index] ?? ''));
    const out = join(project, 'out');
    const files = lone.map((path) => relative(folder, path));
    await sigpack(['convert', ...files, '-t', targetNames, '-c', config, '-o', `${out}/`], {
      cwd: folder,
    });
    const refused = join(project, 'refused.yml');
    writeFileSync(refused, rule('User|expand: "%nobody%"'));
    const nothing = await converted(refused, config);
    const page = await open();
    const results = await compiled(
      page,
      texts.map((text) => inputOf(text, settings)),
    );
    let queries = 0;
    for (const [index, path] of paths.entries()) {
      const own = Object.fromEntries(
        results[index]?.map(({ target, text }) => [target, text]) ?? [],
      );
      const wanted = lone.includes(path)
        ? Object.fromEntries(
            names.map((name) => [name, textsIn(out, name, folder, path) || nothing[name]]),
          )
        : await converted(path, config);
      expect([path, own]).toEqual([path, wanted]);
      queries += Object.values(own).filter((text) => text !== '').length;
    }
    expect(queries).toBeGreaterThan(1000);
  });

  it('over the corpus', async () => {
    const out = join(temporary, 'corpus');
    const page = await open();
    let compared = 0;
    for (const root of corpusFolders) {
      const to = join(out, basename(root));
      await sigpack(['convert', root, '-t', targetNames, '-o', `${to}/`], { cwd: temporary });
      const paths = ruleFiles(root);
      const inputs = paths.map((path) => inputOf(readFileSync(path, 'utf8')));
      const results = await compiled(page, inputs);
      for (const [index, path] of paths.entries())
        for (const { target, rules, text } of results[index] ?? []) {
          // of several rules, it writes several lists
          if (target === 'xpack-watcher' && rules > 1) continue;
          const shown = rules === 0 ? '' : text;
          expect([path, target, shown]).toEqual([path, target, textsIn(to, target, root, path)]);
          compared++;
        }
    }
    expect(compared).toBeGreaterThan(20_000);
  });
});

/** What convert wrote for the rules of a file: one file for each. */
function textsIn(folder: string, target: string, root: string, path: string): string {
  const stem = join(folder, target, relative(root, path)).replace(/\.yml$/, '');
  const known = written(dirname(stem));
  const names = [basename(stem)];
  while (known.has(`${basename(stem)}-${names.length + 1}`))
    names.push(`${basename(stem)}-${names.length + 1}`);
  return names.map((name) => known.get(name) ?? '').join('');
}

const folders = new Map<string, ReadonlyMap<string, string>>();
function written(folder: string): ReadonlyMap<string, string> {
  const known = folders.get(folder) ?? new Map<string, string>();
  if (folders.has(folder)) return known;
  let names: readonly string[] = [];
  try {
    names = readdirSync(folder);
  } catch {
    // no rule of the folder has a query
  }
  const texts = names
    .filter((name) => name.includes('.'))
    .map((name) => [name.replace(/\.\w+$/, ''), readFileSync(join(folder, name), 'utf8')] as const);
  const made = new Map(texts);
  folders.set(folder, made);
  return made;
}

describe('the page', () => {
  it('compiles as one types, marks what is wrong, and fixes it', async () => {
    const page = await open();
    await shows(page, /whoami\.exe/);
    await type(page, rule('Image|contians: cmd'));
    await poll(() => page.locator('#diagnostics').textContent()).toContain('contians');
    expect(await page.locator('.cm-lintRange-error').first().textContent()).toBe('contians');
    expect(await page.locator('#no-query').isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Replace with contains' }).first().click();
    await shows(page, 'Image="*cmd*"');
    await page.getByRole('tab', { name: 'graylog' }).click();
    await shows(page, 'Image:/.*[cC][mM][dD].*/');
  });

  it('colours keys, texts and comments, and indents what is below a key', async () => {
    const page = await open();
    await type(page, "title: A # why\nlist:\n  - 'one two'\ntext: |\n  key: value");
    const texts = (kind: string): Promise<readonly string[]> =>
      page.locator(`.cm-line .t-${kind}`).allTextContents();
    expect(await texts('key')).toEqual(['title', 'list', 'text']);
    expect(await texts('comment')).toEqual(['# why']);
    expect(await texts('string')).toEqual(["'one two'", '  key: value']);
    await type(page, 'detection:');
    await page.keyboard.press('Enter');
    await page.keyboard.type('selection:');
    await page.keyboard.press('Enter');
    await page.keyboard.type('- Image: a');
    await page.keyboard.press('Enter');
    await page.keyboard.type('User: b # one');
    await page.keyboard.press('ControlOrMeta+/');
    expect(await page.locator('.cm-line').allTextContents()).toEqual([
      'detection:',
      '  selection:',
      '    - Image: a',
      '      # User: b # one',
    ]);
  });

  it('counts letters and digits of all scripts as Python does', async () => {
    const page = await open();
    await page.getByText('A pipeline of your own').click();
    await page.fill(
      '#pasted',
      'name: Own\npriority: 10\ntransformations:\n  - type: replace_string\n' +
        "    regex: '(?i)\\d\\w+Y'\n    replacement: found\n",
    );
    await type(page, rule('User: "+٣ßy+"'));
    await shows(page, 'User="+found+"');
  });

  it('completes fields, modifiers and tags', async () => {
    const page = await open();
    await shows(page, /whoami\.exe/);
    await type(
      page,
      rule('CommandLine: x\n    Comm').slice(
        0,
        rule('CommandLine: x\n    Comm').lastIndexOf('Comm') + 4,
      ),
    );
    await page.keyboard.type('and');
    const list = page.locator('.cm-tooltip-autocomplete');
    await poll(() => list.textContent()).toContain('CommandLine');
    await page.keyboard.press('Escape');
    await page.keyboard.type('Line|conta');
    await poll(() => list.textContent()).toContain('contains');
  });

  it('goes through the pipelines that are chosen or pasted', async () => {
    const page = await open();
    await type(page, rule('User: anna'));
    await shows(page, 'User="anna"');
    await page.getByText('A pipeline of your own').click();
    await page.fill(
      '#pasted',
      'name: Own\npriority: 10\ntransformations:\n  - type: field_name_mapping\n    mapping: { User: account }\n',
    );
    await shows(page, 'account="anna"');
    await page.fill('#pasted', 'name: [');
    await poll(() => page.locator('#diagnostics').textContent()).toContain('pipeline, line');
    await page.fill('#pasted', '');
    await page.getByText('Settings', { exact: true }).click();
    await page.fill('#settings', 'placeholders: { admins: [root, ops] }');
    await type(page, rule('User|expand: "%admins%"'));
    await shows(page, 'User IN ("root", "ops")');
  });

  it('lists what is about the target that is shown before what is about others', async () => {
    const page = await open();
    await type(page, rule("Image|endswith: 'cmd '"));
    const first = page.locator('#diagnostics li').first();
    await page.getByRole('tab', { name: 'graylog' }).click();
    await poll(() => first.textContent()).toContain('graylog:');
    await page.getByRole('tab', { name: 'grep' }).click();
    await poll(() => first.textContent()).toContain('grep:');
    await poll(() => page.locator('#pipelines-splunk option').first().textContent()).toBe(
      'from the settings',
    );
  });

  it('says whether an event matches, which part fails, and what a correlation counts', async () => {
    const page = await open();
    await type(page, rule('Image|endswith: cmd.exe\n    User: anna'));
    await page.fill('#events', '{"Image": "C:\\\\cmd.exe", "User": "bob"}');
    const results = page.locator('#event-results');
    // the event that was there is asked first
    await poll(() => results.locator('li.fails').last().textContent()).toContain("User is 'bob'");
    expect(await results.textContent()).toContain('A does not match');
    await page.fill('#events', '<Event>');
    await poll(() => results.textContent()).toMatch(/^events:1: /);
    await page.fill('#events', '{"User": "bob"}\n{bad');
    await poll(() => results.locator('section + p').textContent()).toMatch(/^events:2: /);
    const correlation =
      `${rule('EventID: 4625').replace('title: A', 'title: A\nname: failed')}---\ntitle: Many\n` +
      'correlation:\n  type: event_count\n  rules: [failed]\n  group-by: [User]\n' +
      '  timespan: 5m\n  condition: { gte: 2 }\n';
    await type(page, correlation);
    const event = (minute: number, user: string): string =>
      JSON.stringify({ EventID: 4625, User: user, UtcTime: `2026-01-01 10:0${minute}:00.000` });
    await page.fill('#events', [event(0, 'anna'), event(1, 'bob'), event(2, 'anna')].join('\n'));
    await poll(() => results.locator('section').nth(2).textContent()).toContain(
      'Many is fulfilled at this event: anna',
    );
    expect(await results.locator('section').nth(1).textContent()).toContain(
      'Many is not fulfilled',
    );
  });

  it('sets a character apart that turns a text, and copies the query to the letter', async () => {
    const page = await open({ permissions: ['clipboard-read', 'clipboard-write'] });
    await type(page, rule('Image: "a\u202egpj.exe"'));
    await shows(page, 'a\u202egpj.exe');
    const mark = page.locator('#query bdi');
    expect([await mark.textContent(), await mark.getAttribute('data-code')]).toEqual([
      '\u202e',
      'U+202E',
    ]);
    const marked = page.locator('#editor .cm-specialChar');
    expect(await marked.count()).toBe(1);
    // what comes after it goes on from left to right
    expect(
      await page.evaluate<string>(`getComputedStyle(document.querySelector('#query bdi')).display`),
    ).toBe('inline-block');
    await page.click('#copy');
    await poll(() => page.evaluate<string>('navigator.clipboard.readText()')).toBe(
      await query(page),
    );
    for (const turning of ['\u202a', '\u202c', '\u2068', '\u2066']) {
      await type(page, rule(`Image: "b${turning}exe"`));
      expect(await marked.count(), turning).toBe(1);
    }
  });

  it('carries the rule in a link, and nothing else leaves it', async () => {
    const page = await open({ permissions: ['clipboard-read', 'clipboard-write'] });
    await type(page, rule('User: "ein <b>Gruß</b>"'));
    await page.getByRole('tab', { name: 'graylog' }).click();
    await shows(page, /ẞß/);
    const before = await query(page);
    await page.getByRole('button', { name: 'Copy a link' }).click();
    await poll(() => page.url()).toContain('#');
    const { hash } = new URL(page.url());
    await context?.close();
    const other = await open({}, hash);
    await shows(other, /ẞß/);
    expect(await query(other)).toBe(before);
    expect(await other.locator('b', { hasText: 'Gruß' }).count()).toBe(0);
    const denied = await other.evaluate<string>(
      `fetch('https://example.com/').then(() => 'sent', () => 'denied')`,
    );
    expect(denied).toBe('denied');
    // what the browser says about the request that was just denied
    faults = faults.filter((fault) => !fault.includes('example.com'));
  });

  it('opens the rule of a rule page, with its pipeline and its target', async () => {
    const project = mkdtempSync(join(temporary, 'project-'));
    writeFileSync(join(project, 'rule.yml'), rule('Image|endswith: cmd.exe'));
    const config = 'rules: [rule.yml]\ntargets: [graylog]\npipelines: { graylog: graylog }\n';
    writeFileSync(join(project, 'sigpack.yml'), config);
    await sigpack(['docs', '--playground', 'playground.html'], { cwd: project });
    const text = readFileSync(join(project, 'site/rules/rule.html'), 'utf8');
    const [, fragment = ''] = /href="\.\.\/playground\.html(#[\w-]+)"/.exec(text) ?? [];
    const page = await open({}, fragment);
    const { graylog = '' } = await converted(
      join(project, 'rule.yml'),
      join(project, 'sigpack.yml'),
    );
    expect(graylog).toContain('winlogbeat_');
    await poll(() => query(page)).toBe(graylog);
  });

  it('opens with the settings of the project', async () => {
    const project = mkdtempSync(join(temporary, 'project-'));
    const config = 'pipelines: { graylog: graylog }\n';
    writeFileSync(join(project, 'sigpack.yml'), config);
    await sigpack(['playground', '-o', 'page.html'], { cwd: project });
    const page = await open({}, '', join(project, 'page.html'));
    await shows(page, /whoami\.exe/);
    await page.getByRole('tab', { name: 'graylog' }).click();
    await shows(page, /winlogbeat_/);
    expect(await page.inputValue('#settings')).toContain('graylog: graylog');
  });

  const packed = (text: string): string => `#${deflateRawSync(text).toString('base64url')}`;

  it.each([
    ['no data', '#%%%'],
    ['other data', '#AAAA'],
    ['no object', packed('[1]')],
    ['a bomb', packed(`{"rule":"${'a'.repeat(40_000_000)}"}`)],
  ])('opens a link of %s as a broken one', async (_, fragment) => {
    const page = await open({}, fragment);
    await poll(() => page.locator('#status').textContent()).toContain('The link is broken');
    await shows(page, /whoami\.exe/);
  });

  it('shows what a hostile link has as text', async () => {
    const attack = '</script><img src=x onerror=alert(1)><script>alert(1)</script>';
    const state = {
      rule: rule(`"${attack}": "${attack}"`).replace('title: A', `title: "${attack}"`),
      settings: `${attack}: 1`,
      pipelines: { splunk: [attack, '__proto__'], __proto__: ['x'], constructor: ['x'] },
      pasted: `${attack}: 1`,
      events: JSON.stringify({ [attack]: attack }),
      target: attack,
    };
    const page = await open({}, packed(JSON.stringify(state)));
    await poll(() => page.locator('#event-results').textContent()).toContain('onerror');
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('script').count()).toBe(6);
  });

  /** A page whose worker never answers. */
  function slowPage(): string {
    const text = readFileSync(file, 'utf8');
    const start = text.indexOf('>', text.indexOf('id="worker"')) + 1;
    const slow = join(temporary, 'slow.html');
    const endless = 'onmessage = ({ data }) => { while (data.kind === "compile"); };';
    writeFileSync(
      slow,
      text.slice(0, start) + endless + text.slice(text.indexOf('</script>', start)),
    );
    return slow;
  }

  it('ends what takes too long', async () => {
    const page = await open({}, '', slowPage());
    await poll(() => page.locator('#status').textContent()).toContain('was stopped');
  });

  it('opens with the queries of the example, which its worker has too', async () => {
    const page = await open({}, '', slowPage());
    // before any answer, and before the editor
    const shown = await query(page);
    expect(shown).toMatch(/whoami\.exe/);
    await poll(() => page.locator('.cm-content').textContent()).toContain('whoami.exe');
    const opening = JSON.parse((await page.locator('#opening').textContent()) ?? '');
    await context?.close();
    const other = await open();
    const [queries = []] = await compiled(other, [opening.input]);
    expect(queries).toEqual(opening.result.queries);
    expect(queries.find(({ target }) => target === 'splunk')?.text).toBe(shown);
  });

  it('shows no example before the rule of a link', async () => {
    const state = { ...inputOf(rule('User: anna')), target: 'graylog' };
    const page = await open({}, packed(JSON.stringify(state)), slowPage());
    await poll(() => page.locator('.cm-content').textContent()).toContain('anna');
    await poll(() => page.locator('#status').textContent()).toContain('was stopped');
    expect(await query(page)).toBe('');
    expect(await page.locator('#diagnostics li, #targets button, #event-results *').count()).toBe(
      0,
    );
  });

  it.each(['light', 'dark'] as const)('can be read, %s', async (colorScheme) => {
    const page = await open({ colorScheme });
    await shows(page, /whoami\.exe/);
    await type(page, rule('Image|contians: cmd'));
    await poll(() => page.locator('#diagnostics').textContent()).toContain('contians');
    expect(await page.evaluate('inspect.faint()')).toEqual([]);
    expect(await page.evaluate('inspect.isDark()')).toBe(colorScheme === 'dark');
  });

  it.each([390, 1024, 1600])('fits a screen %i wide', async (width) => {
    const page = await open({ viewport: { width, height: 900 } });
    await shows(page, /whoami\.exe/);
    const scrollWidth = () => page.evaluate('document.documentElement.scrollWidth');
    expect(await scrollWidth()).toBe(width);
    await page.locator('.cm-content').waitFor();
    expect(await scrollWidth()).toBe(width);
  });

  it('is used with the keyboard alone', async () => {
    const page = await open();
    await page.locator('.cm-content').waitFor();
    const seen: string[] = [];
    for (let step = 0; step < 14; step++) {
      await page.keyboard.press('Tab');
      seen.push(
        await page.evaluate<string>(
          'document.activeElement.id || document.activeElement.className || document.activeElement.tagName',
        ),
      );
    }
    expect(seen.slice(0, 2)).toEqual(['share', 'theme']);
    expect(seen).toEqual(
      expect.arrayContaining(['copy', 'tab-splunk', 'query-panel', 'pipelines-splunk', 'events']),
    );
    await page.focus('#tab-splunk');
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate('document.activeElement.id')).toBe('tab-logpoint');
    expect(await page.locator('#tab-logpoint').getAttribute('aria-selected')).toBe('true');
  });
});
