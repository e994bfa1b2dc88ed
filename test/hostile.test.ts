import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unpainted } from '../src/cli/report/context.ts';
import { reports } from '../src/cli/report/format.ts';
import { readConf } from '../src/pack/render/conf-reader.ts';
import { stanzaName } from '../src/pack/render/conf-text.ts';
import { type CompiledRule, createCompiler } from '../src/query/compile.ts';
import { itemsOf } from '../src/query/tree.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { readTar, readZip, type TarEntry, type ZipEntry } from './archives.ts';
import { definitionsIn, readCsv, readStrictConf } from './conf-reader.ts';
import { disagreements } from './hostile-meaning.ts';
import { generatedRules } from './hostile-rules.ts';
import { parseSearchExpression, type SearchNode } from './judges/spl/search-parse.ts';
import { type Pipeline, parseSearch } from './judges/spl/spl.ts';
import { readLucene } from './lucene-reader.ts';
import { type BuiltPack, packOf, textOf } from './pack-of.ts';

const config = `id: hostile
title: Hostile pack
defaults: { splunk: { output: finding } }
logsources:
  - { match: { category: process_creation }, settings: { splunk: { output: intermediate-finding } } }
splunk:
  enterpriseSecurity: true
  indexes:
    - match: { product: windows, category: process_creation }
      definition: index=windows
`;
const wellBehaved = join(
  import.meta.dirname,
  '..',
  'rules',
  'windows',
  'dhcp-callout-dll-failed.yml',
);
const temporary = mkdtempSync(join(tmpdir(), 'sigpack-hostile-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

let built: BuiltPack;
let app: readonly TarEntry[];
let harmless: readonly TarEntry[];
let bundle: readonly ZipEntry[];

beforeAll(async () => {
  for (const [name, text] of generatedRules()) writeFileSync(join(temporary, name), text);
  built = await packOf([join(import.meta.dirname, 'hostile'), temporary, wellBehaved], config);
  app = await readTar(built.artifacts.get('hostile-1.0.0.spl')?.content ?? new Uint8Array());
  bundle = await readZip(Buffer.from(built.artifacts.get('hostile-1.0.0.zip')?.content ?? []));
  const plain = await packOf([wellBehaved], config);
  harmless = await readTar(plain.artifacts.get('hostile-1.0.0.spl')?.content ?? new Uint8Array());
});

const fileOf = (entries: readonly TarEntry[], path: string): string =>
  entries.find(({ header }) => header.name === `hostile/${path}`)?.text ?? '';
/** The two packs look in other indexes, which is all that may differ. */
const withoutPlaces = (text: string): string =>
  text.replace(/; looks in index=[\w*]+(?:, index=[\w*]+)*(?=[;.])/, '');
const conf = (path: string) => readStrictConf(fileOf(app, `default/${path}`));

describe('the build', () => {
  it('makes all artifacts, and all that hostile rules have in common with others', () => {
    expect([...built.artifacts.keys()]).toEqual([
      'hostile-1.0.0.spl',
      'hostile-1.0.0-graylog.json',
      'manifest.json',
      'hostile-1.0.0.zip',
    ]);
    const titles = built.pack.splunk.map(({ detection }) => detection.name);
    expect(titles).toEqual(
      expect.arrayContaining([
        'DHCP Server Error Failed Loading the CallOut DLL',
        'The good rule before',
        'The good rule after',
      ]),
    );
    expect(built.pack.splunk.length).toBeGreaterThan(120);
    expect(built.pack.graylog.length).toBeGreaterThan(120);
  });

  it('tells of no fault of the pack, only of rules', () => {
    expect(
      built.bag.list.filter(
        ({ code, file }) => code.startsWith('PCK') && file.path === 'sigpack.yml',
      ),
    ).toEqual([]);
  });

  it('leaves objects of JavaScript as they were', () => {
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('gives each detection an id, a name and macros of its own', () => {
    const detections = built.pack.outcomes.map(({ detection }) => detection);
    for (const { id, name, slug } of detections) {
      expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect(name).toMatch(/^(?!\s)[^\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]{1,99}$/u);
      expect(slug).toMatch(/^[a-z0-9_]{1,80}$/);
    }
    for (const key of ['id', 'name', 'slug'] as const)
      expect(new Set(detections.map((one) => one[key].toLowerCase())).size).toBe(detections.length);
  });
});

const drillDownsOf = (
  settings: ReadonlyMap<string, string>,
): readonly { readonly search: string }[] =>
  JSON.parse(settings.get('action.notable.param.drilldown_searches') ?? '[]');

/** The fields that a finding lists. */
const shownFields = (settings: ReadonlyMap<string, string>): readonly string[] =>
  (settings.get('action.notable.param.nes_fields') ?? '').split(',');

describe('the Splunk app', () => {
  it('is made of plain files below its folder, the same as for harmless rules', () => {
    expect(app.map(({ header }) => header.name)).toEqual(harmless.map(({ header }) => header.name));
    for (const { header } of app) {
      expect(header.name).toMatch(/^hostile\/(?:[A-Za-z0-9_-]+\/)*[A-Za-z0-9_-]+\.[A-Za-z]+$/);
      expect(header).toMatchObject({
        type: 'file',
        mode: 0o644,
        uid: 0,
        gid: 0,
        mtime: new Date('1980-01-01T00:00:00Z'),
      });
    }
  });

  it('has the stanzas that it is meant to have', () => {
    const names = built.pack.splunk.map(({ detection }) => stanzaName(detection.name));
    expect([...conf('savedsearches.conf').keys()].sort()).toEqual(names.sort());
    for (const path of ['savedsearches.conf', 'macros.conf', 'app.conf', 'transforms.conf']) {
      const text = fileOf(app, `default/${path}`);
      expect(readConf(text)).toEqual({ stanzas: readStrictConf(text), reasons: [] });
    }
    for (const path of [
      'default/app.conf',
      'default/transforms.conf',
      'metadata/default.meta',
      'default/data/ui/nav/default.xml',
    ])
      expect(withoutPlaces(fileOf(app, path))).toBe(withoutPlaces(fileOf(harmless, path)));
  });

  it('sets nothing in a stanza but what a detection sets', () => {
    const known =
      /^(?:search|description|cron_schedule|dispatch\.(?:earliest|latest)_time|enableSched|disabled|schedule_window|allow_skew|realtime_schedule|is_visible|counttype|relation|quantity|alert\.(?:severity|track|digest_mode|suppress(?:\.(?:fields|period))?)|action\.(?:correlationsearch|notable|risk|escu)(?:\.[\w.]+)?)$/;
    const own = new Map(
      built.pack.splunk.map(({ detection, search }) => [
        stanzaName(detection.name),
        { search, more: detection.settings.splunk.savedsearch },
      ]),
    );
    for (const [name, settings] of conf('savedsearches.conf')) {
      const wanted = own.get(name);
      expect(settings.get('search')).toBe(wanted?.search);
      expect(
        [...settings.keys()].filter(
          (key) => !known.test(key) && !Object.hasOwn(wanted?.more ?? {}, key),
        ),
      ).toEqual([]);
      for (const key of [
        'action.correlationsearch.annotations',
        'action.correlationsearch.metadata',
      ])
        expect(() => JSON.parse(settings.get(key) ?? '')).not.toThrow();
    }
  });

  it('has one output for each detection, with no tokens but those of its own fields', () => {
    const outputs = new Set<boolean>();
    for (const settings of conf('savedsearches.conf').values()) {
      const finding = settings.get('action.notable') === '1';
      outputs.add(finding);
      expect([finding, settings.get('action.risk')]).toEqual([finding, finding ? undefined : '1']);
      const objects: readonly Readonly<Record<string, unknown>>[] = JSON.parse(
        settings.get('action.risk.param._risk') ?? '[]',
      );
      const named = [
        ...objects.flatMap((object) => [object.risk_object_field, object.threat_object_field]),
        ...shownFields(settings),
      ];
      const own = new Set(named.flatMap((field) => [`$${field}$`, `$orig_${field}$`]));
      for (const key of [
        'notable.param.rule_title',
        'notable.param.rule_description',
        'notable.param.next_steps',
        'risk.param._risk_message',
      ])
        expect(
          (settings.get(`action.${key}`) ?? '').replaceAll(/\$[^$]*\$/g, (token) =>
            own.has(token) ? '' : token,
          ),
        ).not.toContain('$');
    }
    expect(outputs.size).toBe(2);
  });

  it('has drill-downs that are whole searches', () => {
    let inline = 0;
    const macros = definitionsIn(conf('macros.conf'));
    for (const settings of conf('savedsearches.conf').values()) {
      for (const { search } of drillDownsOf(settings)) {
        const filled = search.replaceAll(/\$\w+\|s\$/g, '"x"');
        expect(filled).not.toMatch(/[$\n\r]/);
        if (/^\| (?:savedsearch|from) /.test(filled)) continue;
        inline++;
        expect(() => parseSearch(filled, macros)).not.toThrow();
      }
    }
    expect(inline).toBeGreaterThan(200);
  });

  it('calls only its own macros, which say what they are meant to', () => {
    const macros = conf('macros.conf');
    for (const [name, settings] of macros) {
      expect(name).toMatch(/^[a-z0-9_]+$/);
      const definitions = name.endsWith('_filter') ? ['search *'] : ['index=*', 'index=windows'];
      expect(definitions).toContain(settings.get('definition'));
    }
    // the log source of another rule joins to the same name, and has one of its own
    expect(macros.get('hostile_windows_process_creation')?.get('definition')).toBe('index=windows');
    const others = [...macros.keys()].filter((name) =>
      /^hostile_windows_process_creation_[0-9a-f]{8}$/.test(name),
    );
    expect(others.map((name) => macros.get(name)?.get('definition'))).toEqual(['index=*']);
    expect([...macros.keys()].filter((name) => name.endsWith('_filter'))).toHaveLength(
      built.pack.splunk.length,
    );
  });

  it('runs no command and looks into no field that a rule does not name', () => {
    const macros = definitionsIn(conf('macros.conf'));
    const commands = new Set([
      'search',
      'where',
      'eval',
      'streamstats',
      'eventstats',
      'stats',
      'sort',
      'multisearch',
      'addinfo',
      'table',
      'fillnull',
      'foreach',
    ]);
    const fields = fieldsByTitle();
    for (const { detection, search } of built.pack.splunk) {
      const pipeline = parseSearch(search, macros);
      expect(commandsOf(pipeline).filter((name) => !commands.has(name))).toEqual([]);
      const named = fields.get(detection.rule.title);
      if (detection.rule.kind === 'correlation') continue;
      const searched = comparedFields(parseSearchExpression(pipeline.stages[0]?.arguments ?? ''));
      expect(searched.filter((field) => field !== 'index' && !named?.has(field))).toEqual([]);
    }
  });

  it('has XML of the elements of its template', () => {
    const parser = new XMLParser({ ignoreAttributes: false });
    const elements = (xml: string): readonly string[] =>
      [
        ...new Set(
          [...JSON.stringify(parser.parse(xml)).matchAll(/"([@\w-]+)":/g)].map(
            (match) => match[1] ?? '',
          ),
        ),
      ].sort();
    for (const view of ['overview', 'inventory', 'detection']) {
      const path = `default/data/ui/views/${view}.xml`;
      expect(XMLValidator.validate(fileOf(app, path))).toBe(true);
      expect(elements(fileOf(app, path))).toEqual(elements(fileOf(harmless, path)));
      expect(fileOf(app, path)).not.toMatch(/<script|javascript:/i);
    }
  });

  it('has lookups of whole rows without formulas', () => {
    const rows = readCsv(fileOf(app, 'lookups/hostile_detections.csv'));
    expect(rows.map((row) => row.length)).toEqual(rows.map(() => 15));
    expect(rows.slice(1).map(([name]) => name?.replace(/^'(?=[=+@-])/, ''))).toEqual([
      ...conf('savedsearches.conf').keys(),
    ]);
    for (const cell of rows.flat()) expect(cell).not.toMatch(/^[=+@\t-]|[\p{Cc}\p{Bidi_Control}]/u);
    for (const cell of readCsv(fileOf(app, 'lookups/hostile_attack.csv')).flat())
      expect(cell).toMatch(/^[\w .-]*$/);
    // the dashboard opens this one
    for (const row of rows.slice(1)) expect(row[11]).toMatch(/^$|^https?:\/\/[^\s"'<>`\\|]+$/);
  });

  it('has a manifest and a README of its own making', () => {
    expect(JSON.parse(withoutPlaces(fileOf(app, 'app.manifest')))).toEqual(
      JSON.parse(withoutPlaces(fileOf(harmless, 'app.manifest'))),
    );
    expect(fileOf(app, 'README.md')).not.toMatch(/<|\]\(|evil`|[[\p{Cc}]--\n]/v);
  });
});

function commandsOf({ stages }: Pipeline): readonly string[] {
  return stages.flatMap((stage) => [stage.name, ...stage.subsearches.flatMap(commandsOf)]);
}

function comparedFields(node: SearchNode): readonly string[] {
  if (node.kind === 'compare') return [node.field];
  if (node.kind === 'not') return comparedFields(node.operand);
  return node.kind === 'term' ? [] : node.operands.flatMap(comparedFields);
}

let compiledRules: readonly CompiledRule[] | undefined;

function compiled(): readonly CompiledRule[] {
  const { collection } = built.rules;
  const compile = createCompiler(collection, {
    placeholders: built.pack.config.placeholders,
    bag: createBag(),
  });
  compiledRules ??= collection.rules.flatMap((rule) => compile(rule) ?? []);
  return compiledRules;
}

/** The fields of each rule by its title; those of all its parts for a correlation. */
function fieldsByTitle(): ReadonlyMap<string, ReadonlySet<string>> {
  const known = new Map<CompiledRule, ReadonlySet<string>>();
  const fieldsOf = (rule: CompiledRule): ReadonlySet<string> => {
    const fields =
      known.get(rule) ??
      new Set(
        rule.kind === 'detection'
          ? [...itemsOf(rule.query)].flatMap(({ field }) => field ?? [])
          : // a definition asks for the fields of its groups and series, by their names in the rules
            [
              ...rule.parts.flatMap((part) => [...fieldsOf(part)]),
              ...rule.rule.groupBy,
              ...rule.rule.valueFields,
              ...rule.rule.aliases.flatMap(({ fields: named }) => [...named.values()]),
            ],
      );
    known.set(rule, fields);
    return fields;
  };
  return new Map(compiled().map((rule) => [rule.rule.title, fieldsOf(rule)]));
}

describe('the content pack', () => {
  interface Entity {
    readonly id: string;
    readonly type: { readonly name: string };
    readonly data: {
      readonly title: { readonly '@value': string };
      readonly config: { readonly query: { readonly '@value': string } };
    };
  }
  const entities = (): readonly Entity[] =>
    JSON.parse(textOf(built, 'hostile-1.0.0-graylog.json')).entities;
  const definitions = (): readonly Entity[] =>
    entities().filter(({ type }) => type.name === 'event_definition');

  it('has an entity a query, each with an id of its own', () => {
    expect(new Set(entities().map(({ id }) => id)).size).toBe(entities().length);
    const wanted = built.pack.graylog.flatMap(({ detection, search }) => {
      const queries = search.kind === 'filter' ? search.queries : [search.query];
      return queries.map((query, index) => [
        index === 0 ? detection.name : `${detection.name} (part ${index + 1})`,
        query,
      ]);
    });
    expect(
      definitions().map(({ data }) => [data.title['@value'], data.config.query['@value']]),
    ).toEqual(wanted);
  });

  it('searches no field that a rule does not name', () => {
    const fields = fieldsByTitle();
    const own = new Set(['gl2_message_id', 'message', 'full_message']);
    for (const { detection, search } of built.pack.graylog) {
      for (const query of search.kind === 'filter' ? search.queries : [search.query]) {
        const named = fields.get(detection.rule.title);
        expect(
          [...readLucene(query).fields].filter((field) => !own.has(field) && !named?.has(field)),
        ).toEqual([]);
      }
    }
  });

  it('holds no expression for the template language but names of fields', () => {
    const templates = [
      ...textOf(built, 'hostile-1.0.0-graylog.json').matchAll(/"template": ?"((?:[^"\\]|\\.)*)"/g),
    ].map((match) => match[1]);
    expect(templates.length).toBeGreaterThan(0);
    for (const template of templates)
      expect(template).toMatch(
        /^(?:(?:\$\{if source\.[A-Za-z0-9_@-]+\}no\$\{else\})*\$\{source\.[A-Za-z0-9_@-]+\}(?:\$\{end\})*|(?:(?!\$\{|\\\\).)*)$/,
      );
    expect(textOf(built, 'hostile-1.0.0-graylog.json')).not.toMatch(/<\/?script|<!--/i);
  });
});

describe('the meaning', () => {
  it('is what the matcher says, on events made of the rules', () => {
    const found = disagreements(compiled());
    expect(found.messages).toEqual([]);
    expect(found.hits.splunk).toBeGreaterThan(400);
    expect(found.hits.graylog).toBeGreaterThan(400);
  });
});

describe('the release', () => {
  it('is a zip of plain files in one folder', () => {
    expect(bundle.map(({ entry }) => entry.fileName)).toEqual(
      ['README.md', 'hostile-1.0.0-graylog.json', 'hostile-1.0.0.spl', 'manifest.json'].map(
        (name) => `hostile-1.0.0/${name}`,
      ),
    );
    for (const { entry } of bundle) {
      expect(entry.externalFileAttributes >>> 16).toBe(0o100644);
      expect(entry.getLastModDate({ timezone: 'UTC' }).toISOString()).toBe(
        '1980-01-01T00:00:00.000Z',
      );
    }
  });

  it('has a manifest with the digest of each pack and an entry for each detection', () => {
    const manifest = JSON.parse(textOf(built, 'manifest.json'));
    for (const { path, size, sha256 } of manifest.artifacts) {
      const content = built.artifacts.get(path)?.content ?? new Uint8Array();
      expect([size, sha256]).toEqual([
        content.length,
        createHash('sha256').update(content).digest('hex'),
      ]);
    }
    expect(manifest.detections).toHaveLength(built.pack.outcomes.length);
  });
});

describe('the reports', () => {
  const context = { toolVersion: '0.0.0', paint: unpainted, width: 100, failOn: 'error' as const };

  it.each(['text', 'github', 'junit', 'json', 'sarif'] as const)('%s moves no cursor', (format) => {
    expect(built.bag.list.length).toBeGreaterThan(50);
    expect(reports[format](built.bag.list, context)).not.toMatch(
      /[[\p{Cc}\u2028-\u202e\u2066-\u2069]--\n]/v,
    );
  });

  it('are read by their readers', () => {
    expect(JSON.parse(reports.json(built.bag.list, context)).diagnostics).toHaveLength(
      built.bag.list.length,
    );
    expect(JSON.parse(reports.sarif(built.bag.list, context)).runs[0].results).toHaveLength(
      built.bag.list.length,
    );
    expect(XMLValidator.validate(reports.junit(built.bag.list, context))).toBe(true);
    for (const line of reports.github(built.bag.list, context).trimEnd().split('\n'))
      expect(line).toMatch(/^::(?:error|warning|notice) file=[^:]*,title=[^:]*::/);
  });
});
