import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { projectIn } from './project-folder.ts';
import { sigpack } from './sigpack.ts';

const temporary = mkdtempSync(join(tmpdir(), 'sigpack-help-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const help = async (...command: readonly string[]): Promise<string> =>
  (await sigpack([...command, '--help'], { env: { COLUMNS: '80' } })).stdout;
const names = [...(await help()).matchAll(/^ {2}([a-z]+) /gm)]
  .map(([, name = '']) => name)
  .filter((name) => name !== 'help' && name !== 'sigpack');

const examplesOf = (text: string): readonly string[] =>
  [...(/\nExamples:\n((?: {2}.*\n)+)/.exec(text)?.[1] ?? '').matchAll(/^ {2}(.*)$/gm)].map(
    ([, line = '']) => line,
  );

test('there are commands', () =>
  expect(names).toEqual(
    expect.arrayContaining(['build', 'completion', 'convert', 'install', 'list', 'verify']),
  ));

test('the help of a command that is not there is an error with the nearest one', async () => {
  expect(await sigpack(['help', 'chekc'])).toEqual({
    code: 2,
    stdout: '',
    stderr:
      "sigpack: unknown command 'chekc'\n(Did you mean check?)\n(sigpack --help lists the commands)\n",
  });
  expect((await sigpack(['help', 'check'])).stdout).toBe(await help('check'));
});

test.each(names)(
  'the help of %s has two examples of it and its variables, and no switch that is off',
  async (name) => {
    const text = await help(name);
    const examples = examplesOf(text);
    expect(examples).toHaveLength(2);
    for (const example of examples) expect(example).toContain(`sigpack ${name}`);
    expect(text).not.toContain('(default: false)');
    expect(text).toContain('\nEnvironment:\n');
    expect(text.includes('SIGPACK_CONFIG')).toBe(text.includes('--config'));
    expect(text.includes('SIGPACK_SECRET_<NAME>')).toBe(text.includes('--ca-file'));
  },
);

test.each(names)('the options of the examples of %s are there', async (name) => {
  const cwd = projectIn(temporary, {});
  for (const example of examplesOf(await help(name))) {
    const [, args = ''] = /sigpack ([^|>)]*)/.exec(example) ?? [];
    const words = args.trim().split(' ');
    // waits for standard input, which is the test's own; playground.test.ts writes its page of megabytes
    if (words.includes('-') || name === 'lsp' || name === 'playground') continue;
    // nothing is there to work on, and no server: what is said must not be about the words of the
    // command
    const { stderr } = name === 'init' ? { stderr: '' } : await sigpack(words, { cwd });
    expect(stderr).not.toMatch(
      /unknown|invalid|missing|too many|there is no (?:option|target|pipeline|command)/,
    );
  }
});

test('no help has words that nobody uses', async () => {
  const texts = [await help()];
  for (const name of names) texts.push(await help(name));
  expect(texts.join('\n')).not.toMatch(
    /take a pack away|what there is|form of|fulfil|\bdo it\b|\bis none\b|a minute;/,
  );
});
