import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { XMLValidator } from 'fast-xml-parser';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSplunkApp } from '../src/install/splunk/read-app.ts';
import { readTar, type TarEntry } from './archives.ts';
import { definitionsIn, readCsv, readStrictConf } from './conf-reader.ts';
import { generatedRules } from './hostile-rules.ts';
import { parseSearch } from './judges/spl/spl.ts';
import { type BuiltPack, packOf } from './pack-of.ts';

// conf, SPL, XML and JSON of a grouped app, made of rules whose texts mean something in each of them
const temporary = mkdtempSync(join(tmpdir(), 'sigpack-grouped-hostile-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const config = `id: hostile
title: Hostile pack
targets: [splunk]
namePrefix: 'S% - '
defaults: { enabled: true, splunk: { output: finding } }
splunk: { enterpriseSecurity: true, grouping: log-source, grouped: { rules: 20 } }
`;

let built: BuiltPack;
let app: readonly TarEntry[];
const archive = (): Uint8Array =>
  built.artifacts.get('hostile-1.0.0.spl')?.content ?? new Uint8Array();
const fileOf = (path: string): string =>
  app.find(({ header }) => header.name === `hostile/${path}`)?.text ?? '';

beforeAll(async () => {
  for (const [name, text] of generatedRules()) writeFileSync(join(temporary, name), text);
  built = await packOf([join(import.meta.dirname, 'hostile'), temporary], config);
  app = await readTar(archive());
});

test('conf files have the stanzas of detections, groups and macros, and no others', async () => {
  const { splunk, groups } = built.pack;
  expect(groups.groups.length).toBeGreaterThan(3);
  expect(groups.groupOf.size).toBeGreaterThan(50);
  const searches = readStrictConf(fileOf('default/savedsearches.conf'));
  expect([...searches.keys()].filter((name) => name.startsWith('Group of '))).toEqual(
    groups.groups.map(({ name }) => name),
  );
  expect(searches.size).toBe(splunk.length + groups.groups.length);
  const scheduled = [...searches.values()].filter(
    (settings) => settings.get('enableSched') === '1',
  ).length;
  expect(scheduled).toBe(splunk.length - groups.groupOf.size + groups.groups.length);
  const macros = readStrictConf(fileOf('default/macros.conf'));
  expect([...macros].filter(([name]) => name.endsWith('_allow')).length).toBe(groups.groupOf.size);
  for (const [name, settings] of macros)
    if (name.endsWith('_allow')) expect(settings.get('definition')).toBe('false()');
  expect((await readSplunkApp(archive())).id).toBe('hostile');
});

test('grouped searches are one pipeline each, of the commands that they are made of', () => {
  const known =
    'search eval where fields makemv mvexpand search fillnull stats foreach lookup eval lookup fields';
  const macros = definitionsIn(readStrictConf(fileOf('default/macros.conf')));
  const tables = new Map(['detections', 'pages'].map((name) => [`hostile_${name}`, []] as const));
  for (const { search } of built.pack.groups.groups) {
    const { stages } = parseSearch(search, macros, 'unknown', tables);
    for (const { name } of stages) expect(known.split(' ')).toContain(name);
  }
});

test('settings of actions are JSON, and tokens are of columns that results have', () => {
  for (const settings of readStrictConf(fileOf('default/savedsearches.conf')).values()) {
    if (settings.get('description')?.startsWith('Runs ') !== true) continue;
    for (const [key, value] of settings)
      if (/_entities$|drilldown_searches$|annotations$|metadata$|_risk$/.test(key))
        expect(() => JSON.parse(value)).not.toThrow();
    const title = settings.get('action.notable.param.rule_title') ?? '';
    expect(title.replace(/\$[A-Za-z][\w.]*\$/g, '')).toMatch(/^(?:: (?:, )*)?$/);
  }
});

test('the page Tuning is XML, and its tokens are encoded', () => {
  const view = fileOf('default/data/ui/views/tuning.xml');
  expect(XMLValidator.validate(view)).toBe(true);
  for (const [, query = ''] of view.matchAll(/<query>(.*?)<\/query>/gs))
    expect(query.replace(/urldecode\("\$\w+\|u\$"\)/g, '')).not.toContain('$');
  expect(fileOf('default/data/ui/nav/default.xml')).toContain('<view name="tuning"/>');
});

test('the lookup of detections has whole rows without formulas', () => {
  const rows = readCsv(fileOf('lookups/hostile_detections.csv'));
  expect(rows.map((row) => row.length)).toEqual(rows.map(() => 19));
  for (const cell of rows.flat()) expect(cell).not.toMatch(/^[=+@\t-]/);
});
