import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownHosts } from '../src/cli/command/docs/serve.ts';
import { writeFiles } from './project-folder.ts';
import { servedRule as rule, type Serving, serve } from './serving.ts';
import { sigpack } from './sigpack.ts';

const pipeline = (field: string): string => `name: own
priority: 10
transformations:
  - { id: names, type: field_name_mapping, mapping: { EventID: ${field} } }
`;

const missingTemplate = readFileSync('templates/docs/missing.html.hbs', 'utf8');

const folder = mkdtempSync(join(tmpdir(), 'sigpack-serve-'));
const ruleFile = join(folder, 'rules', 'logon.yml');
const pipelineFile = join(folder, 'pipelines', 'own.yml');
const styleFile = join(folder, 'look', 'docs', 'site.css');
const missingFile = join(folder, 'look', 'docs', 'missing.html.hbs');
let serving: Serving;

beforeAll(async () => {
  writeFiles(folder, {
    'sigpack.yml': 'targets: [splunk]\npipelines: { splunk: pipelines }\ntemplates: look\n',
    'rules/logon.yml': rule('First title'),
    'pipelines/own.yml': pipeline('FirstField'),
    'look/docs/site.css': '.first {}\n',
  });
  serving = await serve(folder, '--port', '0');
});
afterAll(async () => {
  await serving?.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number | undefined;
  readonly text: string;
}

const get = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> =>
  new Promise((done, fail) => {
    const sent = request(new URL(serving.address), { path, headers, method }, (response) => {
      let text = '';
      response.on('data', (data) => {
        text += String(data);
      });
      response.on('end', () => done({ status: response.statusCode, text }));
    });
    sent.once('error', fail).end();
  });

const version = async (): Promise<string> => (await get('/version')).text;
const versionIn = ({ text }: Answer): string | undefined =>
  /^<meta name="sigpack-version" content="([^"]+)">$/m.exec(text)?.[1];

describe('docs --serve', () => {
  it('shows the site, which may ask this server alone', async () => {
    const index = await get('/');
    expect(index.status).toBe(200);
    expect(index.text).toContain('First title');
    const page = await get('/rules/logon.html');
    expect(page.text).toContain("default-src 'none'; connect-src 'self';");
    expect(page.text).toContain('<span class="field">EventID</span>');
    expect((await get('/site.js')).text).toContain('/version');
    expect((await get('/sources/windows_security.html')).text).toContain('First title');
  });

  it.each([
    ['/../sigpack.yml', {}, 'GET', 404],
    ['/%2e%2e/sigpack.yml', {}, 'GET', 404],
    ['/rules/', {}, 'GET', 404],
    ['/', { host: 'evil.example' }, 'GET', 403],
    ['/', {}, 'POST', 405],
  ] as const)('answers %s with %j by %s with %i', async (path, headers, method, status) => {
    expect((await get(path, headers, method)).status).toBe(status);
  });

  it.each([
    ['-o', 'pages', 'leave -o out'],
    ['-f', 'md', 'leave -f out'],
    ['--port', '65536', 'a number from 0 to 65535'],
    ['--port', '8080x', 'a number from 0 to 65535'],
  ])('refuses %s %s', async (option, value, expected) => {
    const args = ['docs', '--serve', '--port', '0', option, value];
    const { code, stderr } = await sigpack(args, { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toContain(expected);
  });

  it('says that its port is taken', async () => {
    const { port } = new URL(serving.address);
    const { code, stderr } = await sigpack(['docs', '--serve', '--port', port], { cwd: folder });
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(`port ${port} can't be used: another program does; --port names`),
    ]);
  });

  it('knows its names as browsers send them', () => {
    expect(ownHosts(8080)).toEqual(['127.0.0.1:8080', 'localhost:8080']);
    expect(ownHosts(80)).toEqual(['127.0.0.1:80', '127.0.0.1', 'localhost:80', 'localhost']);
  });

  it.each([
    ['a pipeline', pipelineFile, pipeline('SecondField'), '/rules/logon.html', 'SecondField'],
    ['a template', styleFile, '.second {}\n', '/site.css', '.second'],
    ['a new template', missingFile, missingTemplate.replace('No such', 'Not one'), '/x', 'Not one'],
  ])('follows %s that is elsewhere', async (_, file, text, page, expected) => {
    expect((await get(page)).text).not.toContain(expected);
    writeFileSync(file, text);
    await expect.poll(async () => (await get(page)).text, { timeout: 20_000 }).toContain(expected);
  });

  it('shows the errors in place of the page of a broken rule, and the page again', async () => {
    const other = join(folder, 'rules', 'other.yml');
    const page = async (): Promise<string> => (await get('/rules/other.html')).text;
    const sound = rule('Other').replace('0001', '0002');
    writeFileSync(other, sound);
    await expect.poll(page, { timeout: 20_000 }).toContain('<span class="field">EventID</span>');
    writeFileSync(other, sound.replace('EventID:', '"EventID|contians<b>":'));
    await expect.poll(page, { timeout: 20_000 }).toContain('contians&#60;b&#62;');
    expect(await page()).toContain('other.yml:7:');
    expect(await page()).not.toContain('<b>');
    const [, script = ''] = /<script src="([^"]*)"/.exec(await page()) ?? [];
    expect((await get(script)).text).toContain('/version');
    writeFileSync(other, sound);
    await expect.poll(page, { timeout: 20_000 }).toContain('<span class="field">EventID</span>');
    rmSync(other);
    await expect.poll(page, { timeout: 20_000 }).toContain('No such page');
    expect(await page()).not.toContain('<pre>');
  });

  it('follows files and folders that others take the place of, each time', async () => {
    const index = async (): Promise<string> => (await get('/')).text;
    for (const title of ['Saved once', 'Saved twice', 'Saved thrice']) {
      writeFileSync(`${ruleFile}.new`, rule(title));
      renameSync(`${ruleFile}.new`, ruleFile);
      await expect.poll(index, { timeout: 20_000 }).toContain(title);
    }
    const [inside, outside] = [join(folder, 'rules', 'more'), join(folder, 'more')];
    for (const title of ['New once', 'New twice']) {
      mkdirSync(join(outside, 'deep'), { recursive: true });
      writeFileSync(join(outside, 'deep', 'new.yml'), rule('First of all').replace('0001', '0003'));
      renameSync(outside, inside);
      await expect.poll(index, { timeout: 20_000 }).toContain('First of all');
      writeFileSync(join(inside, 'deep', 'new.yml'), rule(title).replace('0001', '0003'));
      await expect.poll(index, { timeout: 20_000 }).toContain(title);
      renameSync(inside, outside);
      await expect.poll(index, { timeout: 20_000 }).not.toContain(title);
    }
  });

  it('follows the folder of the rules after it was gone, more than once', async () => {
    const index = async (): Promise<string> => (await get('/')).text;
    const [rules, away] = [join(folder, 'rules'), join(folder, 'away')];
    for (const title of ['Back once', 'Back twice']) {
      renameSync(rules, away);
      await expect.poll(index, { timeout: 20_000 }).toContain('rules: error');
      cpSync(away, rules, { recursive: true });
      rmSync(away, { recursive: true });
      writeFileSync(ruleFile, rule(title));
      await expect.poll(index, { timeout: 20_000 }).toContain(title);
      rmSync(rules, { recursive: true });
      writeFiles(folder, { 'rules/logon.yml': rule(`${title}, new`) });
      await expect.poll(index, { timeout: 20_000 }).toContain(`${title}, new`);
    }
  });

  it('shows the errors in place of all pages while no rule can be read', async () => {
    const index = async (): Promise<string> => (await get('/')).text;
    writeFileSync(ruleFile, rule('Second title'));
    await expect.poll(index, { timeout: 20_000 }).toContain('Second title');
    const before = await version();
    for (const path of ['/', '/rules/logon.html', '/sources/windows_security.html', '/x'])
      expect([path, versionIn(await get(path))]).toEqual([path, before]);
    writeFileSync(ruleFile, rule('Broken').replace('4624 }', '[4624 }'));
    await expect.poll(index, { timeout: 20_000 }).toContain('logon.yml:7:');
    const broken = await get('/');
    expect(broken.status).toBe(404);
    expect(versionIn(broken)).toBe(await version());
    expect(versionIn(broken)).not.toBe(before);
    expect((await get('/rules/logon.html')).text).toContain('logon.yml:7:');
    expect((await get('/site.css')).text).toContain('.second');
    await expect.poll(serving.said).toContain('there is no rule to write a page about');
    writeFileSync(ruleFile, rule('Third title'));
    await expect.poll(index, { timeout: 20_000 }).toContain('Third title');
  });
});
