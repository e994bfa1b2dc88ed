import { spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { rolldown } from 'rolldown';
import { afterAll, expect, test } from 'vitest';
import * as library from '../src/index.ts';
import { sha1 } from '../src/source/sha1.ts';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'sigpack-core-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A module with all that it imports, for a browser. What it can't have is in `logs`. */
async function bundled(path: string): Promise<{ code: string; logs: readonly string[] }> {
  const logs: string[] = [];
  const bundle = await rolldown({
    cwd: root,
    platform: 'browser',
    input: path,
    onLog: (_, { message }) => logs.push(message),
  });
  const { output } = await bundle.generate({
    format: 'iife',
    name: 'core',
    codeSplitting: false,
    comments: false,
  });
  return { code: output[0].code, logs };
}

test('sigpack/core bundles for a browser without any module of Node', async () => {
  const { code, logs } = await bundled('./dist/lib/core.js');
  expect(logs).toEqual([]);
  expect(code).not.toMatch(/\bimport\(|\brequire\(/);
});

test('the bundle runs with what browsers and Node have in common', async () => {
  const { code } = await bundled('./dist/lib/core.js');
  // neither Buffer nor process nor require
  const context = createContext({ TextEncoder, TextDecoder, btoa, structuredClone });
  const run = `${code}
    const text = 'title: A\\nlogsource: {product: windows}\\ndetection:\\n' +
      '  sel: {User|utf16le|base64offset|contains: é, Path|re: "a[bc]+"}\\n  condition: sel\\n';
    const bag = core.createBag();
    const collection = core.collect(core.readDocuments({ path: 'rule.yml', text }, bag).documents, bag);
    const compile = core.createCompiler(collection, { placeholders: new Map(), bag });
    JSON.stringify(collection.rules.map(compile).map((rule) => [
      core.createRuleIndex([{ id: 'A', query: rule.query }]).matchesOf({ User: 'x6QB4', Path: 'ab' }),
      ...core.targets.flatMap((target) => {
        const conversion = target.convert(rule, core.defaultTargetSettings);
        return conversion.ok ? conversion.value.queries : [conversion.error[0].message];
      }),
    ]));`;
  const bag = library.createBag();
  const text =
    'title: A\nlogsource: {product: windows}\ndetection:\n' +
    '  sel: {User|utf16le|base64offset|contains: é, Path|re: "a[bc]+"}\n  condition: sel\n';
  const { documents } = library.readDocuments({ path: 'rule.yml', text }, bag);
  const collection = library.collect(documents, bag);
  const compile = library.createCompiler(collection, { placeholders: new Map(), bag });
  const expected = collection.rules.flatMap((rule) => {
    const compiled = compile(rule);
    if (compiled?.kind !== 'detection') return [];
    const texts = library.targets.flatMap((target): readonly (string | undefined)[] => {
      const conversion = target.convert(compiled, library.defaultTargetSettings);
      return conversion.ok ? conversion.value.queries : [conversion.error[0]?.message];
    });
    return [[['A'], ...texts]];
  });
  expect(expected[0]).toHaveLength(library.targets.length + 1);
  expect(JSON.parse(String(runInContext(run, context)))).toEqual(expected);
});

/** What the compiler finds wrong where a module is for Node and browsers alike. */
function withoutNode(files: readonly string[]): string {
  const config = join(folder, 'tsconfig.json');
  const extended = join(root, 'tsconfig.json');
  // `webworker` has what browsers and Node have in common, and no `Buffer`
  const compilerOptions = { noEmit: true, types: [], lib: ['es2024', 'webworker'] };
  writeFileSync(config, JSON.stringify({ extends: extended, compilerOptions, include: [], files }));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  return spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' }).stdout;
}

test('no module of sigpack/core knows a global of Node', () => {
  expect(withoutNode([join(root, 'src/core.ts')])).toBe('');
  const wrong = join(folder, 'wrong.ts');
  writeFileSync(wrong, `import 'node:fs';\nBuffer.from('a');\nexport {};\n`);
  expect(withoutNode([wrong]).match(/TS\d+/g)).toEqual(['TS2882', 'TS2591']);
});

test('its names are those of the library, each with its declaration', () => {
  const names = (path: string): readonly string[] =>
    [...readFileSync(join(root, path), 'utf8').matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(
      ([, list = '']) => list.match(/\w+(?=,|\s*$)/g) ?? [],
    );
  const own = names('src/core.ts');
  expect(own.length).toBeGreaterThan(60);
  expect(own.filter((name) => !names('src/index.ts').includes(name))).toEqual([]);
  expect(names('dist/lib/core.d.ts')).toEqual(own);
});

test('digests for ids are those of Node', () => {
  for (let size = 0; size < 200; size++) {
    const bytes = Uint8Array.from({ length: size }, (_, at) => (at * 37 + size * 101) & 0xff);
    expect(sha1(bytes)).toBe(hash('sha1', bytes));
  }
});
