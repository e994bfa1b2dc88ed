import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readConfig } from '../src/pack/config/config.ts';
import { assemblePack } from '../src/pack/pack.ts';
import { collect } from '../src/sigma/collection/collection.ts';
import { readDocuments } from '../src/sigma/collection/document.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { failedLogon, manyFailedLogons } from './failed-logons.ts';
import { sigpack } from './sigpack.ts';

const folder = mkdtempSync(join(tmpdir(), 'sigpack-overlap-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const correlation = (timespan: string): string => manyFailedLogons(timespan, 'gte: 10');

/** What a build for Splunk says of runs that overlap. */
function saidOfSplunk(settings: string, text = failedLogon): readonly string[] {
  const bag = createBag();
  const config = readConfig(
    { path: 'sigpack.yml', text: `targets: [splunk]\ndefaults: { ${settings} }\n` },
    bag,
  );
  if (!config) throw new Error(bag.list.map(({ message }) => message).join());
  const pack = assemblePack({
    collection: collect(readDocuments({ path: 'rule.yml', text }, bag).documents, bag),
    config,
    bag,
  });
  expect(pack.splunk.length).toBeGreaterThan(0);
  return bag.list.filter(({ code }) => code === 'TGT008').map(({ message }) => message);
}

const businessHours = "cron: '5 8-17 * * 1-5'";

describe('searches of Splunk that see events again', () => {
  test.each([
    [
      'window: 1h, interval: 5m, suppress: { period: 0 }',
      'runs come every 5m and look back 1h: an event may alert 12 times',
    ],
    [
      'window: 7m, interval: 7m, suppress: { period: 0 }',
      'runs come every 6m and look back 7m: an event may alert 2 times',
    ],
    [
      `${businessHours}, suppress: { period: 0 }`,
      'runs come every 1h to 63h and look back 63h: an event may alert 63 times',
    ],
    [
      businessHours,
      'runs come every 1h to 63h and look back 63h: an event may alert again after 1h',
    ],
    [
      "cron: '0 6,8 * * *'",
      'runs come every 2h to 22h and look back 22h: an event may alert again after 1h',
    ],
    ['window: 2h, interval: 5m', 'an event may alert again after 1h'],
    [
      'window: 1h, interval: 5m, threshold: 5, suppress: { period: 0 }',
      'an event may alert 12 times',
    ],
    [
      'window: 1h, interval: 5m, suppress: { fields: [User], period: 30m }',
      'an event may alert again after 30m',
    ],
  ])('%s', (settings, message) =>
    expect(saidOfSplunk(settings)).toEqual([expect.stringContaining(message)]),
  );

  test.each([
    '',
    'interval: 5m',
    'window: 15m',
    // an entity is silent for an hour
    'window: 1h, interval: 5m',
    'window: 1h, interval: 5m, threshold: 5',
    "cron: '7 * * * *'",
    'window: 1h, interval: 5m, suppress: { fields: [User], period: 1h }',
    `${businessHours}, suppress: { period: 63h }`,
    "window: 1h, interval: 5m, splunk: { savedsearch: { alert.suppress: '1', alert.suppress.period: 2h } }",
  ])('nothing is said of %s', (settings) => expect(saidOfSplunk(settings)).toEqual([]));

  test.each([
    ['window: 2h, interval: 5m', []],
    ['window: 2h, interval: 5m, suppress: { period: 2h }', []],
    ['interval: 5m, suppress: { period: 10m }', []],
    [
      "cron: '0 6,9 * * *'",
      [
        expect.stringMatching(
          /decide on windows that end in the last 21h: an event may alert again after 1h/,
        ),
      ],
    ],
    [
      "cron: '0 6,9 * * *', suppress: { period: 0 }",
      [
        expect.stringMatching(
          /decide on windows that end in the last 21h: an event may alert 7 times/,
        ),
      ],
    ],
    [
      'window: 2h, interval: 5m, suppress: { period: 10m }',
      [
        expect.stringMatching(
          /decide on windows that end in the last .*: an event may alert again after 10m/,
        ),
      ],
    ],
  ])('a correlation is suppressed by itself, unless settings say less: %s', (settings, said) =>
    expect(saidOfSplunk(settings, correlation('10m'))).toEqual(said),
  );
});

describe('watches that act on events again', () => {
  test.each([
    [failedLogon, businessHours, 'an event may alert again after 1h'],
    [failedLogon, 'window: 2h', 'an event may alert again after 1h'],
    [failedLogon, 'window: 1h, suppress: { period: 0 }', 'an event may alert 12 times'],
    [correlation('2h'), '', 'acts again after 3600 s'],
    [failedLogon, '', undefined],
    [failedLogon, 'window: 1h', undefined],
    [failedLogon, `${businessHours}, suppress: { period: 63h }`, undefined],
    [correlation('10m'), '', undefined],
  ])('%#: %s %s', async (text, settings, message) => {
    writeFileSync(join(folder, 'rule.yml'), text);
    writeFileSync(join(folder, 'sigpack.yml'), `title: Overlap\ndefaults: { ${settings} }\n`);
    const { stdout, stderr } = await sigpack(['convert', '-t', 'xpack-watcher', 'rule.yml'], {
      cwd: folder,
    });
    expect([
      stdout === '',
      stderr.includes('TGT008'),
      stderr.includes(message ?? 'alert again'),
    ]).toEqual([false, message !== undefined, message !== undefined]);
  });
});
