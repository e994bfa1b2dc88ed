// What the package holds: the modules that tsc emits put together into a few files, since Node
// takes as long to load four hundred as to compile a thousand rules; and one declaration file for
// the library, of what index.ts exports and what that is made of.
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import Handlebars from 'handlebars';
import { rolldown } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';
import {
  blockOptions,
  compileOptions,
  precompiledKey,
} from '../dist/modules/pack/render/template.js';
import { blockSource } from '../dist/modules/pack/render/template-block.js';
import { leanDeclarations } from './lean-declarations.mjs';

const root = join(import.meta.dirname, '..');
const dir = join(root, 'dist', 'lib');
// all that a build renders, which then loads no compiler
const templates = globSync(
  ['templates/docs/rule.md.hbs', 'templates/{bundle,graylog,splunk}/**/*.hbs'],
  { cwd: root },
)
  .sort()
  .map((path) => readFileSync(join(root, path), 'utf8').replaceAll('\r\n', '\n'));
// what is never needed: where a helper is called, where a name stands and what is in place of no
// context (ours are all there), and what other runtimes lack
const unused = [
  /,(?:"loc":| )\{"start":\{"line":\d+,"column":\d+\},"end":\{"line":\d+,"column":\d+\}\}/,
  / \|\| function\(parent, propertyName\) \{\s*if [^{]*\{[^}]*\}\s*return undefined\s*\}/,
  / != null \? \w+ : \(container\.nullContext \|\| \{\}\)/,
];
const everyUnused = new RegExp(unused.map(({ source }) => source).join('|'), 'g');
/** Its long texts as slices of the template, which the package has anyway. */
const withSlices = (code, template) =>
  code.replace(/"(?:[^"\\]|\\.)*"/g, (literal) => {
    const text = JSON.parse(literal);
    const start = template.indexOf(text);
    const slice = `source.slice(${start},${start + text.length})`;
    return start !== -1 && slice.length < literal.length ? slice : literal;
  });
const entryOf = (text, options) => {
  const code = Handlebars.precompile(text, options).replace(everyUnused, '');
  return `['${precompiledKey(text)}', (source) => (${withSlices(code, text)})]`;
};
const entries = [
  entryOf(blockSource, blockOptions),
  ...templates.map((text) => entryOf(text, compileOptions)),
];
const precompiled = {
  name: 'precompiled templates',
  load: (id) =>
    id.endsWith('precompiled.js')
      ? `export const precompiled = new Map([${entries.join(',\n')}]);`
      : undefined,
};
// long lists of names, of which a deflated one takes a third
const lists = [
  'attack/techniques.js',
  'attack/retired-techniques.js',
  'release/supply-chain/spdx-ids.js',
];
const packed = (value) => {
  const text = JSON.stringify(value instanceof Set ? [...value] : value);
  const list = `read('${deflateRawSync(text, { level: 9 }).toString('base64')}')`;
  return value instanceof Set ? `new Set(${list})` : list;
};
const deflated = {
  name: 'deflated lists',
  async load(id) {
    if (!lists.some((path) => id.replaceAll('\\', '/').endsWith(path))) return undefined;
    const values = Object.entries(await import(pathToFileURL(id).href));
    return [
      `import { inflateRawSync } from 'node:zlib';`,
      `const read = (text) => JSON.parse(inflateRawSync(Buffer.from(text, 'base64')).toString());`,
      ...values.map(([name, value]) => `export const ${name} = ${packed(value)};`),
    ].join('\n');
  },
};
/** The modules that a module loads with itself. */
function loadedWith(name, found = new Set()) {
  const path = join(root, 'dist/modules', name);
  if (found.has(path)) return found;
  found.add(path);
  for (const [, other] of readFileSync(path, 'utf8').matchAll(
    /^(?:import|export) [^;]*?from '(\.[^']+)';$/gm,
  ))
    loadedWith(join(dirname(name), other), found);
  return found;
}
// Node takes half a millisecond for a file: what a build loads is in three, so that what needs less
// loads less
const build = loadedWith('cli/command/build/run.js');
// sigpack/core shares files with the commands, but none that has a module of Node
const core = loadedWith('core.js');
const partsOf = (name, priority, ...commands) => {
  const loaded = new Set(commands.flatMap((command) => [...loadedWith(`cli/${command}.js`)]));
  return [true, false].map((inCore) => ({
    name: inCore ? `${name}-core` : name,
    priority,
    test: (id) => build.has(id) && loaded.has(id) && core.has(id) === inCore,
  }));
};
const groups = [
  ...partsOf('start', 3, 'command-line'),
  ...partsOf('quick', 2, 'command/list/run', 'command/verify/run'),
  ...partsOf('common', 1, 'command/build/run'),
];
const modules = await rolldown({
  cwd: root,
  platform: 'node',
  input: {
    index: './dist/modules/index.js',
    core: './dist/modules/core.js',
    'cli/main': './dist/modules/cli/main.js',
  },
  // all but our own modules is for npm to install
  external: /^[^./]/,
  plugins: [precompiled, deflated],
});
const types = await rolldown({
  cwd: root,
  input: { index: './dist/types/index.d.ts' },
  external: /^node:/,
  // the declarations come from tsc; the generator is only asked for what has none
  plugins: [dts({ dtsInput: true, oxc: true, tsconfig: false }), leanDeclarations],
});
const written = [
  await modules.write({
    dir,
    format: 'es',
    // what a command runs is named after the command
    chunkFileNames: ({ name, facadeModuleId }) =>
      `parts/${name === 'run' && facadeModuleId ? basename(dirname(facadeModuleId)) : '[name]'}.js`,
    comments: false,
    codeSplitting: { groups },
    minify: {
      compress: true,
      mangle: { toplevel: true, keepNames: { function: false, class: true } },
      codegen: { removeWhitespace: true },
    },
  }),
  await types.write({ dir, format: 'es' }),
];
// the names of sigpack/core are some of the library's, with the same declarations
const coreTypes = readFileSync(join(root, 'src/core.ts'), 'utf8')
  .replace(/^\/\/.*\n/gm, '')
  .replace(/ from '[^']*'/g, ` from './index.js'`);
writeFileSync(join(dir, 'core.d.ts'), coreTypes);
const kept = new Set([join(dir, 'core.d.ts')]);
for (const { output } of written) for (const { fileName } of output) kept.add(join(dir, fileName));
// in place and at the end: a command that runs meanwhile finds its files
for (const path of globSync('**/*.{js,ts}', { cwd: dir }))
  if (!kept.has(join(dir, path))) rmSync(join(dir, path));
