import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { artifactsOf } from '../src/artifact/artifacts.ts';
import { brokenOf } from '../src/artifact/sound-pack.ts';
import { loadTemplates } from '../src/cli/project/template-files.ts';
import { indexMacros } from '../src/pack/index-macro.ts';
import type { SearchMacro, SplunkDetection } from '../src/pack/model/detection.ts';
import type { Pack } from '../src/pack/pack.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { packOf } from './pack-of.ts';

const folder = mkdtempSync(join(tmpdir(), 'sigpack-sound-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const titles = ['First', 'Second', 'Third', 'Fourth', 'Fifth'];
const ruleOf = (title: string, index: number, logsource = '{ product: windows }'): string =>
  `title: ${title}\nid: 72000000-0000-4000-8000-00000000000${index}\nstatus: test\nlogsource: ${logsource}\ndetection: { s: { Image: a }, condition: s }\n`;

function fileOf(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('a detection that a pack can’t hold', () => {
  const change = (pack: Pack): Pack => ({
    ...pack,
    splunk: pack.splunk.map((one) =>
      one.detection.name === 'Third' ? { ...one, search: 'a\nb' } : one,
    ),
    graylog: pack.graylog.map((one) =>
      ['First', 'Fifth'].includes(one.detection.name)
        ? { ...one, search: { kind: 'filter', queries: ['(a'] } }
        : one,
    ),
  });

  async function made(changed: (pack: Pack) => Pack, more = '') {
    const { pack } = await packOf(
      [fileOf('five.yml', titles.map((title, index) => ruleOf(title, index)).join('---\n'))],
      `id: five\n${more}`,
    );
    const bag = createBag();
    const { templates, assets, custom } = loadTemplates(undefined);
    const made = await artifactsOf({
      pack: changed(pack),
      templates: { templates },
      customTemplates: custom,
      assets,
      toolVersion: '0.0.0',
      bag,
      configFile: { path: 'sigpack.yml', text: '' },
    });
    return { artifacts: made?.artifacts, bag, written: made?.pack, leftOut: made?.leftOut };
  }

  test('is left out where it is too large for Graylog’s database by itself', async () => {
    const large = (pack: Pack): Pack => ({
      ...pack,
      graylog: pack.graylog.map((one) =>
        one.detection.name === 'Second'
          ? {
              ...one,
              search: { kind: 'filter', queries: Array(600).fill(`a:${'b'.repeat(31_000)}`) },
            }
          : one,
      ),
    });
    const { artifacts, bag, written } = await made(large);
    expect(artifacts).toHaveLength(4);
    expect(
      bag.list.map(({ code, file, message }) => `${code} ${file.path.split('/').pop()} ${message}`),
    ).toEqual([
      expect.stringMatching(
        /^PCK007 five\.yml graylog: the pack takes \d+ bytes in Graylog's database.*; the rule is left out$/,
      ),
    ]);
    expect(written?.graylog).toHaveLength(4);
    expect(written?.splunk).toHaveLength(5);
  });

  test('is left out where its pipeline rule is too large at ingest', async () => {
    const operands = ['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'].map(
      (letter) =>
        ({
          kind: 'literal',
          field: 'Image',
          spelling: 'written',
          at: 'whole',
          text: letter.repeat(2_000_000),
        }) as const,
    );
    const large = (pack: Pack): Pack => ({
      ...pack,
      graylog: pack.graylog.map((one) =>
        one.detection.name === 'Second'
          ? {
              ...one,
              tested:
                one.tested?.map((rule) => ({ ...rule, condition: { kind: 'or', operands } })) ?? [],
            }
          : one,
      ),
    });
    const { artifacts, bag, written } = await made(
      large,
      'targets: [graylog]\ngraylog: { mode: ingest }\n',
    );
    expect(artifacts).toHaveLength(3);
    expect(bag.list.map(({ code, message }) => `${code} ${message}`)).toEqual([
      expect.stringMatching(/^PCK007 graylog: the pack takes \d+ bytes .*; the rule is left out$/),
    ]);
    expect(written?.graylog).toHaveLength(4);
  });

  test('is left out of it with a diagnostic of its own', async () => {
    const { artifacts, bag, written } = await made(change);
    expect(artifacts?.map(({ path }) => path)).toEqual([
      'five-1.0.0.spl',
      'five-1.0.0-graylog.json',
      'manifest.json',
      'five-1.0.0.zip',
    ]);
    const told = bag.list.map(
      ({ code, severity, message, file }) =>
        `${code} ${severity} ${file.path.split('/').pop()} ${message}`,
    );
    expect(told).toHaveLength(3);
    expect(told[0]).toMatch(
      /^PCK007 error five\.yml splunk: .*\[Third\] search holds a line break.*; the rule is left out$/,
    );
    expect(told[1]).toMatch(/^PCK007 error five\.yml graylog: .*First.*; the rule is left out$/);
    expect(told[2]).toMatch(/^PCK007 error five\.yml graylog: .*Fifth.*; the rule is left out$/);
    const names = (list: readonly { readonly detection: { readonly name: string } }[] = []) =>
      list.map(({ detection }) => detection.name);
    expect(names(written?.splunk)).toEqual(['First', 'Second', 'Fourth', 'Fifth']);
    expect(names(written?.graylog)).toEqual(['Second', 'Third', 'Fourth']);
    const manifest = JSON.parse(Buffer.from(artifacts?.[2]?.content ?? []).toString('utf8'));
    const third = manifest.detections.find(({ name }: { name: string }) => name === 'Third');
    expect(third.targets).toEqual({
      splunk: { skipped: [{ code: 'PCK007', message: expect.stringContaining('line break') }] },
      graylog: { name: 'Third', queries: 1 },
    });
  });

  test('is none where nothing is wrong', async () => {
    const { artifacts, bag, leftOut } = await made((pack) => pack);
    expect([artifacts?.length, bag.list, leftOut]).toEqual([4, [], []]);
  });

  test('what is wrong with the pack as a whole still stops it', async () => {
    const { artifacts, bag } = await made((pack) => ({
      ...pack,
      config: {
        ...pack.config,
        graylog: { ...pack.config.graylog, minimumServerVersion: '1.0.0' },
      },
    }));
    expect(artifacts).toBeUndefined();
    expect(bag.list.map(({ code, file }) => `${code} ${file.path}`)).toEqual([
      'PCK007 sigpack.yml',
    ]);
  });

  test('is looked for in halves', () => {
    let asked = 0;
    const all = Array.from({ length: 1000 }, (_, index) => index);
    const broken = brokenOf(all, (some) => {
      asked++;
      return some.filter((one) => one === 7 || one === 612).map((one) => `${one} is wrong`);
    });
    expect(broken).toEqual([
      { one: 7, reason: '7 is wrong' },
      { one: 612, reason: '612 is wrong' },
    ]);
    expect(asked).toBeLessThan(50);
    expect(brokenOf(all, () => ['always'])).toEqual([]);
  });
});

describe('log sources whose macros would have one name', () => {
  const config =
    'id: five\nsplunk:\n  indexes: [{ match: { product: windows }, definition: index=windows }]\n';
  const plain = '{ product: windows, category: process_creation }';
  const odd = [
    '{ product: windows_process, category: creation }',
    '{ product: windows-process, service: creation }',
    '{ category: windows_process_creation }',
  ];

  async function builtOf(
    logsources: readonly string[],
    more = '',
  ): Promise<{
    readonly splunk: readonly SplunkDetection[];
    readonly macros: readonly SearchMacro[];
  }> {
    const text = logsources
      .map((logsource, index) => ruleOf(titles[index] ?? '', index, logsource))
      .join('---\n');
    const { pack } = await packOf([fileOf('sources.yml', `${text}${more}`)], config);
    return {
      splunk: pack.splunk,
      macros: indexMacros(
        pack.config,
        pack.splunk.flatMap(({ scopes }) => scopes),
      ),
    };
  }
  const macroIn = ({ search }: SplunkDetection): string => /`(\w+)`/.exec(search)?.[1] ?? '';

  test.each([
    ['the plain one first', [plain, ...odd]],
    ['the plain one last', [...odd, plain]],
  ])('are told apart: %s', async (_, logsources) => {
    const { splunk, macros } = await builtOf(logsources);
    expect(macros.find(({ name }) => name === 'five_windows_process_creation')?.definition).toBe(
      'index=windows',
    );
    for (const [index, detection] of splunk.entries()) {
      const name = macroIn(detection);
      expect(name).toMatch(
        logsources[index] === plain
          ? /^five_windows_process_creation$/
          : /^five_windows_process_creation_[0-9a-f]{8}$/,
      );
      expect(macros.find((macro) => macro.name === name)?.definition).toBe(
        logsources[index] === plain ? 'index=windows' : 'index=*',
      );
    }
  });

  test('keep their names whatever other rules there are', async () => {
    const [odd1 = ''] = odd;
    const together = (await builtOf([plain, ...odd])).splunk.map(macroIn);
    const two = (await builtOf([odd1, plain])).splunk.map(macroIn);
    expect(two).toEqual([together[1], together[0]]);
  });

  test('share one where both are in the same place', async () => {
    const { splunk } = await builtOf([odd[0] ?? '', odd[2] ?? '']);
    expect(splunk.map(macroIn)).toEqual([
      'five_windows_process_creation',
      'five_windows_process_creation',
    ]);
  });

  test('are told apart in one correlation', async () => {
    const correlation = `---
title: Both
id: 72000000-0000-4000-8000-000000000009
status: test
correlation: { type: temporal, rules: [72000000-0000-4000-8000-000000000000, 72000000-0000-4000-8000-000000000001], group-by: [User], timespan: 5m }
`;
    const { splunk } = await builtOf([plain, odd[0] ?? ''], correlation);
    const names = Array.from(
      splunk.at(-1)?.search.matchAll(/\[search `(\w+)`/g) ?? [],
      ([, name]) => name,
    );
    expect(names).toEqual([
      'five_windows_process_creation',
      expect.stringMatching(/^five_windows_process_creation_[0-9a-f]{8}$/),
    ]);
  });
});
