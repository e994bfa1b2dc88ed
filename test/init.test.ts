import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ChoiceKey } from '../src/cli/command/init/choices.ts';
import { initFiles, initTemplates, packIdFrom } from '../src/cli/command/init/project-files.ts';
import { readConfig } from '../src/pack/config/config.ts';
import { checkRuleSettings } from '../src/pack/settings/patch.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { parseYaml } from '../src/source/yaml/parse.ts';
import { lookup } from '../src/source/yaml/tree.ts';

const templates = new Map(
  initTemplates.map((name) => [
    name,
    readFileSync(new URL(`../templates/${name}`, import.meta.url), 'utf8'),
  ]),
);
const options = {
  id: 'acme_detections',
  title: 'Acme: "best" # detections',
  description: 'Line one\nline two',
  author: "O'Neil & Söhne",
  package: '1.2.3',
  answers: new Map<ChoiceKey, readonly string[]>([
    ['products', ['splunk', 'graylog']],
    ['splunk', ['splunk']],
    ['splunkIndex', ['windows']],
    ['graylog', ['graylog']],
    ['graylogStreams', ['Windows events']],
  ]),
};
const files = new Map(initFiles(options, { templates }).map((file) => [file.path, file.content]));
const read = (path: string) => {
  const file = { path, text: files.get(path) ?? '' };
  const { documents, errors } = parseYaml(file);
  expect(errors).toEqual([]);
  return { file, root: documents[0] };
};

test('the files are those of a project, and end with one line break', () => {
  expect([...files.keys()]).toEqual([
    'sigpack.yml',
    'rules/windows/office-starts-schtasks.yml',
    'rules/windows/office-starts-schtasks.test.yml',
    'package.json',
    '.github/workflows/detections.yml',
    '.github/dependabot.yml',
    '.gitlab-ci.yml',
    '.gitignore',
  ]);
  for (const content of files.values()) expect(content).toMatch(/[^\n]\n$/);
  expect(files.get('.gitignore')).toMatch(
    /^dist\/\n\.sigpack-release\/\n#.*\nnode_modules\/\n#.*\n\*\.key\n$/m,
  );
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
  expect(config?.logsources[0]?.settings.suppress).toEqual({
    fields: ['Computer', 'User'],
    period: 14_400,
  });
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

test('package.json pins the version for npm, Renovate and Dependabot', () => {
  expect(JSON.parse(files.get('package.json') ?? '')).toEqual({
    name: options.id,
    private: true,
    scripts: { test: 'sigpack test', build: 'sigpack build' },
    devDependencies: { sigpack: '1.2.3' },
  });
});

test.each(['.github/workflows/detections.yml', '.gitlab-ci.yml'])(
  '%s runs what npm has installed by the lock file, and asks no registry for a name',
  (path) => {
    expect(read(path).root?.kind).toBe('mapping');
    const text = files.get(path) ?? '';
    const lines = text
      .split('\n')
      .filter(
        (line) =>
          /\b(?:npx|npm|sigpack (?:test|build|check|diff|release|install))\b/.test(line) &&
          !/^\s*#|<!-- sigpack/.test(line),
      );
    expect(lines.length).toBeGreaterThan(6);
    expect(
      lines.filter(
        (line) =>
          !/(?:^|[ -])(?:node_modules\/\.bin\/sigpack [a-z]+ |npm ci --ignore-scripts$)/.test(line),
      ),
    ).toEqual([]);
    expect(text).not.toMatch(/sigpack@|npx|:latest|npm install/);
  },
);

test('actions are pinned by commit with their version, and images by version', () => {
  const uses = (files.get('.github/workflows/detections.yml') ?? '').match(/^.*\buses:.*$/gm) ?? [];
  expect(uses.length).toBeGreaterThan(10);
  expect(
    uses.filter((line) => !/^ +(?:- )?uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line)),
  ).toEqual([]);
  const pins = new Set(uses.map((line) => line.replace(/^.*uses: /, '')));
  expect(pins.size).toBe(
    new Set(uses.map((line) => line.replace(/^.*uses: ([^@]+)@.*$/, '$1'))).size,
  );
  const images = (files.get('.gitlab-ci.yml') ?? '').match(/^ +image: .*$/gm) ?? [];
  expect(images).toHaveLength(2);
  expect(images.filter((line) => !/:v?\d+\.\d+\.\d+$/.test(line))).toEqual([]);
});

test.each([
  ['Acme Detections', 'acme_detections'],
  ['/tmp/7-Übung', 'tmp_7_u_bung'],
  ['42', 'detections'],
  ['', 'detections'],
])('%s becomes the id %s', (name, id) => expect(packIdFrom(name)).toBe(id));
