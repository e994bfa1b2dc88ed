import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conversionError } from '../src/cli/plugin/shape.ts';
import { environment, sigpack, spawned } from './sigpack.ts';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'sigpack-plugin-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const seed = join(root, 'rules/windows/dhcp-callout-dll-failed.yml');
const page = readFileSync(join(root, 'docs/adding-a-target.md'), 'utf8');
const [manifest = '', code = '', configuration = ''] = ['json', 'js', 'yaml'].map(
  (language) => new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'ms').exec(page)?.[1],
);

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** The command as it is installed. */
function built(...args: readonly string[]) {
  const main = join(folder, 'node_modules/sigpack/dist/lib/cli/main.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: environment(),
  });
  return { code: status, stdout, stderr };
}

beforeAll(() => {
  if (!existsSync(join(root, 'dist/lib/index.js')))
    throw new Error('nothing is built: npm run build');
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/sigpack'), 'dir');
  write('node_modules/sigpack-sqlite/package.json', manifest);
  write('node_modules/sigpack-sqlite/index.js', code);
});

describe('the example of docs/adding-a-target.md', () => {
  it('gives the output that the page shows', () => {
    const shown = /sigpack-sqlite rules\S+\n(SELECT .*\n)/.exec(page)?.[1];
    expect(built('convert', '-t', 'sqlite', '--plugin', 'sigpack-sqlite', seed)).toMatchObject({
      code: 0,
      stdout: shown,
    });
  });

  it('takes the settings that the page shows', () => {
    const shown = [...page.matchAll(/sigpack-sqlite rules\S+\n(SELECT .*\n)/g)][1]?.[1];
    write('set/sigpack.yml', configuration);
    const args = ['--plugin', 'sigpack-sqlite', '-c', 'set', seed];
    expect(built('convert', '-t', 'sqlite', ...args)).toMatchObject({ code: 0, stdout: shown });
    expect(built('explain', '-t', 'sqlite', ...args).stdout).toContain(shown);
    expect(built('build', '-c', 'set', '-o', 'set/packs', '-p', 'none', seed).stderr).not.toContain(
      'pluginSettings',
    );
  });

  it('stands beside the built-in targets', () => {
    write('sqlite.mjs', code);
    const asFile = /^\$ sigpack (list targets --plugin \.\/sqlite\.mjs)$/m.exec(page)?.[1] ?? '';
    expect(built(...asFile.split(' ')).stdout).toMatch(/^sqlite {9}SQL of SQLite/m);
    const args = ['--plugin', 'sigpack-sqlite', '--plugin', 'sigpack-sqlite'];
    expect(built('convert', '-t', 'grep,sqlite', ...args, seed).stdout).toMatch(
      /^== grep\ngrep -P .*\n== sqlite\nSELECT /,
    );
    expect(built('list', 'targets', ...args).stdout).toMatch(/^es-qs .*^sqlite {9}SQL of SQLite/ms);
    expect(built('list', 'formats', ...args).stdout).toContain('sqlite ndjson ');
    expect(built('convert', '-t', 'sqlite', seed)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('there is no target sqlite'),
    });
  });

  // Node 22.12 has SQLite behind a flag
  it.skipIf(process.getBuiltinModule('node:sqlite') === undefined)(
    'finds in SQLite what the rules mean, and refuses the rest with a place',
    async () => {
      const { DatabaseSync } = await import('node:sqlite');
      const database = new DatabaseSync(':memory:');
      database.exec(
        `CREATE TABLE events (name, "a ""b", c); INSERT INTO events VALUES ('one', '10% It''s', 1), ('two', '100 its', 1), ('three', NULL, NULL)`,
      );
      const names = (detection: string) => {
        write('rule.yml', `title: Rule\nlogsource: { product: x }\ndetection: ${detection}\n`);
        const { stdout } = built(
          'convert',
          '-t',
          'sqlite',
          '--plugin',
          'sigpack-sqlite',
          'rule.yml',
        );
        return database
          .prepare(stdout.trim())
          .all()
          .map((row) => row.name);
      };
      expect(names(`{ s: { 'a "b|contains': "0% it's" }, condition: s }`)).toEqual(['one']);
      expect(names(`{ s: { 'a "b|contains': "0% it's" }, condition: not s }`)).toEqual([
        'two',
        'three',
      ]);
      expect(names('{ s: { c: null }, t: { c: 1, name: t* }, condition: s or t }')).toEqual([
        'two',
        'three',
      ]);
      write(
        'refused.yml',
        'title: Refused\nlogsource: { product: x }\ndetection: { s: { a|re: b }, condition: s }\n',
      );
      const refused = built(
        'convert',
        '-t',
        'sqlite',
        '--plugin',
        'sigpack-sqlite',
        'refused.yml',
        seed,
      );
      expect(refused.code).toBe(1);
      expect(refused.stdout).toMatch(/^SELECT .*1031/);
      expect(refused.stderr).toMatch(
        /refused\.yml:3:\d+: error\[TGT001\]: sqlite: SQLite has no test of the kind regex/,
      );
    },
  );

  it('holds the types', () => {
    const options = {
      strict: true,
      allowJs: true,
      checkJs: true,
      module: 'nodenext',
      target: 'es2023',
      noEmit: true,
      types: [],
    };
    const tsc = (text: string) => {
      write('types/example.js', text);
      write('types/package.json', '{ "type": "module" }');
      write(
        'types/tsconfig.json',
        JSON.stringify({ compilerOptions: options, files: ['example.js'] }),
      );
      return spawnSync(
        process.execPath,
        [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'types'],
        { cwd: folder, encoding: 'utf8' },
      ).stdout;
    };
    expect(tsc(code)).toBe('');
    expect(tsc(code.replace("name: 'sqlite'", 'name: 1'))).toContain('TS2322');
  });
});

const target = (
  more: string,
) => `{ name: 'x', description: 'X', formats: [{ name: 'default', description: 'D', extension: 'txt', print: () => 'text\\n' }],
  convert: () => ({ ok: true, value: { queries: ['q'] }, diagnostics: [] }), ${more} }`;

let count = 0;
/** A folder that no plugin was loaded from: Node keeps what it has loaded. */
function newFolder(files: Readonly<Record<string, string>>): string {
  const name = `own-${++count}`;
  mkdirSync(join(folder, name));
  for (const [path, text] of Object.entries(files)) write(join(name, path), text);
  return join(folder, name);
}
const convertWith = (cwd: string, plugin: string, names = 'x') =>
  sigpack(['convert', '-t', names, '--plugin', plugin, seed], { cwd });

describe('plugins', () => {
  it.each([
    [
      'no file',
      undefined,
      'there is no plugin ./p.mjs: neither a file nor an installed package, seen from ',
    ],
    ['an error', "throw new Error('no licence')", "plugin ./p.mjs can't be loaded: no licence"],
    ['no export', 'export default []', 'plugin ./p.mjs: the module has no export `targets`'],
    [
      'no array',
      'export const targets = {}',
      'plugin ./p.mjs: `targets` must be an array of at least one target',
    ],
    [
      'nothing',
      'export const targets = []',
      'plugin ./p.mjs: `targets` must be an array of at least one target',
    ],
    ['no object', 'export const targets = [null]', '`targets[0]` must be an object'],
    [
      'no convert',
      `export const targets = [${target('convert: 1')}]`,
      '`targets[0].convert` must be a function',
    ],
    [
      'a bad name',
      `export const targets = [${target("name: '../x'")}]`,
      '`targets[0].name` must be',
    ],
    [
      'no formats',
      `export const targets = [${target('formats: []')}]`,
      '`targets[0].formats` must be an array of at least one format',
    ],
    [
      'a bad extension',
      `export const targets = [${target("formats: [{ name: 'a', description: 'A', extension: '../a' }]")}]`,
      '`targets[0].formats[0].extension`',
    ],
    [
      'settings without a schema',
      `export const targets = [${target('settings: { defaults: {} }')}]`,
      '`targets[0].settings` must be an object with `schema` and `defaults`',
    ],
    [
      'settings without defaults',
      `export const targets = [${target('settings: { schema: {} }')}]`,
      '`targets[0].settings` must be an object with `schema` and `defaults`',
    ],
    [
      'a keyword that is not checked',
      `export const targets = [${target("settings: { schema: { properties: { a: { format: 'uri' } } }, defaults: {} }")}]`,
      '`targets[0].settings.schema`: `properties.a` has no key `format`',
    ],
    [
      'a type that JSON does not have',
      `export const targets = [${target("settings: { schema: { type: 'map' }, defaults: {} }")}]`,
      '`targets[0].settings.schema`: `type` must be one of object, array, string, integer, number, boolean, null, not `map`',
    ],
    [
      'a schema that holds itself',
      `const schema = {}; schema.items = schema; export const targets = [${target('settings: { schema, defaults: {} }')}]`,
      "`targets[0].settings.schema`: the schema can't be written as JSON",
    ],
    [
      'no print',
      `export const targets = [${target("formats: [{ name: 'a', description: 'A', extension: 'a' }]")}]`,
      '`targets[0].formats[0].print`',
    ],
    [
      'a name of ours',
      `export const targets = [${target("name: 'splunk'")}]`,
      'plugin ./p.mjs: its target splunk has the name of a target of Sigpack',
    ],
    [
      'one name twice',
      `export const targets = [${target('')}, ${target('')}]`,
      'plugin ./p.mjs: its target x has the name of a target of ./p.mjs',
    ],
  ])('with %s are refused', async (_name, text, message) => {
    const cwd = newFolder(text === undefined ? {} : { 'p.mjs': text });
    const { code: exit, stdout, stderr } = await convertWith(cwd, './p.mjs');
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toContain(
      `sigpack: ${message.startsWith('`') ? 'plugin ./p.mjs: ' : ''}${message}`,
    );
  });

  it('with a slip in the syntax are refused', () => {
    const cwd = newFolder({ 'p.mjs': 'export const = 1' });
    const {
      code: exit,
      stdout,
      stderr,
    } = spawned(['convert', '-t', 'x', '--plugin', './p.mjs', seed], { cwd });
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toContain("sigpack: plugin ./p.mjs can't be loaded: Unexpected token");
  });

  it.each([
    [
      'throw',
      "convert: () => { throw new TypeError('oh') }",
      'x: internal error of plugin ./t.mjs on the rule "DHCP Server Error Failed Loading the CallOut DLL": oh',
    ],
    ['give nothing', 'convert: () => undefined', '`convert` gave no conversion'],
    [
      'promise',
      'convert: async () => ({ ok: true, value: { queries: [] }, diagnostics: [] })',
      '`convert` gave no conversion',
    ],
    [
      'print nothing',
      "formats: [{ name: 'a', description: 'A', extension: 'a', print: () => 1 }]",
      'plugin ./t.mjs: the format a of x failed: it gave no text',
    ],
    [
      'fail to print',
      "formats: [{ name: 'a', description: 'A', extension: 'a', print: () => { throw 7 } }]",
      'the format a of x failed: 7',
    ],
  ])('that %s do not stop the others', async (_name, fault, message) => {
    const cwd = newFolder({ 't.mjs': `export const targets = [${target(fault)}]` });
    const { code: exit, stdout, stderr } = await convertWith(cwd, './t.mjs', 'x,es-qs');
    expect([exit, stdout.endsWith('== es-qs\nEventID:("1031" "1032" "1034")\n')]).toEqual([
      1,
      true,
    ]);
    expect(stderr).toContain(message);
    expect(stderr).toContain('dhcp-callout-dll-failed.yml:');
  });

  it('are files or packages of any shape that Node imports', async () => {
    const text = `export const targets = [${target('')}]`;
    write('plain.mjs', text);
    write(
      'node_modules/@a/only-import/package.json',
      '{ "name": "@a/only-import", "type": "module", "exports": { ".": { "types": "./x.d.ts", "import": "./lib/x.js" } } }',
    );
    write('node_modules/@a/only-import/lib/x.js', text);
    write('node_modules/old/package.json', '{ "name": "old", "type": "module", "main": "lib.js" }');
    write('node_modules/old/lib.js', text);
    for (const plugin of [
      'plain.mjs',
      './plain.mjs',
      join(folder, 'plain.mjs'),
      '@a/only-import',
      'old',
    ]) {
      expect(await convertWith(folder, plugin)).toMatchObject({ code: 0, stdout: 'text\n' });
    }
    expect(await convertWith(folder, 'nope')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no plugin nope'),
    });
  });
});

/** One target with settings, one without; the query is what `convert` was given. */
const withSettings = `
const target = (name, settings) => ({
  name,
  description: 'X',
  formats: [{ name: 'default', description: 'D', extension: 'txt', print: ([{ converted }]) => converted.queries[0] + '\\n' }],
  settings,
  convert: (_, given) => ({ ok: true, value: { queries: [JSON.stringify(given) ?? 'nothing'] }, diagnostics: [] }),
});
const schema = {
  $defs: { depth: { type: 'integer', minimum: 1, description: 'How deep to look.' } },
  type: 'object',
  additionalProperties: false,
  properties: { depth: { $ref: '#/$defs/depth' }, names: { type: 'array', items: { type: 'string' } } },
};
export const targets = [
  target('x', { schema, defaults: { depth: 3, names: ['a'] } }),
  target('plain'),
  target('broken', { schema: { $ref: '#/$defs/none' }, defaults: 1 }),
];`;

describe('settings of targets of plugins', () => {
  const run = (config: string, name = 'x') =>
    convertWith(
      newFolder({ 'p.mjs': withSettings, 'sigpack.yml': `${config}\n` }),
      './p.mjs',
      name,
    );

  it.each([
    ['x', 'title: Nothing set', '{"depth":3,"names":["a"]}'],
    ['x', 'pluginSettings: { x: { depth: 5 } }', '{"depth":5,"names":["a"]}'],
    ['x', 'pluginSettings: { x: { names: [] }, sqlite: { table: 1 } }', '{"depth":3,"names":[]}'],
    ['plain', 'pluginSettings: {}', 'nothing'],
  ])('%s has with `%s` what the file says over the defaults', async (name, config, stdout) =>
    expect(await run(config, name)).toMatchObject({ code: 0, stdout: `${stdout}\n` }),
  );

  it.each([
    [
      '{ x: { depth: 0 } }',
      '1:31',
      '`pluginSettings.x.depth` must be at least 1, not 0',
      'How deep to look.',
    ],
    [
      '{ x: { names: [a, 7] } }',
      '1:35',
      '`pluginSettings.x.names[1]` must be a string, not `7`',
      "Quote the value: '7'",
    ],
    ['{ x: { dept: 5 } }', '1:24', '`pluginSettings.x` has no key `dept`', 'Did you mean `depth`?'],
    [
      '{ x: }',
      '1:19',
      '`pluginSettings.x` is empty, it must be a map',
      'Give it a value or remove the key.',
    ],
    ['{ plain: {} }', '1:19', 'the target `plain` takes no settings', 'Remove the key.'],
    ['{ plian: {} }', '1:19', 'no plugin has the target `plian`', 'Did you mean `plain`?'],
    [
      '{ splunk: {} }',
      '1:19',
      '`splunk` is a target of Sigpack, not of a plugin',
      'Its settings have a key of their own at the top of the file.',
    ],
    ['[p.mjs]', '1:17', '`pluginSettings` must be a map, not a list', 'Settings of targets'],
  ])('%s is reported at its place', async (settings, place, message, hint) => {
    const { code: exit, stdout, stderr } = await run(`pluginSettings: ${settings}`);
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`sigpack.yml:${place}: error[PCK001]: ${message}`);
    expect(stderr).toContain(hint);
  });

  it('with a schema that refers to nothing end the command', async () =>
    expect(await run('pluginSettings: { broken: 1 }')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(
        'the schema of the target broken: schema has no #/$defs/none',
      ),
    }));

  it('are left alone where the plugin is not loaded', async () => {
    const cwd = newFolder({ 'sigpack.yml': 'pluginSettings: { x: { depth: none } }\n' });
    expect(await sigpack(['convert', '-t', 'grep', seed], { cwd })).toMatchObject({ code: 0 });
  });
});

describe('what a plugin gives is checked', () => {
  const file = { path: 'a.yml', text: 'a' };
  const diagnostic = { code: 'TGT002', message: 'm', file, span: { start: 0, end: 1 } };
  it.each([
    [{ ok: true, value: { queries: ['a'], document: {} }, diagnostics: [diagnostic] }, undefined],
    [{ ok: false, error: [diagnostic] }, undefined],
    [{ ok: false, error: [] }, 'a refusal must have at least one refusal'],
    [{ ok: true, value: {}, diagnostics: [] }, '`value.queries` must be an array'],
    [{ ok: true, value: { queries: [1] }, diagnostics: [] }, '`value.queries` must hold texts'],
    [{ ok: true, value: { queries: [] } }, '`diagnostics` must be an array'],
    [
      { ok: true, value: { queries: [] }, diagnostics: [{ ...diagnostic, code: 'PCK001' }] },
      '`diagnostics[0].code` must be one of TGT001, TGT002, TGT003, TGT004',
    ],
    [
      { ok: true, value: { queries: [] }, diagnostics: [{ ...diagnostic, file: 'a' }] },
      '`diagnostics[0].file` must be a file, as rules and items have it',
    ],
    [
      {
        ok: true,
        value: { queries: [] },
        diagnostics: [diagnostic, { ...diagnostic, span: { start: -1, end: 1 } }],
      },
      '`diagnostics[1].span` must have a start and an end',
    ],
    [{ ok: false, error: [{ ...diagnostic, hint: 1 }] }, '`error[0].hint` must be a text'],
  ])('%j', (conversion, fault) => expect(conversionError(conversion)).toBe(fault));
});
