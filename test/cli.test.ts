import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { XMLValidator } from 'fast-xml-parser';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../src/pack/config/config.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { anyEvents, initFlags } from './project-folder.ts';
import { environment, mainFile, type RunOptions, sigpack, spawned } from './sigpack.ts';

const temporary = mkdtempSync(join(tmpdir(), 'sigpack-cli-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

let folder = temporary;
let count = 0;
beforeEach(() => {
  folder = join(temporary, String(count++));
  mkdirSync(join(folder, 'rules'), { recursive: true });
});

const run = (args: readonly string[], options: RunOptions = {}) =>
  sigpack(args, { cwd: folder, ...options });
const write = (path: string, text: string | Buffer): void =>
  writeFileSync(join(folder, path), text);
const rule = (title: string, detection = 'sel: { Image: x }', more = ''): string =>
  `title: ${title}\nid: 00000000-0000-4000-8000-${String([...title].reduce((sum, char) => sum * 31 + char.charCodeAt(0), 7) % 1e12).padStart(12, '0')}\nstatus: test\nlogsource: { product: windows }\n${more}detection:\n  ${detection}\n  condition: sel\n`;
const good = (): void => write('rules/good.yml', rule('Good'));
/** Nothing is left to choose. */
const chosen = (more = ''): void => write('sigpack.yml', `${anyEvents}${more}`);
/** A warning, and nothing worse. */
const unused = (): void =>
  write('rules/warned.yml', rule('Warned', 'sel: { Image: x }\n  other: { Image: w }'));
const bad = (): void => write('rules/bad.yml', rule('Bad', 'sel: { Image|no: x }'));

describe('a folder for output', () => {
  // Node's own way to make folders never ends there
  it.runIf(existsSync('/proc/self'))('that the system will not have', () => {
    good();
    chosen();
    const { status, stderr } = spawnSync(
      process.execPath,
      [mainFile, 'build', '-o', '/proc/none/out'],
      { cwd: folder, encoding: 'utf8', timeout: 30_000 },
    );
    expect([status, stderr]).toEqual([3, 'sigpack: /proc/none: there is no such file or folder\n']);
  });
});

describe('exit code 0', () => {
  it('for rules without a fault', async () => {
    good();
    chosen();
    const { code, stdout, stderr } = await run(['build', '-o', 'out']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('1 rule read from 1 file');
    expect(readdirSync(join(folder, 'out')).sort()).toEqual([
      'manifest.json',
      'sigpack-1.0.0-graylog.json',
      'sigpack-1.0.0.spl',
      'sigpack-1.0.0.zip',
    ]);
  });

  it('for warnings, unless --fail-on says otherwise', async () => {
    unused();
    chosen();
    expect((await run(['check'])).code).toBe(0);
    expect(await run(['check', '--fail-on', 'warning'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('warning[SIG032]'),
    });
  });

  it('for errors under --fail-on never, though what is wrong is told', async () => {
    bad();
    good();
    const { code, stderr } = await run(['check', '--fail-on', 'never']);
    expect(code).toBe(0);
    expect(stderr).toContain('error[SIG020]');
  });

  it('for what the configuration says, which the command line overrides', async () => {
    unused();
    chosen('failOn: warning\n');
    expect((await run(['check'])).code).toBe(1);
    expect((await run(['check', '--fail-on', 'error'])).code).toBe(0);
    chosen('severities: { SIG032: "off" }\nfailOn: warning\n');
    expect(await run(['check'])).toMatchObject({ code: 0, stderr: '' });
    chosen('severities: { SIG032: error }\n');
    expect((await run(['check'])).code).toBe(1);
  });

  it.each([['--version'], ['build', '-h']])('for %s', async (...args) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).not.toBe('');
  });

  it.each([
    { NODE_ENV: 'production', NODE_OPTIONS: '--throw-deprecation --disable-proto=throw' },
    {
      NODE_ENV: 'test',
      NODE_OPTIONS: '--frozen-intrinsics --no-warnings',
      NODE_PENDING_DEPRECATION: '1',
    },
    { TERM: 'dumb', COLUMNS: '20', LANG: 'tr_TR.UTF-8', LC_ALL: 'C', CI: 'true', NODE_DEBUG: '' },
  ])('for --help and a check under %j', (env) => {
    good();
    chosen();
    const help = spawned(['--help'], { env });
    expect([help.code, help.stderr]).toEqual([0, '']);
    expect(help.stdout).toContain('Usage: sigpack');
    expect(spawned(['check'], { cwd: folder, env })).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('standard output', () => {
  it('may be closed by a reader that has seen enough', () => {
    good();
    chosen();
    const command = `"$0" "$1" build -o out --format json | true; exit "\${PIPESTATUS[0]}"`;
    const { status, stderr } = spawnSync('bash', ['-c', command, process.execPath, mainFile], {
      cwd: folder,
      env: environment(),
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
    expect(existsSync(join(folder, 'out', 'manifest.json'))).toBe(true);
  });
});

describe('exit code 1', () => {
  it('for a rule with an error, while the others are built', async () => {
    good();
    bad();
    const { code, stdout, stderr } = await run(['build', '-o', 'out', '-p', 'none']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/rules\/bad\.yml:6:16: error\[SIG020\]/);
    expect(stdout).toMatch(/splunk +1 /);
    expect(readFileSync(join(folder, 'out', 'manifest.json'), 'utf8')).toContain('"Good"');
  });

  it('for a rule that a target has no query for', async () => {
    good();
    write('rules/other.yml', rule('Other', 'sel: { Image|fieldref: Parent }'));
    expect((await run(['check', '-t', 'splunk', '-p', 'none'])).code).toBe(0);
    const { code, stderr } = await run(['check', '-t', 'graylog', '-p', 'none']);
    expect(code).toBe(1);
    expect(stderr).toContain('error[TGT001]: graylog:');
  });

  it('for a path that is not there, and one that is not text', async () => {
    good();
    write('rules/binary.yml', Buffer.from('title: Caf\u00e9\ndetection: {}\n', 'latin1'));
    mkdirSync(join(folder, 'rules', 'folder.yml'));
    const { code, stderr } = await run([
      'build',
      'rules',
      'missing',
      'missing.yml',
      '-o',
      'out',
      '-p',
      'none',
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain('error[SIG001]: missing: there is no such file or folder');
    expect(stderr).toContain('error[SIG001]: missing.yml: there is no such file or folder');
    expect(stderr).toContain('error[SIG001]: rules/binary.yml: the file is not UTF-8');
    expect(existsSync(join(folder, 'out', 'manifest.json'))).toBe(true);
  });

  it('for packs that would be empty, which are not written', async () => {
    const { code, stderr } = await run(['build', '-o', 'out']);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^rules: error\[PCK005\]: no detection was made from 0 files\n.*hint: No sigpack\.yml is here or above: go to the folder/m,
    );
    expect((await run(['check', 'other'])).stderr).toMatch(/^other: error\[PCK005\]/m);
    chosen();
    expect((await run(['check'])).stderr).toContain('hint: Check the rule folders');
    bad();
    expect((await run(['check'])).stderr).toMatch(
      /PCK005\].*\n.*hint: Mend the other errors first/,
    );
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });

  it('for a template at fault, and writes nothing', async () => {
    good();
    mkdirSync(join(folder, 'own', 'splunk'), { recursive: true });
    write('own/splunk/README.md.hbs', '# {{title}}\n{{nothing.there}}\n');
    chosen('templates: own\n');
    const { code, stderr } = await run(['build', '-o', 'out']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/error\[PCK003\]: splunk\/README\.md\.hbs/);
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });
});

describe('exit code 2', () => {
  it('for an output folder that can not be', async () => {
    good();
    write('out', 'a file');
    for (const path of ['out', 'out/below']) {
      expect(await run(['build', '-o', path, '-p', 'none'])).toMatchObject({
        code: 2,
        stderr: 'sigpack: out is a file; a folder is needed there\n',
      });
    }
    expect(readFileSync(join(folder, 'out'), 'utf8')).toBe('a file');
    expect(readdirSync(folder).sort()).toEqual(['out', 'rules']);
  });

  it.each([
    [['build', '--nothing']],
    [['nothing']],
    [['build', '--format', 'pdf']],
    [['build', '-t', 'splunk,elastic']],
    [['build', '-c', 'missing.yml']],
    [['check', '-o', 'out']],
    [['build', '-o', '']],
    [['convert', 'rules', '-t', 'grep', '-p', 'none', '-o', '']],
    [['diff', 'rules', 'rules', '-o', '']],
    [['docs', '--output=']],
    [['playground', '-o', '']],
    [['stats', '--budget', '-1']],
    [[]],
  ])('for %j', async (args) => {
    good();
    const { code, stderr } = await run(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^(?:sigpack: |Usage: )/);
    expect(readdirSync(folder)).toEqual(['rules']);
  });

  it.each([
    [
      ['match', '--events', 'e.json', '-'],
      "sigpack: missing required argument 'rules'\n(sigpack match --help lists its options)\n",
    ],
    [
      ['stats', '--nothing'],
      "sigpack: unknown option '--nothing'\n(sigpack stats --help lists its options)\n",
    ],
  ])('names the help of the command in place of printing it: %j', async (args, told) =>
    expect((await run(args)).stderr).toBe(told),
  );

  it('for a configuration at fault, told with its place', async () => {
    good();
    write('sigpack.yml', 'id: fine\ntitle: x\nsplunk:\n  indexs: []\n');
    const { code, stderr } = await run(['build', '-o', 'out']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/sigpack\.yml:4:3: error\[PCK001\]/);
    expect(stderr).toContain('  indexs: []');
    expect(stderr).toContain('^^^^^^');
    expect(existsSync(join(folder, 'out'))).toBe(false);
    expect((await run(['stats'])).code).toBe(2);
    write('sigpack.yml', 'id: [\n');
    expect(await run(['check'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/sigpack\.yml:\d+:\d+: error\[SIG002\]/),
    });
    write('bad.json', '{"id": 1}');
    const other = await run(['check', '-c', 'bad.json', '--format', 'json']);
    expect(other.code).toBe(2);
    expect(JSON.parse(other.stdout).diagnostics[0]).toMatchObject({
      code: 'PCK001',
      file: 'bad.json',
      line: 1,
      column: 8,
    });
  });

  it('for a template folder that is not there or overrides nothing', async () => {
    good();
    write('sigpack.yml', 'templates: missing\n');
    expect(await run(['build', '-o', 'out'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('missing'),
    });
    mkdirSync(join(folder, 'own'));
    write('own/other.hbs', 'x');
    write('sigpack.yml', 'templates: own\n');
    expect(await run(['build', '-o', 'out'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('own/other.hbs overrides no template'),
    });
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });
});

describe('what becomes part of a file name', () => {
  const isAccepted = (text: string): boolean =>
    readConfig({ path: 'sigpack.yml', text }, createBag()) !== undefined;

  it.each([
    '../../etc/passwd',
    'a/b',
    'a b',
    '1a',
    '__proto__x',
    '"a\\nb"',
    'a"b',
    'a\\b',
    '.a',
    'ä',
    'x'.repeat(81),
  ])('is not an id of a pack: %s', (id) => {
    expect(isAccepted(`id: ${id}\n`)).toBe(false);
  });

  it.each(['1.0', '1.0.0/../..', 'v1.0.0', '1.0.0-"', '01.0.0', '"1.0.0\\n"', '1.0.0 '.repeat(2)])(
    'is not a version: %s',
    (version) => {
      expect(isAccepted(`version: ${version}\n`)).toBe(false);
    },
  );

  it('is an id and a version', () => {
    expect(isAccepted('id: a_1\nversion: 1.20.3\n')).toBe(true);
  });
});

describe('exit code 3', () => {
  it('for an output folder that the machine does not make', async () => {
    good();
    const { code, stderr } = await run(['build', '-o', 'x'.repeat(300), '-p', 'none']);
    expect(code).toBe(3);
    // the message alone: a stack is for faults of the program
    expect(stderr).toMatch(/^sigpack: [^\n]*: [a-z][^\n]*\n$/);
    // the path before it may have such a word by chance
    expect(stderr.replace(/^.*: /, '')).not.toMatch(/\bE[A-Z]{3,}/);
  });

  it('for a full disk behind standard output', () => {
    good();
    const full = openSync('/dev/full', 'w');
    try {
      expect(spawned(['check', '--format', 'json'], { cwd: folder, stdout: full }).code).toBe(3);
    } finally {
      closeSync(full);
    }
  });
});

describe('--format', () => {
  it.each(['json', 'sarif', 'github', 'junit'])(
    '%s is all that is on standard output, and nothing is on the other one',
    async (format) => {
      good();
      bad();
      unused();
      chosen();
      const { code, stdout, stderr } = await run(['build', '-o', 'out', '--format', format]);
      expect([code, stderr]).toEqual([1, '']);
      if (format === 'json') {
        const report = JSON.parse(stdout);
        expect(report.summary).toMatchObject({ errors: 1, warnings: 1, build: { files: 3 } });
        expect(report.summary.build.artifacts.map(({ path }: { path: string }) => path)).toContain(
          'out/manifest.json',
        );
        expect(report.diagnostics[0]).toMatchObject({
          code: 'SIG020',
          file: 'rules/bad.yml',
          line: 6,
          column: 16,
        });
      } else if (format === 'sarif') {
        const [first] = JSON.parse(stdout).runs[0].results;
        expect(first).toMatchObject({
          ruleId: 'SIG020',
          level: 'error',
          locations: [{ physicalLocation: { artifactLocation: { uri: 'rules/bad.yml' } } }],
        });
      } else if (format === 'junit') {
        expect(XMLValidator.validate(stdout)).toBe(true);
        expect(stdout).toContain('<failure type="SIG020"');
      } else {
        expect(stdout).toMatch(
          /^::error file=rules\/bad\.yml,line=6,[^\n]*\n::warning file=rules\/warned\.yml,/,
        );
      }
    },
  );

  it('text counts what is more than a screen by its code', async () => {
    const wrong = Array.from({ length: 51 }, (_, at) => rule(`Bad ${at}`, 'sel: { Image|no: x }'));
    const odd = [1, 2].map((at) => rule(`Odd ${at}`, `sel: { Image: x }\n  o: { Image: ${at} }`));
    const spelt = rule('Spelt', 'sel: { Image: spelt }', 'level: info\n');
    write('rules/all.yml', [...wrong, ...odd, spelt].join('---\n'));
    const { stderr } = await run(['check', '--preset', 'none']);
    expect(stderr.match(/SIG020\]/g)).toHaveLength(50);
    expect(stderr).toMatch(
      /\n3 more errors and warnings and 1 note not shown \(--verbose shows them\):\n {2}2 SIG032 selection is never used\n {2}1 SIG020 unknown modifier\n {2}1 SIG017 spelling that is read as another\n/,
    );
    expect((await run(['check', '-v'])).stderr.match(/SIG020\]/g)).toHaveLength(51);
  });

  it('text puts diagnostics on standard error and the summary on standard output, without colours', async () => {
    good();
    bad();
    const { stdout, stderr } = await run(['check']);
    expect(stdout).toMatch(
      /^Configuration: none \(no sigpack\.yml here or above\)\nSigpack detections 1\.0\.0\n/,
    );
    expect(stdout).not.toContain('SIG020');
    expect(`${stdout}${stderr}`).not.toContain('\u001b');
    expect((await run(['check'], { env: { FORCE_COLOR: '1' } })).stderr).toContain('\u001b[31m');
  });
});

describe('init', () => {
  it('writes a project that checks and builds, and no second time', async () => {
    const first = await run(['init', 'new project', ...initFlags]);
    expect([first.code, first.stderr]).toEqual([0, '']);
    const project = { cwd: join(folder, 'new project') };
    expect(await run(['check', '--fail-on', 'warning'], project)).toMatchObject({
      code: 0,
      stderr: '',
    });
    const built = await run(['build'], project);
    expect([built.code, built.stderr]).toEqual([0, '']);
    expect(readdirSync(join(project.cwd, 'dist', 'packs')).sort()).toEqual([
      'manifest.json',
      'new_project-1.0.0-graylog.json',
      'new_project-1.0.0.spl',
      'new_project-1.0.0.zip',
    ]);

    const config = join(project.cwd, 'sigpack.yml');
    writeFileSync(config, `${readFileSync(config, 'utf8')}# mine\n`);
    const second = await run(['init', 'new project', ...initFlags]);
    expect(second.code).toBe(2);
    expect(second.stderr).toContain('new project/sigpack.yml');
    expect(readFileSync(config, 'utf8')).toContain('# mine');
    expect((await run(['init', 'new project', ...initFlags, '--force'])).code).toBe(0);
    expect(readFileSync(config, 'utf8')).not.toContain('# mine');
  });

  it.each([
    ['--id', '../../x'],
    ['--title', 'two\nlines'],
  ])('refuses %s %j and writes nothing', async (option, value) => {
    const { code, stderr } = await run(['init', 'project', ...initFlags, option, value]);
    expect([code, existsSync(join(folder, 'project'))]).toEqual([2, false]);
    expect(stderr).toMatch(/^sigpack: the configuration would be invalid/);
  });

  it.each(['"quoted" \\ {{title}} $x$', "- [it's # no: comment"])(
    'takes the title %j as it is',
    async (title) => {
      expect((await run(['init', 'project', ...initFlags, '--title', title])).code).toBe(0);
      const report = JSON.parse(
        (await run(['build', '--format', 'json'], { cwd: join(folder, 'project') })).stdout,
      );
      expect(report.summary).toMatchObject({ errors: 0, build: { title } });
    },
  );
});

describe('stats', () => {
  beforeEach(() => {
    for (const name of ['A', 'B', 'C'])
      write(
        `rules/${name}.yml`,
        rule(`Rule ${name}`, 'sel: { Image: x }', "sigpack: { cron: '7 * * * *' }\n"),
      );
    write('rules/off.yml', rule('Off').replace('status: test', 'status: experimental'));
  });

  it('counts the searches of each minute', async () => {
    const { code, stdout } = await run(['stats', '-p', 'none']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Configuration: none .*\n3 searches;/);
    expect(stdout).toMatch(/\n:07 {5}3 █+\n/);
    expect(stdout.trimEnd().split('\n')).toHaveLength(64);
    expect(stdout).toMatch(
      /\ngraylog: 0.2 event definitions run in a minute on average; budget 100\n {2}4 detections, 1 of them switched off\n$/,
    );
    expect((await run(['stats', '--all', '-p', 'none'])).stdout).toMatch(/\n4 searches;/);
  });

  it('fails over a budget of its own or of the configuration', async () => {
    chosen();
    expect((await run(['stats', '--budget', '3'])).code).toBe(0);
    const over = await run(['stats', '--budget', '2']);
    expect([over.code, over.stderr.split('\n').slice(-3)]).toEqual([
      1,
      ['', '3 searches start at minute 7, 1 more than the budget of 2', ''],
    ]);
    write(
      'sigpack.yml',
      `overBudget: warn\n${anyEvents.replace('index: "*"', 'index: "*", searchesPerMinute: 1')}`,
    );
    const { code, stdout } = await run(['stats', '--format', 'json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      searches: 3,
      budget: 1,
      problems: [expect.stringContaining('minute 7')],
    });
    expect(JSON.parse(stdout).minutes[7]).toBe(3);
    expect(await run(['check'])).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('warning[PCK006]'),
    });
    expect((await run(['check', '--fail-on', 'warning'])).code).toBe(1);
  });

  it('shows what a budget left on, and what it switched off', async () => {
    write('sigpack.yml', anyEvents.replace('index: "*"', 'index: "*", searchesPerMinute: 1'));
    const text = await run(['stats']);
    expect([text.code, text.stdout]).toEqual([
      0,
      expect.stringContaining(
        '\n  2 switched off, as the budget has no room for them:\n  2 medium\n',
      ),
    ]);
    expect(JSON.parse((await run(['stats', '--format', 'json'])).stdout)).toMatchObject({
      searches: 1,
      budget: 1,
      leftOff: { splunk: [{}, {}].map(() => expect.any(String)), graylog: [] },
    });
    const check = await run(['check', '--verbose']);
    expect(check.stdout).toMatch(
      /\nsplunk: 1 search starts in the worst minute, 0 on average; budget 1\n {2}2 switched off, as the budget has no room for them:\n {2}2 medium\n {4}medium: Rule/,
    );
  });

  describe('of a project for Graylog alone', () => {
    beforeEach(() =>
      write(
        'sigpack.yml',
        'targets: [graylog]\npipelines: { graylog: none }\ngraylog: { streams: all }\n',
      ),
    );

    it.each([
      [[], '0.2 event definitions'],
      [['--all'], '0.3 event definitions'],
    ])('has no part for Splunk: %j', async (args, rate) => {
      const { code, stdout, stderr } = await run(['stats', ...args]);
      expect([code, stderr]).toEqual([0, expect.not.stringContaining('error')]);
      expect(stdout).toMatch(/^Configuration: sigpack.yml.*\ngraylog: /);
      expect(stdout).toContain(`\ngraylog: ${rate} run in a minute on average; budget 100\n`);
      expect(stdout).toContain('\n  4 detections, 1 of them switched off\n');
      expect(stdout.trimEnd().split('\n')).toHaveLength(3);
    });

    it('has no numbers of Splunk in JSON', async () => {
      const { code, stdout } = await run(['stats', '-f', 'json']);
      expect([code, Object.keys(JSON.parse(stdout))]).toEqual([
        0,
        ['version', 'configuration', 'graylog', 'leftOff', 'problems'],
      ]);
    });

    it.each([
      ['--budget', '3'],
      ['--events-per-minute', 'windows/sysmon=3'],
    ])('refuses %s', async (option, value) => {
      expect(await run(['stats', option, value])).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(`${option} is about searches of Splunk`),
      });
    });
  });

  it('fails where rules can not be read', async () => {
    expect(await run(['stats', 'missing'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('missing: there is no such file or folder'),
    });
  });
});

describe.skipIf(process.platform === 'win32')('a named file', () => {
  it.each([
    [
      'a device',
      (path: string) => symlinkSync('/dev/null', path),
      'it is a device, and a file is needed',
    ],
    [
      'larger than rules are',
      (path: string) => closeSync(openTo(path, 65 * 1024 * 1024)),
      'it has more than 67108864 bytes',
    ],
  ])('that is %s is not read', async (_, make, fault) => {
    make(join(folder, 'odd.yml'));
    good();
    const message = expect.stringContaining(`error[SIG001]: odd.yml: ${fault}`);
    expect(await run(['check', 'odd.yml'])).toMatchObject({ code: 1, stderr: message });
    expect(await run(['convert', '-t', 'splunk', '-p', 'odd.yml', 'rules/good.yml'])).toMatchObject(
      { stderr: message },
    );
  });

  // the reader sleeps whenever it has opened the pipe: by then, the writer has gone
  const late = `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module'; const { openSync } = fs;
fs.openSync = (path, ...rest) => { const opened = openSync(path, ...rest); if (path === 'pipe.yml') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500); return opened; };
syncBuiltinESMExports();`;
  it.each([
    ['at once', []],
    ['late', ['--import', `data:text/javascript,${encodeURIComponent(late)}`]],
  ])('may be a pipe, which is waited for and read %s', async (_, imports) => {
    spawnSync('mkfifo', [join(folder, 'pipe.yml')]);
    good();
    const writer = spawn('sh', ['-c', 'cat rules/good.yml > pipe.yml'], {
      cwd: folder,
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => writer.on('exit', resolve));
    // in a process of its own: one that waits without end can be killed
    const args = [...imports, mainFile, 'convert', '-t', 'splunk', 'pipe.yml'];
    const { status, stdout } = spawnSync(process.execPath, args, {
      cwd: folder,
      env: environment(),
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect([status, stdout]).toEqual([0, expect.stringContaining('Image')]);
    expect(await ended).toBe(0);
  });
});

/** A file with nothing on the disk. */
function openTo(path: string, size: number): number {
  const descriptor = openSync(path, 'w');
  ftruncateSync(descriptor, size);
  return descriptor;
}
