import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { forStream, type GuardedStream, guardTerminal } from '../src/cli/terminal/guarded.ts';
import { showsSigns } from '../src/cli/terminal/plain-signs.ts';
import { sigpack } from './sigpack.ts';
import { yamlText } from './yaml-text.ts';

const folder = mkdtempSync(join(tmpdir(), 'sigpack-terminal-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * Sets the title, clears the screen, hides what follows, rings, turns text round; as 7-bit, 8-bit
 * and invisible characters.
 */
const payload = 'v\u001b]0;PWNED\u0007\u001b[2J\u001b[8m\u009b2J\u202ecod\u200b\r\u0008';
const name = 'n\u001b]0;PWNED\u0007\u001b[8m\u202e';
const text = yamlText(payload);
const signRule = `title: Command
id: 00000000-0000-4000-8000-0000000000aa
logsource: { product: windows, category: process_creation }
detection: { a: { Image|endswith: cmd.exe }, condition: a }
`;
const signTests = `tests:
  - { name: matches, event: { Image: cmd.exe }, expect: match }
  - { name: fails, event: { Image: ps.exe }, expect: match }
`;
const rule = (id: number, more = ''): string => `title: ${yamlText(`T${id} ${payload}`)}
id: 00000000-0000-4000-8000-00000000000${id}
status: test
level: high
description: ${text}
author: ${text}
falsepositives: [${text}]
logsource: { product: ${text}, category: process_creation }
detection:
  ${text}: { ${yamlText(payload)}: ${text}, Image|contains: ${text} }
  condition: 1 of them
${more}`;

beforeAll(() => {
  const write = (path: string, content: string): void => writeFileSync(join(folder, path), content);
  mkdirSync(join(folder, 'rules'));
  write(
    'sigpack.yml',
    `id: acme\ntitle: Acme detections\ndescription: ${text}\nversion: 1.0.0\npipelines: { splunk: [p.yml] }\n`,
  );
  write(
    'p.yml',
    `name: ${text}\ntransformations:\n- { id: ${text}, type: set_state, key: ${text}, val: ${text} }\n`,
  );
  write('other.yml', `name: ${text}\nallowed_backends: [${text}]\ntransformations: []\n`);
  write('rules/a.yml', rule(1));
  write(`rules/${name}.yml`, rule(2, `sigpack: { ${text}: 1 }\n`));
  write(
    'rules/c.yml',
    rule(3).replace('condition: 1 of them', `condition: ${yamlText(`${payload} and x`)}`),
  );
  write(
    'rules/a.test.yml',
    `cases:\n- name: ${text}\n  rule: 00000000-0000-4000-8000-000000000001\n  match: true\n  events: [{ Image: ${text} }]\n`,
  );
  write('events.json', `${JSON.stringify({ Image: payload, product: payload })}\n`);
  write(`${name}.json`, '{}');
});

/**
 * Control characters but line breaks, tabs, colours and the line of the progress; signs that turn
 * text round or can't be seen.
 */
function harmful(output: string): readonly string[] {
  const esc = '\u001b';
  const ours = new RegExp(
    `${esc}\\[(?:[012]|4|2[24]|3[0-79]|9[0-7])m|\\r[^\\r${esc}]*${esc}\\[K`,
    'g',
  );
  const left = output.replace(ours, '');
  return left.match(/[\p{Cc}\u200b-\u200f\u2028-\u202e\u2066-\u2069](?<![\n\t])/gu) ?? [];
}

describe('in a terminal no command prints control characters of', () => {
  it.each([
    ['a query', ['convert', '-t', 'es-qs', 'rules/a.yml']],
    [
      'queries of several targets',
      ['convert', '-t', 'es-qs,splunk,graylog,logpoint,grep,xpack-watcher', 'rules'],
    ],
    ['saved searches', ['convert', '-t', 'splunk', '-f', 'savedsearches', 'rules/a.yml']],
    ['an explanation', ['explain', 'rules/a.yml', '-t', 'splunk']],
    ['an explanation of an event', ['explain', 'rules/a.yml', '--event', 'events.json']],
    ['diagnostics', ['check', '--verbose', 'rules']],
    ['diagnostics as JSON', ['check', '-f', 'json', 'rules']],
    ['a build', ['build', '-o', 'out', 'rules']],
    ['statistics', ['stats', 'rules']],
    ['a difference', ['diff', 'out', 'rules']],
    ['tests', ['test', 'rules']],
    ['events that match', ['match', '--rules', 'rules/a.yml', 'events.json']],
    ['pages', ['docs', 'rules', '-o', `out-${name}`]],
    ['a release', ['release', '--dry-run']],
    ['an artifact', ['verify', `${name}.json`]],
    ['a foreign pipeline', ['convert', '-t', 'splunk', '-p', 'other.yml', 'rules/a.yml']],
    ['a file that is not there', ['check', `none-${name}.yml`]],
    ['an option that is not there', ['check', `--${name}`]],
    ['a folder to write to', ['init', `new-${name}`]],
    ['pipelines', ['list', 'pipelines']],
  ])('%s', async (_, args) => {
    const { stdout, stderr, code } = await sigpack(args, { cwd: folder, terminal: true });
    expect(harmful(stdout + stderr)).toEqual([]);
    expect(`${stdout}${stderr}`).not.toBe('');
    expect(code).not.toBe(3);
  });
});

describe('nor does it into a pipe, which a CI log shows, where it prints no data:', () => {
  it.each([
    ['an explanation', ['explain', 'rules/a.yml', '-t', 'splunk']],
    ['pages', ['docs', 'rules', '-o', `out-${name}`]],
    ['a foreign pipeline', ['convert', '-t', 'splunk', '-p', 'other.yml', 'rules/a.yml']],
  ])('%s', async (_, args) => {
    const { stdout, stderr } = await sigpack(args, { cwd: folder });
    expect(harmful(stdout + stderr)).toEqual([]);
  });
});

test('a file and a pipe get the query as it is', async () => {
  const { stdout } = await sigpack(['convert', '-t', 'es-qs', 'rules/a.yml'], { cwd: folder });
  expect(stdout).toContain('\u001b]0;PWNED\u0007');
  const shown = await sigpack(['convert', '-t', 'es-qs', 'rules/a.yml'], {
    cwd: folder,
    terminal: true,
  });
  expect(shown.stdout).toContain('␛]0;PWNED␇');
});

describe('the signs of reports', () => {
  const rules = { 'a.yml': signRule, 'a.test.yml': signTests };
  const tested = async (
    env: Readonly<Record<string, string>>,
    terminal = true,
  ): Promise<string> => {
    const cwd = mkdtempSync(join(folder, 'signs-'));
    for (const [path, content] of Object.entries(rules)) writeFileSync(join(cwd, path), content);
    const options = { cwd, terminal, env: { NO_COLOR: '1', ...env } };
    return (await sigpack(['test', '.'], options)).stdout;
  };

  // Windows shows them in every locale
  it.skipIf(process.platform === 'win32')('are ASCII where the locale has no others', async () => {
    const shown = await tested({ LANG: 'C' });
    expect(shown).toMatch(/^not ok a\.test\.yml/m);
    expect(shown).toMatch(/^ {2}ok matches/m);
    expect(shown).toMatch(/^ {2}not ok fails/m);
    expect(shown).not.toMatch(/[^\n\x20-\x7e]/);
  });

  it('stay in a file, and where nothing is known of the locale', async () => {
    expect(await tested({ LC_ALL: 'C' }, false)).toMatch(/^ {2}✓ matches/m);
    expect(await tested({})).toMatch(/^ {2}✗ fails/m);
  });

  it.each([
    [{}, true],
    [{ LANG: 'en_US.UTF-8' }, true],
    [{ LANG: 'en_US.utf8@euro' }, true],
    [{ LANG: 'C.UTF-8' }, true],
    [{ LANG: 'de_DE' }, true],
    [{ LANG: 'C' }, false],
    [{ LANG: 'POSIX' }, false],
    [{ LANG: 'de_DE.ISO-8859-1' }, false],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, false],
    [{ LANG: 'C', LC_CTYPE: 'en_US.UTF-8' }, true],
    [{ LANG: 'C', LC_ALL: '', LC_CTYPE: '' }, false],
  ])('%j: %j', (env, wanted) => {
    expect(showsSigns(env, 'linux')).toBe(wanted);
    expect(showsSigns(env, 'win32')).toBe(true);
  });
});

describe('a guarded terminal', () => {
  function written(...chunks: readonly (string | Uint8Array)[]): string {
    let got = '';
    const stream: GuardedStream = {
      isTTY: true,
      write: (piece) => {
        got += piece;
        return true;
      },
    };
    guardTerminal(stream);
    for (const chunk of chunks) (stream.write as (chunk: string | Uint8Array) => boolean)(chunk);
    return got;
  }

  it.each([
    [
      'colours',
      '\u001b[31mred\u001b[39m \u001b[1mbold\u001b[22m\n\tx\r\n',
      '\u001b[31mred\u001b[39m \u001b[1mbold\u001b[22m\n\tx\r\n',
    ],
    ['the progress', '\r 5% 1/20 a\u001b[K', '\r 5% 1/20 a\u001b[K'],
    ['hidden text', '\u001b[8mx\u001b[0m', '␛[8mx\u001b[0m'],
    ['the cursor', 'a\u001b[2Jb\u001b[1;1Hc', 'a␛[2Jb␛[1;1Hc'],
    ['a title', '\u001b]0;x\u0007', '␛]0;x␇'],
    ['a return in a line', 'a\rb', 'a␍b'],
    ['eight bits', '\u009b2J', '\\u{9b}2J'],
    ['text turned round', 'a\u202eb', 'a\\u{202e}b'],
  ])('%s', (_, given, wanted) => {
    expect(written(given)).toBe(wanted);
    expect(written(Buffer.from(given))).toBe(wanted);
  });

  it('reads characters that two pieces share', () => {
    const bytes = Buffer.from('\u202eé');
    expect(written(bytes.subarray(0, 2), bytes.subarray(2, 4), bytes.subarray(4))).toBe(
      '\\u{202e}é',
    );
  });

  it('leaves a file alone', () => {
    const stream: GuardedStream = { write: () => true };
    const { write } = stream;
    guardTerminal(stream);
    expect(stream.write).toBe(write);
    expect(forStream('\u001b[2J', stream)).toBe('\u001b[2J');
  });

  it('gets no colour of a rule', () =>
    expect(forStream('\u001b[31mx\ny', { isTTY: true })).toBe('␛[31mx\ny'));
});
