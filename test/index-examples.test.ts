import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseSync, transformSync } from 'rolldown/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Declaration, declarationsOf, docOf } from '../scripts/declarations.ts';
import { createLab, firstRules, removeLabs, secondRules, watchBody } from './install-lab.ts';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'sigpack-examples-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { exported } = declarationsOf(readFileSync(join(root, 'dist/lib/index.d.ts'), 'utf8'));

/** Types that most programs begin with: an example shows how a value of each looks. */
const mainTypes = [
  'CompiledRule',
  'Conversion',
  'ConversionTarget',
  'Diagnostic',
  'DiagnosticBag',
  'Event',
  'EventReader',
  'GraylogOptions',
  'Pack',
  'PackConfig',
  'Pattern',
  'Query',
  'Rule',
  'SourceFile',
  'SplunkOptions',
  'TargetDiagnostic',
];

interface Example {
  readonly name: string;
  readonly text: string;
}

const examplesOf = ({ name, doc }: Declaration): readonly Example[] =>
  (doc?.examples ?? []).map((text, index) => ({
    name: index === 0 ? name : `${name} ${index + 1}`,
    text,
  }));

/**
 * The example as a program that throws where an expression is not what the comment behind it says:
 * `expression; // => value`, on one line or with the comment on the next.
 */
function programOf(text: string): string {
  const { program, comments, errors } = parseSync('example.ts', text);
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
  let result = text;
  for (const comment of comments.toReversed()) {
    const value = /^ => (.*)$/.exec(comment.value)?.[1];
    if (value === undefined) continue;
    const statement = program.body.findLast(({ end }) => end <= comment.start);
    if (
      statement?.type !== 'ExpressionStatement' ||
      !/^\s*$/.test(text.slice(statement.end, comment.start))
    )
      throw new Error(`there is no expression in front of //${comment.value}`);
    const { start, end } = statement.expression;
    result = `${result.slice(0, start)}__equal(${text.slice(start, end)}, ${value})${result.slice(end)}`;
  }
  const { code } = transformSync('example.ts', result, { lang: 'ts' });
  return `import { deepStrictEqual as __equal } from 'node:assert/strict';\n${code}`;
}

/** Runs all programs in one process, which prints what each threw. */
const runner = `
const errors = {};
for (const name of process.argv.slice(2))
  try { await import('./' + name); } catch (error) { errors[name] = String(error.message ?? error); }
console.log(JSON.stringify(errors));
`;

/** What each example that fails throws, by its name. */
function run(examples: readonly Example[]): Readonly<Record<string, string>> {
  const errors: Record<string, string> = {};
  const files = new Map<string, string>();
  for (const { name, text } of examples)
    try {
      const file = `${name.replace(' ', '-')}.js`;
      writeFileSync(join(folder, file), programOf(text));
      files.set(file, name);
    } catch (error) {
      errors[name] = String(error);
    }
  writeFileSync(join(folder, 'run.mjs'), runner);
  const servers = pathToFileURL(join(import.meta.dirname, 'fake/fetch.ts')).href;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--experimental-strip-types', '--import', servers, 'run.mjs', ...files.keys()],
    { cwd: folder, encoding: 'utf8', env: { ...process.env, ...secrets } },
  );
  if (stdout === '') throw new Error(stderr);
  for (const [file, message] of Object.entries<string>(JSON.parse(stdout)))
    errors[files.get(file) ?? file] = message.slice(0, 500);
  return errors;
}

/** What the compiler reports about the examples in TypeScript. */
function typeErrors(examples: readonly Example[]): string {
  const files = examples.map(({ name, text }) => {
    const file = `${name.replace(' ', '-')}.ts`;
    writeFileSync(join(folder, file), `${text}\nexport {};\n`);
    return file;
  });
  const compilerOptions = {
    strict: true,
    noUncheckedIndexedAccess: true,
    module: 'nodenext',
    target: 'es2024',
    noEmit: true,
    types: ['node'],
    skipLibCheck: false,
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  return spawnSync(process.execPath, [tsc, '-p', folder], { cwd: folder, encoding: 'utf8' }).stdout;
}

/** Artifacts of two versions, and watches: what the examples of installs bring to a server. */
async function writePacks(to: string): Promise<void> {
  const lab = createLab('{}');
  mkdirSync(to);
  for (const [version, revision, rules] of [
    ['1.0.0', 1, firstRules],
    ['1.1.0', 2, secondRules],
  ] as const)
    cpSync(await lab.build(version, revision, rules), to, { recursive: true });
  const watches = ['First', 'Second', 'Third'].map((title) =>
    JSON.stringify({ id: title, body: watchBody('x', title) }),
  );
  writeFileSync(join(to, 'acme-1.0.0.ndjson'), watches.join('\n'));
  removeLabs();
}

/** What the fake servers ask for. */
const secrets = {
  GRAYLOG_TOKEN: 'graylog-token',
  SPLUNK_TOKEN: 'splunk-token',
  SPLUNK_PASSWORD: 'splunk-password',
  STACK_TOKEN: 'stack-token',
  ELASTIC_KEY: 'elastic-key',
};

beforeAll(async () => {
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules', 'sigpack'), 'junction');
  symlinkSync(join(root, 'node_modules/@types'), join(folder, 'node_modules/@types'), 'junction');
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  for (const name of ['send.js', 'send.ts'])
    writeFileSync(join(folder, name), "export { send } from './SendRequest.js';\n");
  await writePacks(join(folder, 'packs'));
});

describe('the documentation of the library', () => {
  it('has a comment on every name', () => {
    expect(exported.length).toBeGreaterThan(90);
    expect(exported.filter(({ doc }) => !doc?.text).map(({ name }) => name)).toEqual([]);
  });

  it('has an example for every function and class, and for the main types', () => {
    const without = exported.filter(
      ({ name, kind, doc }) =>
        (kind === 'function' || kind === 'class' || mainTypes.includes(name)) &&
        !doc?.examples.length,
    );
    expect(without.map(({ name }) => name)).toEqual([]);
  });

  it('has names of parameters that are there', () => {
    const wrong = exported.flatMap(({ name, doc, text }) =>
      [...(doc?.params.keys() ?? [])]
        .filter(
          (param) => !new RegExp(`\\b${param.replaceAll('.', '\\b.*\\b')}\\b`, 's').test(text),
        )
        .map((param) => `${name}: ${param}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('the examples of the library', () => {
  const examples = exported.flatMap(examplesOf);

  it('each compare something', () =>
    expect(
      examples.filter(({ text }) => !/\/\/ => |\bassert\b/.test(text)).map(({ name }) => name),
    ).toEqual([]));

  it('run', () => expect(run(examples)).toEqual({}));

  it('and the one of docs/install.md run', () => {
    const page = readFileSync(join(root, 'docs/install.md'), 'utf8');
    const [, text = ''] = /^```js\n(.*?)^```$/ms.exec(page) ?? [];
    const check = "(await target.installed()).version; // => '1.0.0'";
    expect(run([{ name: 'install', text: `${text.replace(/^for .*$/m, '')}${check}` }])).toEqual(
      {},
    );
  });

  it('have the types of the declarations', () => expect(typeErrors(examples)).toBe(''));
});

describe('the runner', () => {
  const example = (text: string): Example => ({ name: 'x', text });

  it('sees a wrong value, on the line and below it', () => {
    expect(run([example('1 + 1; // => 2')])).toEqual({});
    expect(run([example('1 + 1; // => 3')])).toHaveProperty('x');
    expect(
      run([example("const list = [1];\nlist.map(\n  String,\n);\n// => ['2']")]),
    ).toHaveProperty('x');
    expect(run([example("import { nothing } from 'sigpack';\nnothing; // => 1")])).toHaveProperty(
      'x',
    );
  });

  it('refuses a value without an expression', () =>
    expect(() => programOf('const a = 1; // => 1')).toThrow('there is no expression'));

  it('sees a wrong type', () =>
    expect(typeErrors([example("import { createBag } from 'sigpack';\ncreateBag(1);")])).toContain(
      'TS2345',
    ));

  it('reads the tags of a comment', () =>
    expect(
      docOf(
        '*\n * Adds.\n * @param a - One\n *   more.\n * @returns The sum.\n * @example\n * add(1);\n * // => 2\n ',
      ),
    ).toEqual({
      text: 'Adds.',
      params: new Map([['a', 'One\n  more.']]),
      returns: 'The sum.',
      examples: ['add(1);\n// => 2'],
    }));
});
