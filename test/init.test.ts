import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { initFiles, initTemplates, packIdFrom } from '../src/cli/init.ts';
import { readConfig } from '../src/pack/config.ts';
import { checkRuleSettings } from '../src/pack/settings-patch.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { lookup, parseYaml } from '../src/source/yaml.ts';

const templates = new Map(initTemplates.map((name) => [name, readFileSync(new URL(`../templates/${name}`, import.meta.url), 'utf8')]));
const options = {
  id: 'acme_detections',
  title: 'Acme: "best" # detections',
  description: 'Line one\nline two',
  author: "O'Neil & Söhne",
  toolVersion: '1.2.3',
};
const files = new Map(initFiles(options, { templates }).map((file) => [file.path, file.content]));
const read = (path: string) => {
  const bag = createBag();
  const file = { path, text: files.get(path) ?? '' };
  const documents = parseYaml(file, bag);
  expect(bag.list).toEqual([]);
  return { file, root: documents[0] };
};

test('the files are those of a project, and end with one line break', () => {
  expect([...files.keys()]).toEqual([
    'sigpack.yml',
    'rules/windows/office-starts-schtasks.yml',
    'rules/windows/office-starts-schtasks.test.yml',
    '.github/workflows/detections.yml',
    '.gitlab-ci.yml',
    '.gitignore',
  ]);
  for (const content of files.values()) expect(content).toMatch(/[^\n]\n$/);
  expect(files.get('.gitignore')).toMatch(/^dist\/\n\.sigpack-release\/\n$/m);
});

test('the configuration is accepted and says what was asked for', () => {
  const bag = createBag();
  const config = readConfig({ path: 'sigpack.yml', text: files.get('sigpack.yml') ?? '' }, bag);
  expect(bag.list).toEqual([]);
  expect(config?.info).toMatchObject({
    id: options.id,
    title: options.title,
    description: options.description,
    author: options.author,
    vendor: options.author,
  });
  expect(config?.levels.get('critical')).toEqual({ interval: 300 });
});

test('the examples in comments are accepted too', () => {
  const text = (files.get('sigpack.yml') ?? '').replace(/^( *)#(?=\S| {2})/gm, '$1');
  const bag = createBag();
  const config = readConfig({ path: 'sigpack.yml', text }, bag);
  expect(bag.list).toEqual([]);
  expect(config?.logsources[0]?.settings.suppress).toEqual({ fields: ['Computer', 'User'], period: 14_400 });
  expect(config?.severities.get('SIG032')).toBe('error');
});

test('the starter rule is sound', () => {
  const { file, root } = read('rules/windows/office-starts-schtasks.yml');
  const settings = lookup(root, 'sigpack');
  if (settings?.kind !== 'mapping') throw new Error('the rule has no settings');
  const bag = createBag();
  expect(checkRuleSettings({ file, settings }, bag)).toBe(true);
  expect(bag.list).toEqual([]);
});

test.each(['.github/workflows/detections.yml', '.gitlab-ci.yml'])('%s is YAML and pins the version', (path) => {
  const { root } = read(path);
  expect(root?.kind).toBe('mapping');
  expect(files.get(path)).toContain('sigpack@1.2.3 build');
  expect(files.get(path)?.match(/sigpack@/g)?.length).toBe(files.get(path)?.match(/sigpack@1\.2\.3 /g)?.length);
});

test.each([
  ['Acme Detections', 'acme_detections'],
  ['/tmp/7-Übung', 'tmp_7_u_bung'],
  ['42', 'detections'],
  ['', 'detections'],
])('%s becomes the id %s', (name, id) => expect(packIdFrom(name)).toBe(id));
