import { spawn } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { blocksIn } from './page-blocks.ts';
import { environment, type Run, sigpack } from './sigpack.ts';
import { update } from './update.ts';

const root = join(import.meta.dirname, '..');

/** A fenced block of commands. */
export interface DocBlock {
  /** Relative to the root of the repository. */
  readonly page: string;
  readonly language: string;
  readonly text: string;
}

const languages = ['console', 'sh', 'bash', 'shell'];

/** The blocks of commands of a page. */
export const blocksOf = (page: string): readonly DocBlock[] =>
  blocksIn(readFileSync(join(root, page), 'utf8')).flatMap(({ language, code }) =>
    languages.includes(language) ? [{ page, language, text: code }] : [],
  );

/** The pages for users and contributors. */
export const docPages = (): readonly string[] =>
  globSync(['*.md', 'docs/**/*.md'], { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .sort();

export const allBlocks = (): readonly DocBlock[] => docPages().flatMap(blocksOf);

/** The words of a command line of bash, without quoting inside words. */
export const wordsOf = (line: string): readonly string[] =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain = '']) => quoted ?? plain);

export interface SessionOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What a page names, and what it is in the test. */
  readonly places?: Readonly<Record<string, string>>;
  /** What differs from run to run. */
  readonly settled?: (text: string) => string;
  /** Exit codes of the commands; 0 without it. */
  readonly codes?: readonly number[];
  /** How a command of sigpack runs, where not in this process without a terminal. */
  readonly run?: (args: readonly string[]) => Promise<Run>;
}

/** A command of a shell, while this process answers it. */
export async function inShell(
  command: string,
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const child = spawn('bash', ['--norc', '-uo', 'pipefail', '-c', command], {
    cwd,
    env: environment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].on('data', (data) => {
      output[name] += String(data);
    });
  const code = await new Promise<number | null>((done) => child.once('close', done));
  return { code: code ?? undefined, ...output };
}

/** Commands of a block: those behind `$ `, or each line of a block without output. */
const commandsOf = ({ language, text }: DocBlock): readonly string[] =>
  language === 'console'
    ? [...text.matchAll(/^\$ (.*)$/gm)].map(([, command = '']) => command)
    : text.trimEnd().split('\n');

const replaced = (text: string, places: readonly (readonly [string, string])[]): string =>
  places.reduce((so, [from, to]) => so.replaceAll(from, to), text);

/**
 * Runs the commands of a block, and expects that they print what it shows. `UPDATE=1` writes it
 * into the page.
 */
export async function expectSession(
  block: DocBlock,
  { cwd, env = {}, places = {}, settled = String, codes = [], run }: SessionOptions,
): Promise<void> {
  const commands = commandsOf(block);
  const there = Object.entries(places);
  const back = there.map(([page, here]) => [here, page] as const);
  let shown = '';
  for (const [index, command] of commands.entries()) {
    const actual = replaced(command, there);
    const [program, ...args] = wordsOf(actual.replace(/\s+#.*$/, ''));
    const ran =
      program === 'sigpack'
        ? await (run?.(args) ?? sigpack(args, { cwd, env }))
        : await inShell(actual, cwd, env);
    const { code, stdout, stderr } = ran;
    expect([command, code, stdout + stderr]).toEqual([
      command,
      codes[index] ?? 0,
      expect.any(String),
    ]);
    shown += `${block.language === 'console' ? '$ ' : ''}${command}\n`;
    shown += replaced(stdout + stderr, back);
  }
  const differs = settled(shown) !== settled(block.text);
  expect(settled(shown)).toBe(settled(differs ? updated(block, shown) : block.text));
}

/** The text of a block in its page, after `UPDATE=1` has written another into it. */
export function updated({ page, text }: DocBlock, wanted: string): string {
  if (!update) return text;
  const index = blocksOf(page).findIndex((block) => block.text === text);
  const path = join(root, page);
  writeFileSync(
    path,
    readFileSync(path, 'utf8').replace(`\n${text}\`\`\`\n`, () => `\n${wanted}\`\`\`\n`),
  );
  return blocksOf(page)[index]?.text ?? '';
}

/** The one block of a page that starts so. */
export function blockOf(page: string, start: string): DocBlock {
  const found = blocksOf(page).filter(({ text }) => text.startsWith(start));
  expect(found.map(({ text }) => text)).toEqual([expect.any(String)]);
  const [block] = found;
  if (block === undefined) throw new Error(`${page} has no block that starts with ${start}`);
  return block;
}
