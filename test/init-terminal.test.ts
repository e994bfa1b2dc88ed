import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { environment, mainFile } from './sigpack.ts';

const temporary = mkdtempSync(join(tmpdir(), 'sigpack-terminal-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

/**
 * Runs a command on a terminal of its own and types each text when the command waits behind `> `.
 */
const typist = `
import json, os, pty, sys
texts, args = json.loads(sys.argv[1]), sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(args[0], args)
out = b''
def read():
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b''
for text in texts:
    while not out.endswith(b'> '):
        piece = read()
        if not piece:
            break
        out += piece
    out += b'\\n'
    os.write(terminal, text.encode())
while piece := read():
    out += piece
code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.stdout.write(json.dumps({'code': code, 'out': out.decode()}))
`;

function typing(
  texts: readonly string[],
  ...args: readonly string[]
): { readonly code: number; readonly out: string; readonly cwd: string } {
  const cwd = mkdtempSync(join(temporary, 't-'));
  const command = [
    '-c',
    typist,
    JSON.stringify(texts),
    process.execPath,
    mainFile,
    'init',
    'new',
    ...args,
  ];
  const { stdout, stderr } = spawnSync('python3', command, {
    cwd,
    encoding: 'utf8',
    env: environment({ TERM: 'dumb' }),
    timeout: 60_000,
  });
  if (stdout === '') throw new Error(stderr);
  return { ...(JSON.parse(stdout) as { readonly code: number; readonly out: string }), cwd };
}

const hasPython = spawnSync('python3', ['-c', 'import pty'], { encoding: 'utf8' }).status === 0;

describe.skipIf(!hasPython)('sigpack init on a terminal', () => {
  test('asks until it knows, writes the answers and builds', () => {
    const { code, out, cwd } = typing([
      '1,2\r',
      '9\r',
      '1\r',
      'windows, linux\r',
      'yes\r',
      '2\r',
      '\r',
      'all\r',
    ]);
    expect(code).toBe(0);
    expect(out).toMatch(/What are the rules for\?\r\n {2}1\) splunk +a Splunk app/);
    expect(out).toContain(
      '"9" is not one of splunk, splunk-classic, splunk-audit, splunk-cim, none\r\n',
    );
    expect(out).toContain('there has to be an answer\r\n');
    expect(out).toMatch(/0 errors.*, 0 warnings in [\d.]+ s\r\n$/);
    const config = readFileSync(join(cwd, 'new/sigpack.yml'), 'utf8');
    expect(config).toContain('\n  splunk: splunk # ');
    expect(config).toContain('\n  index: ["windows","linux"]\n');
    expect(config).toContain('\n  enterpriseSecurity: true\n');
    expect(config).toContain('\n  graylog: graylog-nxlog # ');
    expect(config).toContain('\n  streams: "all"\n');
    expect(readdirSync(join(cwd, 'new/dist/packs'))).toHaveLength(4);
    // up to the build, nothing but text: the terminal edits lines by itself
    expect(out.slice(0, out.indexOf('Next: ')).replace(/\r?\n/g, '')).not.toMatch(
      /[\p{Cc}\u241b]/u,
    );
  });

  test.each([
    ['y', true],
    ['N', false],
  ])('takes %s for an answer, in lines of 80 columns', (typed, wanted) => {
    const { out, cwd } = typing(
      ['Splunk,2\r', '1\r', 'windows\r', `${typed}\r`, '1\r', 'all\r'],
      '--no-build',
    );
    expect(readFileSync(join(cwd, 'new/sigpack.yml'), 'utf8')).toContain(
      `\n  enterpriseSecurity: ${wanted}\n`,
    );
    expect(
      /securityDomain|intermediate-finding/.test(
        readFileSync(join(cwd, 'new/sigpack.yml'), 'utf8'),
      ),
    ).toBe(wanted);
    // a command is not broken: it is to be copied
    const lines = out.split('\r\n').filter((line) => !line.startsWith('Then: npm pack '));
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  test('asks nothing that an option answers', () => {
    const { code, out, cwd } = typing(['all\r'], '--graylog', 'graylog', '--no-build');
    expect(code).toBe(0);
    expect(out).not.toContain('What are the rules for?');
    expect(existsSync(join(cwd, 'new/dist'))).toBe(false);
  });

  test.each([
    ['Ctrl+C', '\u0003', -2],
    ['the end of the input', '\u0004', 2],
  ])('%s leaves nothing behind', (_, key, wanted) => {
    const { code, cwd } = typing(['1,2\r', '1\r', key]);
    expect([code, readdirSync(cwd)]).toEqual([wanted, []]);
  });

  test('asks nobody where the files are there already', () => {
    const { cwd } = typing(['all\r'], '--graylog', 'graylog', '--no-build');
    const { stdout, stderr, status } = spawnSync(process.execPath, [mainFile, 'init', 'new'], {
      cwd,
      encoding: 'utf8',
      env: environment(),
    });
    expect([status, stdout, stderr]).toEqual([
      2,
      '',
      expect.stringContaining('exist already; --force replaces them'),
    ]);
  });
});
