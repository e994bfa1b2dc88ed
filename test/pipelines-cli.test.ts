import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { bundles } from '../src/pipeline/bundle.ts';
import { readTar } from './archives.ts';
import { readStrictConf } from './conf-reader.ts';
import { fixedBy } from './diagnostics.ts';
import { type Files, projectIn } from './project-folder.ts';
import { sigpack } from './sigpack.ts';

const temporary = mkdtempSync(join(tmpdir(), 'sigpack-pipelines-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const project = (files: Files): string => projectIn(temporary, files);

const rule = `title: A shell starts
id: 5f0e3f6e-6a0b-4f9b-9d39-6d2f3ad00001
status: test
logsource: { product: windows, category: process_creation }
detection:
  selection:
    Image|endswith: '\\cmd.exe'
  odd:
    Odd: 7
  condition: selection and not odd
`;
const plain = rule.replace('  odd:\n    Odd: 7\n', '').replace(' and not odd', '');
const own = `name: Ours
priority: 30
transformations:
  - id: fields
    type: field_name_mapping
    mapping: { Image: process_path, EventID: EventID }
`;

describe('explain', () => {
  test('shows what each item does, what stays unmapped, and the query', async () => {
    const cwd = project({ 'a.yml': rule, 'own.yml': own });
    const { code, stdout } = await sigpack(
      ['explain', 'a.yml', '-t', 'splunk', '-p', 'windows-sysmon,own.yml'],
      { cwd },
    );
    expect(code).toBe(0);
    expect(stdout).toContain(
      'A shell starts\na.yml:1 for splunk through Generic Windows log sources in Sysmon (10), Ours (30)\n',
    );
    expect(stdout).toMatch(
      /add_condition .*windows-sysmon\.yml:\d+\n {3}\+ _\(added\):\n {3}\+ {3}EventID: 1\n/,
    );
    expect(stdout).toMatch(
      /fields field_name_mapping own\.yml:4\n {3}- {3}Image: "\*\\\\\\\\cmd\.exe"\n {3}\+ {3}process_path: /,
    );
    expect(stdout).toContain(
      'Unmapped    Odd\nQuery\n  EventID=1 process_path="*\\\\cmd.exe" NOT Odd=7\n',
    );
  });

  test('shows the start of a long state, and under --verbose all', async () => {
    const cwd = project({ 'a.yml': rule });
    const args = ['explain', 'a.yml', '-t', 'splunk', '-p', 'splunk'];
    const stateOf = (stdout: string) => /^ {3}\+ state own_fields: .*$/m.exec(stdout)?.[0] ?? '';
    const short = stateOf((await sigpack(args, { cwd })).stdout);
    const whole = stateOf((await sigpack([...args, '-v'], { cwd })).stdout);
    const [start = '', end] = short.split('…');
    expect([start.length, end]).toEqual([205, ' (--verbose shows all)']);
    expect(whole.startsWith(start)).toBe(true);
    expect(whole).toMatch(/"\]$/);
  });

  test('shows the rule as it is where there is no pipeline', async () => {
    const { code, stdout } = await sigpack(['explain', 'a.yml', '-t', 'graylog'], {
      cwd: project({ 'a.yml': rule }),
    });
    expect(code).toBe(0);
    expect(stdout).toContain('for graylog, without a pipeline');
    expect(stdout).not.toContain('Unmapped');
  });
});

describe('the names of pipelines', () => {
  const files = {
    'a.yml': rule,
    'sub/own.yml': own,
    'node_modules/ours/package.json': '{"name":"ours"}',
    'node_modules/ours/windows.yml': own,
  };
  const converted = (...names: readonly string[]) =>
    sigpack(['convert', 'a.yml', '-t', 'splunk', '-p', names.join(',')], { cwd: project(files) });

  test.each(['sub/own.yml', 'ours/windows.yml'])('%s is a file', async (name) => {
    expect(await converted(name)).toMatchObject({
      code: 0,
      stdout: 'process_path="*\\\\cmd.exe" NOT Odd=7\n',
    });
  });

  test('run in the order of their priorities, whatever the order that they are named in', async () => {
    expect((await converted('sub/own.yml', 'windows-sysmon')).stdout).toBe(
      (await converted('windows-sysmon', 'sub/own.yml')).stdout,
    );
  });

  const mapping = (names: string): string =>
    `name: Mine\npriority: 30\ntransformations: [{ type: field_name_mapping, mapping: { ${names} } }]\n`;
  const folders = {
    'a.yml': plain,
    'many/b/2.yml': mapping('first: second, EventID: code'),
    'many/1.yaml': mapping('Image: first'),
    'many/c.yml': `${mapping('second: other')}allowed_backends: [graylog]\n`,
    'many/notes.txt': 'no pipeline',
    'many/early.yml':
      'priority: 1\ntransformations: [{ type: add_condition, conditions: { EventID: 1 } }]\n',
    'only/graylog.yml': `${own}allowed_backends: [graylog]\n`,
    'empty/notes.txt': 'none',
    'splunk/own.yml': own,
    'broken/p.yml': 'priority: high',
  };

  test.each(['many', 'many/', './many', 'many/*', 'many/**'])(
    'of a folder are all in it and below, by priority and then by path: %s',
    async (name) => {
      const cwd = project(folders);
      expect(
        await sigpack(['convert', 'a.yml', '-t', 'splunk', '-p', name], { cwd }),
      ).toMatchObject({ code: 0, stdout: 'code=1 second="*\\\\cmd.exe"\n' });
      const explained = await sigpack(['explain', 'a.yml', '-t', 'splunk', '-p', name], { cwd });
      expect(explained.stdout).toContain('through early (1), Mine (30), Mine (30)');
    },
  );

  test('of a folder are those for the target', async () => {
    const cwd = project(folders);
    expect(
      (await sigpack(['convert', 'a.yml', '-t', 'graylog', '-p', 'many'], { cwd })).stdout,
    ).toContain('other:');
    expect(
      await sigpack(['convert', 'a.yml', '-t', 'splunk', '-p', 'only'], { cwd }),
    ).toMatchObject({
      code: 2,
      stderr: 'sigpack: the pipeline only is for graylog, not for splunk\n',
    });
  });

  test('of a folder come from sigpack.yml too, relative to it', async () => {
    const cwd = project({
      ...folders,
      'sigpack.yml': 'title: Title\npipelines: { splunk: many }\n',
      'below/a.yml': plain,
    });
    const { stdout } = await sigpack(['convert', 'a.yml', '-t', 'splunk', '-c', '../sigpack.yml'], {
      cwd: join(cwd, 'below'),
    });
    expect(stdout).toBe('code=1 second="*\\\\cmd.exe"\n');
  });

  test('of a folder: none is told, and so is a fault in one', async () => {
    const cwd = project(folders);
    expect(
      await sigpack(['convert', 'a.yml', '-t', 'splunk', '-p', 'empty'], { cwd }),
    ).toMatchObject({
      code: 2,
      stderr: 'sigpack: the folder empty has no pipelines (*.yml, *.yaml)\n',
    });
    expect(
      (await sigpack(['convert', 'a.yml', '-t', 'splunk', '-p', 'broken'], { cwd })).stderr,
    ).toContain('broken/p.yml:1:11: error[PIP001]: `priority`');
  });

  test.each([
    ['SIG002', 'name: Mine\n  priority: 30\n'],
    ['SIG003', 'name: Mine\nname: Other\n'],
    ['SIG004', `name: ${'['.repeat(200)}${']'.repeat(200)}\n`],
    ['PIP001', 'priority: high\n'],
  ])('at fault are told, and nothing is made without them: %s', async (code, text) => {
    const cwd = project({
      'rules/a.yml': plain,
      'mine.yml': text,
      'sigpack.yml': 'targets: [splunk]\npipelines: { splunk: mine.yml }\n',
    });
    const wanted = { code: 2, stderr: expect.stringContaining(`error[${code}]`) };
    expect(await sigpack(['convert', '-t', 'splunk', 'rules'], { cwd })).toMatchObject({
      ...wanted,
      stdout: '',
    });
    expect(await sigpack(['build', '-o', 'out'], { cwd })).toMatchObject(wanted);
    expect(existsSync(join(cwd, 'out'))).toBe(false);
  });

  test('that are built in win over folders of that name', async () => {
    const cwd = project(folders);
    expect(
      (await sigpack(['convert', 'a.yml', '-t', 'splunk', '-p', 'splunk'], { cwd })).stdout,
    ).not.toContain('process_path');
    expect(
      (await sigpack(['convert', 'a.yml', '-t', 'splunk', '-p', './splunk'], { cwd })).stdout,
    ).toContain('process_path');
  });

  const listed = async (...args: readonly string[]) =>
    (await sigpack(['list', 'pipelines', ...args], { cwd: temporary })).stdout;

  test.each([[[]], [['-v']]])('are listed, bundles first, in 80 columns, with %j', async (args) => {
    const lines = (await listed(...args)).trimEnd().split('\n');
    const names = lines.filter((line) => !line.startsWith(' ')).map((line) => line.split(' ')[0]);
    expect(names.slice(0, bundles.size)).toEqual([...bundles.keys()]);
    expect(names).toContain('windows-sysmon');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  test('are listed with the number of their names that nothing public proves, all of them with -v', async () => {
    expect(await listed()).toMatch(
      /^splunk-firewall +Firewalls and network devices in Splunk\n +3 names unproved\n/m,
    );
    expect(await listed('-v')).toMatch(
      / 3 names unproved: file_name, sourcetype="netflow\*",\n +sourcetype="syslog"\n/,
    );
    expect(await listed('-v')).toMatch(
      /^logpoint +LogPoint with Sysmon\n +windows-sysmon, logpoint-windows\n/m,
    );
  });

  test('are listed as JSON', async () => {
    const pipelines: readonly Record<string, unknown>[] = JSON.parse(
      await listed('--format', 'json'),
    );
    expect(pipelines).toContainEqual({
      name: 'splunk-linux',
      description: 'Linux logs in Splunk',
      unproved: ['sourcetype="vsftpd"'],
    });
    expect(pipelines[0]).toMatchObject({
      name: 'splunk',
      pipelines: bundles.get('splunk')?.pipelines,
      unproved: expect.arrayContaining(['QID']),
    });
  });

  test('that are wrong in the configuration are told with its key', async () => {
    const cwd = project({
      'a.yml': rule,
      'sigpack.yml': 'targets: [splunk]\npipelines: { splunk: splnk }\n',
    });
    expect(await sigpack(['check', 'a.yml'], { cwd })).toMatchObject({
      code: 2,
      stderr:
        'sigpack: sigpack.yml: pipelines.splunk: there is no pipeline splnk; did you mean splunk?\n',
    });
  });

  test('that are wrong are told', async () => {
    expect(await converted('windows-sysmom')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean windows-sysmon?'),
    });
    expect(await converted('nowhere.yml')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no pipeline file nowhere.yml'),
    });
    expect(await converted('graylog-windows-nxlog')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/is for .*graylog.*, not for splunk/),
    });
    expect(await converted('graylog')).toMatchObject({
      code: 2,
      stderr: 'sigpack: the pipeline graylog is for graylog, lucene, not for splunk\n',
    });
    expect(await converted('elastic')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/: the pipeline elastic is for \w.*, not for splunk\n$/),
    });
  });

  test('a file at fault is told with its place, and nothing is converted', async () => {
    const cwd = project({
      'a.yml': rule,
      'bad.yml':
        'name: Bad\ntransformations:\n  - type: field_name_maping\n    mapping: { a: b }\n',
    });
    const { code, stdout, stderr } = await sigpack(
      ['convert', 'a.yml', '-t', 'splunk', '-p', 'bad.yml'],
      { cwd },
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/bad\.yml:3:11: error\[PIP001\].*field_name_maping/);
    expect(stderr).toContain('field_name_mapping');
  });
});

describe('every bundle', () => {
  test.each([...bundles.keys()])('%s is read', async (name) => {
    const target =
      { graylog: 'graylog', elastic: 'es-qs', logpoint: 'logpoint' }[name.split('-')[0] ?? ''] ??
      'splunk';
    expect(
      await sigpack(['convert', 'a.yml', '-t', target, '-p', name], {
        cwd: project({ 'a.yml': plain }),
      }),
    ).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('convert', () => {
  test('tells it at the rule that has the field or the log source, once where several correlations refer to it', async () => {
    const base = rule.replace('status:', 'name: base\nstatus:');
    const outer = (title: string, id: string): string =>
      `title: ${title}\nid: 5b1d2a3c-0000-4000-8000-0000000000${id}\nstatus: stable\ncorrelation: { type: event_count, rules: [base], timespan: 5m, condition: { gte: 5 } }\n`;
    const odd = plain
      .replace('windows', 'plan9')
      .replace('A shell starts', 'Another')
      .replace('00001', '00003')
      .replace('status:', 'name: odd\nstatus:');
    const cwd = project({
      'a.yml': `${outer('Many', '21')}---\n${outer('More', '22')}---\n${outer('Odd', '23').replace('[base]', '[odd]')}`,
      'b.yml': base,
      'c.yml': odd,
    });
    const { stderr } = await sigpack(
      ['convert', '-t', 'splunk', '-p', 'splunk', 'a.yml', 'b.yml', 'c.yml'],
      { cwd },
    );
    expect(stderr).toContain(
      'b.yml:1:8: warning[PIP003]: splunk: no pipeline maps the field `Odd`\n',
    );
    expect(stderr).toContain(
      'c.yml:5:1: warning[PIP003]: splunk: no pipeline knows the fields of the log source plan9/process_creation\n',
    );
    expect(stderr).toContain(
      'c.yml:1:8: warning[PIP004]: splunk: nothing says where the events of the log source plan9, process_creation are\n',
    );
    expect(stderr).not.toMatch(/^a\.yml.*PIP00[34]/m);
  });

  test.each([
    ['{ product: windos, category: process_creation }', 'windos', 'windows'],
    ["{ product: 'windos', category: process_creation }", "'windos'", "'windows'"],
    ['{ product: windows, category: proces_creation }', 'proces_creation', 'process_creation'],
    ['\n  product: windows\n  service: secrity', 'secrity', 'security'],
    ['{ category: proces_creation }', 'proces_creation', 'process_creation'],
    // names that public rules have, and names of one's own
    ['{ product: qualys }', 'logsource', undefined],
    ['{ product: acme, service: vpn }', 'logsource', undefined],
    ['{ product: windows, service: acme-agent }', 'acme-agent', undefined],
  ])('suggests what is meant by a log source: %s', async (source, marked, near) => {
    const second = plain
      .replace('A shell starts', 'Another')
      .replace('00001', '00003')
      .replace(/logsource: .*/, `logsource: ${source}`);
    // a document of several
    const text = `${plain}---\n${second}`;
    const cwd = project({ 'a.yml': text });
    const args = ['check', 'a.yml', '-p', 'graylog', '-f', 'json'];
    const { diagnostics } = JSON.parse((await sigpack(args, { cwd })).stdout);
    const isAbout = ({ code, message }: Record<string, string>) =>
      code === 'PIP003' && !message?.includes('maps the field');
    const found = diagnostics.filter(isAbout);
    expect(found).toHaveLength(1);
    const [diagnostic] = found;
    const wanted = near?.replaceAll("'", '');
    expect(diagnostic.hint).toMatch(
      wanted === undefined ? /^Correct the name in `logsource`/ : `Did you mean \`${wanted}\`?`,
    );
    expect(fixedBy(diagnostic, text)).toEqual({
      marked,
      fixed: near && text.replace(second, second.replace(marked, near)),
    });
  });

  test.each([
    ['after a broken document', (text: string) => `title: 'A\n---\n${text}`, 6],
    ['in an indented document', (text: string) => text.replace(/^/gm, '  '), 4],
  ])('finds the log source %s', async (_, placed, line) => {
    const cwd = project({ 'a.yml': placed(plain.replace('process', 'proces')) });
    const { stderr } = await sigpack(['check', 'a.yml', '-p', 'graylog'], { cwd });
    const column = placed(plain).split('\n')[line - 1]?.indexOf('process_creation') ?? -2;
    expect(stderr).toContain(`a.yml:${line}:${column + 1}: warning[PIP003]: graylog: no pipeline`);
  });

  test('tells what pipelines leave open as build does', async () => {
    const other = plain.replace('windows', 'plan9').replace('A shell starts', 'Another');
    const cwd = project({
      'a.yml': rule,
      'b.yml': rule.replace('A shell starts', 'Second').replace('00001', '00002'),
      'c.yml': other.replace('00001', '00003'),
    });
    const { code, stdout, stderr } = await sigpack(
      ['convert', '-t', 'splunk', '-p', 'splunk', 'a.yml', 'b.yml', 'c.yml'],
      { cwd },
    );
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(3);
    expect(stderr).toContain(
      'a.yml:1:8: warning[PIP003]: splunk: no pipeline maps the field `Odd`, in 2 rules (the first is here)',
    );
    expect(stderr).toContain(
      'c.yml:4:1: warning[PIP003]: splunk: no pipeline knows the fields of the log source plan9/process_creation',
    );
    expect(stderr).toContain(
      'c.yml:1:8: warning[PIP004]: splunk: nothing says where the events of the log source plan9, process_creation are',
    );
  });

  test.each<readonly [conditions: string, isPlaced: boolean]>([
    ['{ index: windows }', true],
    ['{ index: [windows, "sysmon*"] }', true],
    ['[{ index: windows }, { index: other, EventID: 1 }]', true],
    ['[{ index: windows }, { EventID: 1 }]', false],
    ['{ index: windows }, negated: true', false],
    ['{ sourcetype: windows }', false],
  ])('a pipeline that adds the condition %s', async (conditions, isPlaced) => {
    const pipeline = `transformations: [{ type: add_condition, conditions: ${conditions} }]\n`;
    const cwd = project({ 'a.yml': plain, 'p.yml': pipeline });
    const { code, stderr } = await sigpack(['convert', '-t', 'splunk', '-p', 'p.yml', 'a.yml'], {
      cwd,
    });
    expect([code, !stderr.includes('PIP004')]).toEqual([0, isPlaced]);
  });

  test.each([
    ['an empty text', "''"],
    ['one of several', "[b, '']"],
  ])('in the text of a message %s is everywhere, and refused', async (_, value) => {
    const powershell = plain
      .replace('category: process_creation', 'service: powershell')
      .replace(/Image\|endswith: .*/, `Path: ${value}`);
    const cwd = project({ 'a.yml': powershell });
    const refused = await sigpack(['convert', '-t', 'splunk', '-p', 'splunk-classic', 'a.yml'], {
      cwd,
    });
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain(
      'error[PIP002]: splunk: the value is looked for in the text of the message, where an empty one is everywhere',
    );
    expect(
      (await sigpack(['convert', '-t', 'splunk', '-p', 'splunk', 'a.yml'], { cwd })).code,
    ).toBe(0);
  });

  test('a field that is the message itself may be asked for any text', async () => {
    const cwd = project({
      'a.yml': plain
        .replace('category: process_creation', 'service: powershell')
        .replace(/Image\|endswith: .*/, "Message: '*'"),
    });
    expect(
      await sigpack(['convert', '-t', 'splunk', '-p', 'splunk-classic', 'a.yml'], { cwd }),
    ).toMatchObject({ code: 0, stderr: '' });
  });

  const fortigate = (title: string, number: string, fields: string): string =>
    plain
      .replace('A shell starts', title)
      .replace('00001', number)
      .replace('product: windows, category: process_creation', 'product: fortigate, service: event')
      .replace(/Image\|endswith: .*/, fields);

  test('notes once what names of a pipeline nothing public proves, with those that the queries have', async () => {
    const cwd = project({
      'a.yml': fortigate('First', '00001', 'cfgpath: user.local'),
      'b.yml': fortigate('Second', '00002', 'action: Add'),
      'c.yml': fortigate('Third', '00003', 'devname: x'),
      'd.yml': plain.replace('00001', '00004'),
    });
    const { stderr } = await sigpack(
      ['convert', '-v', '-t', 'graylog', '-p', 'graylog', 'a.yml', 'b.yml', 'c.yml', 'd.yml'],
      { cwd },
    );
    const notes = stderr.split('\n').filter((line) => line.includes('PIP011'));
    expect(notes).toEqual([
      'a.yml:1:8: info[PIP011]: graylog: no public source proves these names of the pipeline graylog-cloud: `action`, `cfgpath`, in 2 rules (the first is here)',
    ]);
  });

  test('notes terms that find the events, as long as the search has them, and names in pipelines of your own', async () => {
    const scope = (key: string, value: string): string =>
      `  - { type: set_state, key: ${key}, val: ${value} }\n`;
    const first = scope('splunk_scope', `'index=a sourcetype="guess"'`);
    const marks = scope('unproved_names', `['sourcetype="guess"', 'sourcetype="other"']`);
    const cwd = project({
      'a.yml': plain,
      'own.yml': `name: T\ntransformations:\n${first}${marks}`,
      'mended.yml': `name: T\ntransformations:\n${first}${marks}${scope('splunk_scope', 'index=b')}`,
    });
    const own = await sigpack(['convert', '-v', '-t', 'splunk', '-p', 'own.yml', 'a.yml'], { cwd });
    expect(own.stderr).toContain(
      'a.yml:1:8: info[PIP011]: splunk: no public source proves these names of the pipeline own: `sourcetype="guess"`\n',
    );
    expect(
      (await sigpack(['convert', '-v', '-t', 'splunk', '-p', 'mended.yml', 'a.yml'], { cwd }))
        .stderr,
    ).not.toContain('PIP011');
  });

  test('without a pipeline one line says that the names are Sigma’s own, unless that is what was asked for', async () => {
    const cwd = project({ 'a.yml': rule });
    const plain = ['convert', '-t', 'splunk', '-t', 'graylog', 'a.yml'];
    const convert = async (...more: readonly string[]) =>
      (await sigpack([...plain, ...more, '-v'], { cwd })).stderr.replace(
        /^.*Configuration.*\n/,
        '',
      );
    // nobody has asked
    expect((await sigpack(plain, { cwd })).stderr).toBe('');
    // a person reads what goes to a terminal, and has said where a file goes
    const told = /^sigpack: graylog: field names are Sigma's own/;
    const one = ['convert', '-t', 'graylog', 'a.yml'];
    const shown = await sigpack(one, { cwd, terminal: true });
    expect(shown.stderr).toContain("sigpack: graylog: field names are Sigma's own");
    expect((await sigpack([...one, '-o', 'out.txt'], { cwd })).stderr).toMatch(told);
    for (const meant of [['-p', 'none'], ['--without-pipeline'], ['-p', 'graylog']])
      expect((await sigpack([...one, ...meant, '-o', 'out.txt'], { cwd })).stderr).not.toContain(
        "names are Sigma's own",
      );
    expect(await convert()).toBe(
      "sigpack: splunk, graylog: field names are Sigma's own; -p chooses pipelines (sigpack list pipelines), -p none says that these names are meant\n",
    );
    expect(await convert('-p', 'none')).toBe('');
    expect(await convert('-p', 'splunk')).toMatch(
      /^sigpack: graylog: field names are Sigma's own/m,
    );
    writeFileSync(join(cwd, 'sigpack.yml'), 'pipelines: { splunk: none }\n');
    expect(await convert()).toMatch(/^sigpack: graylog: field names are Sigma's own/);
  });
});

describe('build', () => {
  test('counts fields that stay unmapped and log sources without a place', async () => {
    const other = rule
      .replace('A shell starts', 'Another')
      .replace('00001', '00002')
      .replace('process_creation', 'webserver')
      .replace('product: windows, ', '');
    const cwd = project({
      'rules/a.yml': rule,
      'rules/b.yml': rule.replace('A shell starts', 'Second').replace('00001', '00003'),
      'rules/c.yml': other,
      'own.yml': own,
      'sigpack.yml':
        'targets: [splunk]\npipelines: { splunk: [windows-sysmon, splunk-windows-xml] }\n',
    });
    const { code, stderr } = await sigpack(['build', '-o', 'out'], { cwd });
    expect(code).toBe(0);
    expect(stderr).toContain(
      'warning[PIP003]: splunk: no pipeline maps the field `Odd`, in 2 rules (the first is here)',
    );
    expect(stderr).toContain(
      'warning[PIP003]: splunk: no pipeline knows the fields of the log source webserver',
    );
    expect(stderr).toContain(
      'warning[PIP004]: splunk: nothing says where the events of the log source webserver are',
    );
    const app = await readTar(readFileSync(join(cwd, 'out', 'sigpack-1.0.0.spl')));
    const conf = (name: string) =>
      readStrictConf(app.find(({ header }) => header.name.endsWith(`default/${name}`))?.text ?? '');
    expect(conf('savedsearches.conf').get('A shell starts')?.get('search')).toMatch(
      /^`sigpack_windows_process_creation_sysmon` EventCode=1 Image="\*\\\\cmd\.exe" NOT Odd=7 \|/,
    );
    const macro = conf('macros.conf').get('sigpack_windows_process_creation_sysmon');
    expect(macro?.get('definition')).toContain('Microsoft-Windows-Sysmon/Operational');
  });

  test('uses what sigpack.yml names for each target, unless -p says otherwise', async () => {
    const cwd = project({
      'rules/a.yml': rule,
      'own.yml': own,
      'sigpack.yml': 'pipelines:\n  splunk: own.yml\n',
    });
    expect((await sigpack(['convert', 'rules/a.yml', '-t', 'splunk'], { cwd })).stdout).toContain(
      'process_path=',
    );
    expect((await sigpack(['convert', 'rules/a.yml', '-t', 'graylog'], { cwd })).stdout).toContain(
      'Image:',
    );
    expect(
      (await sigpack(['convert', 'rules/a.yml', '-t', 'splunk', '-p', 'windows-sysmon'], { cwd }))
        .stdout,
    ).toContain('EventID=1 Image=');
  });

  test('a rule that a pipeline refuses is left out of that target alone', async () => {
    const refusing =
      'name: Refusing\ntransformations:\n  - { type: rule_failure, message: not here }\n';
    const cwd = project({
      'rules/a.yml': rule,
      'no.yml': refusing,
      'sigpack.yml': 'pipelines: { splunk: no.yml, graylog: none }\n',
    });
    const { code, stdout, stderr } = await sigpack(['build', '-o', 'out'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain('error[PIP002]: splunk: not here (rule_failure, no.yml:3)');
    expect(stdout).toMatch(/splunk +0 +0 +1\n/);
    expect(stdout).toMatch(/graylog +1 +1 +0\n/);
  });
});

describe('what comes after the query', () => {
  const after = `name: After
postprocessing:
  - { type: embed, prefix: "index=main ", suffix: " | head 5" }
finalizers:
  - { type: concat, separator: "\\n--\\n", prefix: "# ours\\n" }
`;

  test('postprocessing changes each query, finalizers the text of the default format', async () => {
    const cwd = project({
      'a.yml': rule,
      'b.yml': rule.replace('00001', '00002').replace('cmd', 'sh'),
      'after.yml': after,
    });
    const plain = await sigpack(['convert', 'a.yml', 'b.yml', '-t', 'splunk', '-p', 'after.yml'], {
      cwd,
    });
    expect(plain.stdout).toBe(
      '# ours\nindex=main Image="*\\\\cmd.exe" NOT Odd=7 | head 5\n--\nindex=main Image="*\\\\sh.exe" NOT Odd=7 | head 5\n',
    );
    expect(plain.stderr).not.toContain('PIP005');
    const json = await sigpack(
      ['convert', 'a.yml', '-t', 'splunk,graylog', '-p', 'after.yml', '-f', 'ndjson'],
      { cwd },
    );
    expect(json.stdout).toContain('index=main Image=');
    expect(json.stdout).not.toContain('# ours');
    expect(
      json.stderr.match(/^after\.yml:5:13: warning\[PIP005\]: finalizers are left out/gm),
    ).toHaveLength(1);
  });

  test('templates know the target, the format and the state of the rule', async () => {
    const named = `name: Named
vars: { team: blue }
transformations:
  - { type: set_state, key: index, val: main }
postprocessing:
  - { type: template, template: "{% if pipeline.vars.backend is defined %}{{ pipeline.vars.backend }}/{{ pipeline.vars.output_format }} {% endif %}{{ query }}" }
finalizers:
  - { type: template, template: "{{ pipeline.vars.backend }} {{ pipeline.vars.team }} {{ pipeline.state.index }}: {{ queries | join }}" }
`;
    const cwd = project({
      'a.yml': rule,
      'named.yml': named,
      'own.yml': named.replace('team: blue', 'backend: mine, team: red'),
    });
    const text = async (...more: readonly string[]) =>
      (await sigpack(['convert', 'a.yml', ...more], { cwd })).stdout;
    expect(await text('-t', 'splunk', '-p', 'named.yml')).toBe(
      'splunk blue main: splunk/default Image="*\\\\cmd.exe" NOT Odd=7\n',
    );
    expect(await text('-t', 'graylog', '-p', 'named.yml')).toMatch(
      /^graylog blue main: graylog\/default /,
    );
    expect(await text('-t', 'splunk', '-f', 'savedsearches', '-p', 'named.yml')).toMatch(
      /^search = splunk\/savedsearches /m,
    );
    expect(await text('-t', 'splunk', '-p', 'own.yml')).toMatch(/^mine red main: mine\/default /);
  });

  test('packs take the postprocessing, and finalizers are told to be left out', async () => {
    const cwd = project({
      'rules/a.yml': rule,
      'after.yml': after,
      'sigpack.yml': 'targets: [splunk]\npipelines: { splunk: after.yml }\n',
    });
    const { code, stderr } = await sigpack(['build', '-o', 'out'], { cwd });
    expect(code).toBe(0);
    expect(
      stderr.match(/^after\.yml:5:13: warning\[PIP005\]: finalizers are left out/gm),
    ).toHaveLength(1);
    const app = await readTar(readFileSync(join(cwd, 'out', 'sigpack-1.0.0.spl')));
    const conf =
      app.find(({ header }) => header.name.endsWith('default/savedsearches.conf'))?.text ?? '';
    expect(readStrictConf(conf).get('A shell starts')?.get('search')).toMatch(
      /^index=main .* \| head 5 \| `sigpack_a_shell_starts_filter`$/,
    );
  });
});

test('a placeholder that the pipeline of one target fills is reported for a target without a pipeline', async () => {
  const cwd = project({
    'sigpack.yml': 'rules: [a.yml, b.yml]\npipelines: { splunk: [own.yml], graylog: none }\n',
    'a.yml': rule.replace("Image|endswith: '\\cmd.exe'", "Image|expand: '%shells%'"),
    'b.yml': rule.replace('A shell starts', 'Another').replace('0001', '0002'),
    'own.yml':
      'name: Ours\npriority: 30\nvars: { shells: [cmd.exe] }\ntransformations:\n  - { id: values, type: value_placeholders }\n',
  });
  const { code, stdout, stderr } = await sigpack(['build', '-o', 'out'], { cwd });
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /a\.yml:7:\d+: error\[SIG024\]: graylog: placeholder `%shells%` has no value/,
  );
  expect(stdout).toMatch(/splunk +2/);
  expect(stdout).toMatch(/graylog +1/);
});

test('a saved search has columns for the fields of a rule that events have', async () => {
  const cwd = project({
    'a.yml': plain.replace('detection:', 'fields: [Image, GrandParentImage, Computer]\ndetection:'),
  });
  const { code, stdout, stderr } = await sigpack(
    ['convert', '-v', '-t', 'es-qs', '-p', 'elastic', '-f', 'kibana-ndjson', 'a.yml'],
    { cwd },
  );
  expect(code).toBe(0);
  expect(JSON.parse(stdout).attributes.columns).toEqual([
    'process.executable',
    'winlog.computer_name',
  ]);
  expect(stderr).toContain(
    'a.yml:1:8: info[TGT003]: es-qs: no event has the field `GrandParentImage`: a saved search has no column for it',
  );
});

test('a network that the pipelines of both targets give a placeholder warns once', async () => {
  const fill =
    'name: Fill\npriority: 10\nvars: { nets: [10.0.0.0/8] }\ntransformations:\n  - type: value_placeholders\n';
  const files = {
    'rules/a.yml': plain.replace("Image|endswith: '\\cmd.exe'", "dst_ip|expand: '%nets%'"),
    'fill.yml': fill,
    'sigpack.yml': 'pipelines: { splunk: [fill.yml], graylog: [fill.yml] }\n',
  };
  const { stderr } = await sigpack(['check', 'rules'], { cwd: project(files) });
  expect(stderr.match(/SIG026/g)).toHaveLength(1);
});

describe('what a pipeline makes wrong is told as the fault of the pipeline', () => {
  const breaks = (suffix: string): string =>
    `postprocessing:\n  - { type: embed, suffix: ${suffix} }\n`;

  test.each([
    ['splunk', '"\\u0090"'],
    ['splunk', '"\\n| delete"'],
    ['graylog', '" AND ("'],
    ['graylog', '"\\""'],
  ])('for %s, by a suffix of %s', async (target, suffix) => {
    const cwd = project({ 'bad/a.yml': rule, 'p.yml': breaks(suffix) });
    const { code, stdout, stderr } = await sigpack(
      ['build', 'bad', '-t', target, '-p', 'p.yml', '-o', 'out'],
      { cwd },
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(
      new RegExp(
        `^bad/a\\.yml:1:8: error\\[PIP002\\]: ${target}: the postprocessing of pipelines makes a query that no pack can hold: .*; the rule is left out`,
      ),
    );
    expect(stdout + stderr).not.toContain('PCK007');
  });

  test.each(['{% for one in queries %}{% endfor %}', '{{ pipeline.state.a.b }}'])(
    'by a finalizer that fails where no rule is left: %s',
    async (template) => {
      const finalizers = `finalizers:\n  - { type: concat }\n  - { type: template, template: "${template}" }\n`;
      const cwd = project({
        'a.yml': rule.replace('condition: selection', 'condition: nothing'),
        'p.yml': finalizers,
      });
      const { code, stderr } = await sigpack(['convert', 'a.yml', '-t', 'splunk', '-p', 'p.yml'], {
        cwd,
      });
      expect(code).toBe(2);
      expect(stderr).toMatch(/^sigpack: the template can't be filled in: /m);
    },
  );
});

// no field of the rule takes long, but one that alerts on its log source usually show
test('names of usual fields that take too many steps are an error of the rule', async () => {
  const cwd = project({
    'a.yml': `title: A\nid: 5b1d2a3c-0000-4000-8000-000000000013\nstatus: stable\nlogsource: { category: process_creation, product: windows }\ndetection: { s: { Image|endswith: '\\x.exe' }, condition: s }\n`,
    'p.yml': `transformations:\n  - { type: field_name_suffix, suffix: x, field_name_conditions: [{ type: include_fields, mode: re, fields: ['(?=.*)(?!Image$)(([a-zA-Z]|[a-zA-Z0-9])+)+!'] }] }\n`,
    'sigpack.yml': `rules: [a.yml]\ntargets: [splunk]\npipelines: { splunk: p.yml }\nsplunk: { index: w }\n`,
  });
  const { code, stderr } = await sigpack(['check'], { cwd });
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^a\.yml:1:8: error\[PIP002\]: splunk: a regular expression takes too many steps$/m,
  );
});
