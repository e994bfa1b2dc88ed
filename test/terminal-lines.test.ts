import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { cells } from '../src/cli/report/cells.ts';
import { fittedLines } from '../src/cli/report/wrapped.ts';
import { createTerminal, eraseStatusLine } from '../src/cli/terminal/terminal.ts';
import { projectIn } from './project-folder.ts';
import { environment, mainFile } from './sigpack.ts';

const temporary = mkdtempSync(join(tmpdir(), 'sigpack-lines-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

/** Runs commands one after the other, each on a terminal of 80 columns. */
const typist = `
import fcntl, json, os, pty, struct, sys, termios
found = []
for args in json.loads(sys.argv[1]):
    pid, terminal = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 40, 80, 0, 0))
        os.execvp(args[0], args)
    out = b''
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break
        if not piece:
            break
        out += piece
    os.waitpid(pid, 0)
    found.append(out.decode())
sys.stdout.write(json.dumps(found))
`;
const hasPython = spawnSync('python3', ['-c', 'import pty'], { encoding: 'utf8' }).status === 0;

/**
 * What is left on the screen: a return goes to the beginning of the line, an erasure takes its rest
 * away.
 */
function screen(output: string): readonly string[] {
  const esc = '\u001b';
  const plain = output.replace(new RegExp(`${esc}\\[\\d+m`, 'g'), '').replaceAll('\r\n', '\n');
  return plain.split('\n').map((line) => {
    let shown = '';
    let at = 0;
    for (const piece of line.split(new RegExp(`(\\r|${esc}\\[K)`))) {
      if (piece === '\r') at = 0;
      else if (piece === `${esc}[K`) shown = shown.slice(0, at);
      else {
        shown = shown.slice(0, at) + piece + shown.slice(at + piece.length);
        at += piece.length;
      }
    }
    return shown;
  });
}

const rule = (
  number: number,
): string => `title: A Program of a Rather Long Name Starts Another Program of a Long Name, Number ${number}
id: 7b0a1b52-7d0e-4b7a-8c55-0000000000${String(number).padStart(2, '0')}
status: test
level: high
logsource: { product: windows, category: process_creation }
detection:
  selection: { Image|endswith: ['\\first-program.exe', '\\second-program.exe'], CommandLine|contains: 'an argument that is long enough to need two lines of a terminal' }
  unused: { ParentImage: x }
  condition: selection
`;
const tests = `rule: 7b0a1b52-7d0e-4b7a-8c55-000000000001
cases:
- name: a case whose name is about as long as the title of the rule that it is written for, or longer
  match: true
  events: [{ Image: 'C:\\first-program.exe', CommandLine: other }]
`;

/** Every command that can run without a server, in an order in which each has what it needs. */
const commands: readonly (readonly string[])[] = [
  ['build'],
  ['check', '-v'],
  ['check', 'nowhere'],
  ['stats'],
  ['explain', 'rules/a.yml', '-t', 'splunk', '-p', 'splunk'],
  ['explain', 'rules/a.yml', '--event', 'event.json'],
  ['match', 'rules', '--events', 'event.json'],
  ['diff', 'before', '.'],
  ['test', '--coverage'],
  ['docs'],
  ['list', 'targets'],
  ['list', 'formats'],
  ['list', 'pipelines', '-v'],
  ['list', 'logsources'],
  ['list', 'fields'],
  ['list', 'fields', 'rules'],
  ['release', '--dry-run'],
  ['verify', 'dist/packs'],
  ['install', 'dist/packs', '--to', 'lab', '--plan'],
  ['install', 'dist/packs', '--to', 'lab', '--yes'],
  ['status'],
  ['rollback', '--to', 'lab', '--plan'],
  ['uninstall', '--to', 'lab', '--yes'],
  ['convert', 'rules', '-t', 'splnk'],
  ['convert', 'rules', '-t', 'splunk', '-O', 'a=b'],
  ['init', '--title', 'Acme', 'new'],
  ['plugin', 'install'],
  ['completion', 'csh'],
];

describe.skipIf(!hasPython)('on a terminal of 80 columns', () => {
  let outputs: ReadonlyMap<string, string>;
  beforeAll(() => {
    const cwd = projectIn(temporary, {
      'sigpack.yml':
        'id: acme\ntitle: Detections of a company with a name that is rather long\ninstalls: { lab: { kind: splunk-disk, home: lab } }\nsplunk: { index: windows }\npipelines: { splunk: splunk, graylog: graylog }\n',
      'lab/etc/apps/.keep': '',
      'rules/a.yml': rule(1),
      'rules/b.yml': rule(2),
      'rules/bad.yml': rule(3).replace('selection\n', 'selectoin\n'),
      'rules/a.test.yml': tests,
      'before/rules/a.yml': rule(1).replace('argument', 'other argument'),
      'event.json':
        '{"Image":"C:\\\\x\\\\first-program.exe","CommandLine":"an argument that is long enough to need two lines of a terminal"}\n',
    });
    const all = [...commands, ['convert', 'rules', '-t', 'lucene']].map((args) => [
      process.execPath,
      mainFile,
      ...args,
    ]);
    const { stdout, stderr } = spawnSync('python3', ['-c', typist, JSON.stringify(all)], {
      cwd,
      encoding: 'utf8',
      env: environment({ TERM: 'xterm' }),
    });
    if (stdout === '') throw new Error(stderr);
    const texts = JSON.parse(stdout) as readonly string[];
    outputs = new Map(texts.map((text, at) => [(all[at] ?? []).slice(2).join(' '), text]));
  });

  it('progress is drawn at all', () => expect(outputs.get('build')).toMatch(/\r +\d+% \d+\/\d+ /));

  it.each(commands.map((args) => args.join(' ')))(
    '%s leaves no progress, and no line that is too long',
    (command) => {
      const all = screen(outputs.get(command) ?? '');
      const query = command.startsWith('explain') ? all.indexOf('Query') : -1;
      // a query is not broken: it is to be copied
      const lines = query < 0 ? all : all.toSpliced(query + 1, 1);
      expect(lines.join('')).not.toBe('');
      expect(lines.filter((line) => /\d+% \d+\/\d+/.test(line))).toEqual([]);
      // a path without a blank has no place to be broken
      expect(lines.filter((line) => cells(line) > 80 && line.trim().includes(' '))).toEqual([]);
    },
  );

  it('a query stays on one line, to be copied', () => {
    const [query = ''] = screen(outputs.get('convert rules -t lucene') ?? '').filter((line) =>
      line.startsWith('Image:'),
    );
    expect(query.length).toBeGreaterThan(80);
  });
});

describe('a line that is too long', () => {
  const red = (text: string): string => `\u001b[31m${text}\u001b[39m`;
  it.each([
    ['short', 20, 'short'],
    ['a line of words that is long', 12, 'a line of\n  words that\n  is long'],
    ['  = hint: words that are more', 16, '  = hint: words\n    that are\n    more'],
    ['one\ntwo words', 5, 'one\ntwo\n  words'],
    ['alongwordthatcannotbebroken x', 10, 'alongwordthatcannotbebroken\n  x'],
    [`${red('four')} ${red('five')} six`, 9, `${red('four')} ${red('five')}\n  six`],
    ['日本語 日本語', 8, '日本語\n  日本語'],
    ['columns  stay  apart', 40, 'columns  stay  apart'],
  ])('%j in %i columns', (text, width, expected) =>
    expect(fittedLines(text, width)).toBe(expected),
  );
});

test('the status line is erased by whatever is written next, once', () => {
  const written: string[] = [];
  const terminal = createTerminal(
    { isTTY: true, columns: 60, write: (text) => written.push(text) },
    {},
    () => 0,
  );
  terminal.progress(1, 2, 'reading');
  eraseStatusLine();
  eraseStatusLine();
  terminal.clear();
  expect(written).toEqual(['\r 50% 1/2 reading\u001b[K', '\r\u001b[K']);
});
