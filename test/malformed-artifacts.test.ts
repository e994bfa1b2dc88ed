import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ArtifactTexts, artifactSnapshot } from '../src/release/artifact-snapshot.ts';
import { diffOf } from '../src/release/diff/diff.ts';
import { diffView } from '../src/release/diff/view.ts';
import type { Snapshot } from '../src/release/snapshot.ts';
import { changedValues } from './changed-values.ts';
import { type Member, tarWith, zipWith } from './hostile-archives.ts';
import { anyEvents, projectIn } from './project-folder.ts';
import { type Run, sigpack } from './sigpack.ts';

const root = mkdtempSync(join(tmpdir(), 'sigpack-malformed-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folder = '';
/** What a build wrote, by the ends of the names. */
const built = new Map<string, Buffer>();
const bytesOf = (name: string): Buffer => built.get(name) ?? expect.fail(`no ${name}`);

beforeAll(async () => {
  const rule = (number: number, value: string): string =>
    `title: Rule ${number}\nid: 11111111-1111-4111-8111-11111111111${number}\nstatus: test\nlevel: high\nlogsource: { product: linux }\ndetection: { s: { a: ${value} }, condition: s }\n`;
  folder = projectIn(root, {
    'sigpack.yml': `id: acme\ntitle: Acme detections\n${anyEvents}`,
    'rules/a.yml': rule(1, 'x'),
    'rules/b.yml': rule(2, 'y'),
  });
  expect(await sigpack(['build', '-o', 'out'], { cwd: folder })).toMatchObject({ code: 0 });
  for (const name of readdirSync(join(folder, 'out')))
    built.set(name, readFileSync(join(folder, 'out', name)));
});

const snapshotOf = (label: string, texts: ArtifactTexts): Snapshot => {
  const snapshot = artifactSnapshot(label, texts);
  return snapshot.ok ? snapshot.value : expect.fail(snapshot.error);
};

/** What a diff of this file with what was built says. */
async function diffed(
  name: string,
  content: string | Uint8Array,
  beside = 'manifest.json',
): Promise<Run> {
  const place = mkdtempSync(join(root, 'd-'));
  writeFileSync(join(place, name), content);
  return sigpack(['diff', join(place, name), join(folder, 'out', beside)], { cwd: folder });
}

describe('a diff of JSON that is not an artifact', () => {
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  test.each([
    ['{"manifestVersion":1}', 'it is not a manifest of Sigpack'],
    ['{"manifestVersion":1,"detections":{}}', 'it is not a manifest of Sigpack'],
    [
      '{"manifestVersion":1,"detections":[null]}',
      'detection 1 of the manifest has no id or no name',
    ],
    [
      '{"manifestVersion":1,"detections":[{"id":"a","name":"a"},{"id":{},"name":"b"}]}',
      'detection 2 of the manifest has no id or no name',
    ],
    [
      '{"manifestVersion":1,"detections":[{"id":"a","name":"a"},{"id":"a","name":"b"}]}',
      'two detections with the id a',
    ],
    ['{"entities":[{}]}', 'entity 1 of the content pack has no type'],
    ['{"entities":[null]}', 'entity 1 of the content pack has no type'],
    ['{"entities":null}', 'it is not a content pack'],
    [
      '{"entities":[{"type":{"name":"event_definition"},"id":"a","data":{"title":"t"}}]}',
      'has no id, title or config',
    ],
    [
      '{"entities":[{"type":{"name":"event_definition"},"id":"a","data":{"title":{"@value":1},"config":{}}}]}',
      'has no id, title or config',
    ],
    [
      `{"manifestVersion":1,"detections":[],"x":${deep}}`,
      'the manifest is nested more than 100 deep',
    ],
    [
      `{"entities":[{"type":{"name":"event_definition"},"id":"a","data":{"title":"t","config":{"x":${deep}}}}]}`,
      'the content pack is nested more than 100 deep',
    ],
    ['{"manifestVersion":1', 'is neither a manifest of Sigpack nor a content pack'],
    ['[]', 'is neither a manifest of Sigpack nor a content pack'],
    ['null', 'is neither a manifest of Sigpack nor a content pack'],
    ['', 'is neither a manifest of Sigpack nor a content pack'],
  ])('%.80s: says so, and ends with exit code 2', async (text, message) => {
    const { code, stderr } = await diffed('hostile.json', text);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^sigpack: [^\n]*hostile\.json[^\n]*\n$/),
    ]);
    expect(stderr).toContain(message);
  });

  // each value of each artifact in turn is something else: it is refused or compared, and nothing
  // else is thrown
  test.each([
    ['manifest', 'manifest.json'],
    ['contentPack', 'acme-1.0.0-graylog.json'],
  ] as const)('in any one place of the %s is refused or compared', (key, name) => {
    const text = bytesOf(name).toString('utf8');
    const whole = snapshotOf('whole', { [key]: text });
    const outcomes = { refused: 0, compared: 0 };
    for (const changed of changedValues(JSON.parse(text))) {
      const snapshot = artifactSnapshot('changed', { [key]: JSON.stringify(changed) });
      if (snapshot.ok) diffView(diffOf(whole, snapshot.value));
      outcomes[snapshot.ok ? 'compared' : 'refused']++;
    }
    expect(outcomes.refused).toBeGreaterThan(20);
    expect(outcomes.compared).toBeGreaterThan(100);
  });

  test('a setting may be called like something of every object', () => {
    const searches = (value: string): string =>
      `# 11111111-1111-4111-8111-111111111111\n[A]\nsearch = x\n__proto__ = ${value}\n`;
    const [before, after] = ['1', '2'].map((value) =>
      snapshotOf(value, { savedSearches: searches(value) }),
    );
    if (!before || !after) return expect.fail();
    expect(diffOf(before, after).changes.map(({ kinds }) => kinds)).toEqual([['settings']]);
  });
});

describe('a diff of an archive that is none', () => {
  const conf = (text = '[A]\nsearch = x\n'): Member => ({
    name: 'acme/default/savedsearches.conf',
    content: text,
  });
  const cut = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.length >> 1);
  const broken = (bytes: Buffer): Buffer =>
    Buffer.concat([bytes.subarray(0, 200), Buffer.alloc(50, 7), bytes.subarray(250)]);
  const many = Array.from({ length: 20_001 }, (_, index) => ({
    name: `acme/${index}`,
    content: '',
  }));
  const large = Buffer.alloc(20 * 1024 * 1024, 32);

  test.each<[string, string, () => Promise<Buffer> | Buffer, RegExp]>([
    [
      'an empty .spl',
      'a.spl',
      () => Buffer.alloc(0),
      /a\.spl (?:cannot be unpacked|holds no default\/savedsearches\.conf)/,
    ],
    [
      'text as .spl',
      'a.spl',
      () => Buffer.from('no archive'),
      /a\.spl cannot be unpacked: incorrect header check/,
    ],
    ['a cut .spl', 'a.spl', () => cut(bytesOf('acme-1.0.0.spl')), /a\.spl cannot be unpacked/],
    [
      'a broken .spl',
      'a.spl',
      () => broken(bytesOf('acme-1.0.0.spl')),
      /a\.spl cannot be unpacked/,
    ],
    [
      'a .spl with a member twice',
      'a.spl',
      () => tarWith([conf(), conf('[B]\n')]),
      /the entry "acme\/default\/savedsearches\.conf" is there twice/,
    ],
    [
      'a .spl with two apps',
      'a.spl',
      () => tarWith([conf(), { ...conf(), name: 'b/default/savedsearches.conf' }]),
      /holds more than one app/,
    ],
    [
      'a .spl without searches',
      'a.spl',
      () => tarWith([{ name: 'acme/default/app.conf', content: '' }]),
      /holds no default\/savedsearches\.conf/,
    ],
    [
      'a .spl of many entries',
      'a.spl',
      () => tarWith(many.slice(0, 2000)),
      /it has more than 1000 entries/,
    ],
    [
      'a .spl that grows',
      'a.spl',
      () => tarWith([{ ...conf(), content: large }]),
      /it unpacks to more than \d+ bytes/,
    ],
    ['an empty zip', 'a.zip', () => Buffer.alloc(0), /a\.zip cannot be unpacked/],
    ['text as zip', 'a.zip', () => Buffer.from('no archive'), /a\.zip cannot be unpacked/],
    ['a cut zip', 'a.zip', () => cut(bytesOf('acme-1.0.0.zip')), /a\.zip cannot be unpacked/],
    [
      'a broken zip',
      'a.zip',
      () => broken(zipWith([{ name: 'acme/manifest.json', content: bytesOf('manifest.json') }])),
      /a\.zip(?: cannot be unpacked|: manifest\.json)/,
    ],
    [
      'a zip that leads out',
      'a.zip',
      () => zipWith([{ name: '../a/manifest.json', content: '{}' }]),
      /a\.zip cannot be unpacked: .*\.\.\/a\/manifest\.json/,
    ],
    [
      'a zip with an absolute path',
      'a.zip',
      () => zipWith([{ name: '/a/manifest.json', content: '{}' }]),
      /a\.zip cannot be unpacked/,
    ],
    [
      'a zip with a member twice',
      'a.zip',
      () => zipWith(['{}', '[]'].map((content) => ({ name: 'a/manifest.json', content }))),
      /the entry "a\/manifest\.json" is there twice/,
    ],
    [
      'a zip with two manifests',
      'a.zip',
      () => zipWith(['a', 'b'].map((of) => ({ name: `${of}/manifest.json`, content: '{}' }))),
      /holds manifest\.json in two folders/,
    ],
    [
      'a zip of nothing',
      'a.zip',
      () => zipWith([{ name: 'a/b.txt', content: '' }]),
      /holds no manifest, app or content pack of Sigpack/,
    ],
    ['a zip of many entries', 'a.zip', () => zipWith(many), /it has more than 20000 entries/],
    [
      'a zip that grows',
      'a.zip',
      () => zipWith([{ name: 'a/manifest.json', content: large }]),
      /it unpacks to more than \d+ bytes/,
    ],
    [
      'a zip with a broken app',
      'a.zip',
      () => zipWith([{ name: 'a/acme.spl', content: 'x' }]),
      /a\.zip: acme\.spl cannot be unpacked/,
    ],
    [
      'a zip with a broken manifest',
      'a.zip',
      () => zipWith([{ name: 'a/manifest.json', content: '{"manifestVersion":1}' }]),
      /a\.zip: it is not a manifest of Sigpack/,
    ],
    [
      'a zip with controls in names',
      'a.zip',
      () => zipWith([{ name: '../\u001b[2J/manifest.json', content: '' }]),
      /␛\[2J/,
    ],
  ])('%s: says so, and ends with exit code 2', async (_, name, content, message) => {
    const { code, stderr } = await diffed(name, await content());
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^sigpack: [^\n]*\n$/)]);
    expect(stderr).toMatch(message);
  });

  test.each([
    ['stanzas', '[a]\n'.repeat(400_002)],
    ['lines', `[a]\n${'b=1\n'.repeat(10_000_001)}`],
  ])('too many %s are refused before any is read', (what, text) => {
    expect(artifactSnapshot('x', { savedSearches: text })).toEqual({
      ok: false,
      error: expect.stringMatching(`savedsearches\\.conf has more than \\d+ ${what}`),
    });
  });

  test('what is sound is compared', async () => {
    expect(await diffed('a.zip', bytesOf('acme-1.0.0.zip'), 'acme-1.0.0.zip')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('nothing changed (2 detections)'),
    });
    const own = zipWith([{ name: 'acme/manifest.json', content: bytesOf('manifest.json') }]);
    expect(await diffed('a.zip', own)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('nothing changed (2 detections)'),
    });
  });
});

describe('a folder of artifacts', () => {
  test('with several versions is that of its manifest', async () => {
    const place = mkdtempSync(join(root, 'several-'));
    for (const [name, content] of built) writeFileSync(join(place, name), content);
    // comes last in the order of names
    writeFileSync(join(place, 'acme-1.0.0b.spl'), 'another version');
    expect(await sigpack(['diff', place, 'out'], { cwd: folder })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('nothing changed (2 detections)'),
    });
    writeFileSync(join(place, 'manifest.json'), '{"manifestVersion":1,"detections":[]}');
    expect(await sigpack(['diff', place, 'out'], { cwd: folder })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('does not say which counts'),
    });
  });

  test('with a folder in the place of a file is refused', async () => {
    const place = mkdtempSync(join(root, 'folder-'));
    mkdirSync(join(place, 'manifest.json'));
    expect(await sigpack(['diff', place, 'out'], { cwd: folder })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('manifest.json is not a file'),
    });
  });
});
