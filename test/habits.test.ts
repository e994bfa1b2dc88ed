import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, test } from 'vitest';
import { projectIn } from './project-folder.ts';
import { type Run, sigpack } from './sigpack.ts';

const temporary = mkdtempSync(join(tmpdir(), 'sigpack-habits-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const id = (last: number): string =>
  `6f0a1b52-7d0e-4b7a-8c55-0000000000${String(last).padStart(2, '0')}`;
const rule = (number: number, selection: string, more = ''): string =>
  `title: Rule ${number}\nid: ${id(number)}\nstatus: test\nlogsource: { product: windows, category: process_creation }\n${more}detection:\n  selection: { ${selection} }\n  condition: selection\n`;

const cwd = projectIn(temporary, {
  'rules/a.yml': rule(
    1,
    'Image: a.exe, CommandLine|contains: x',
    'fields: [CommandLine, EventID, "two words"]\n',
  ),
  'rules/b.yml': rule(2, 'Image|fieldref: ParentImage'),
  'only/a.yml': rule(
    1,
    'Image: a.exe, CommandLine|contains: x',
    'fields: [CommandLine, EventID, "two words"]\n',
  ),
  'models/a.yml': rule(
    1,
    'Image: a.exe, CommandLine|contains: x',
    'fields: [CommandLine, EventID, "two words"]\n',
  ),
  'models/b.yml': rule(4, 'Details: x').replace('process_creation', 'pipe_created'),
  'broken/c.yml': rule(3, 'Image|nope: x'),
  'head.yml': 'priority: 90\npostprocessing: [{ type: embed, suffix: " | head 5" }]\n',
  'unread/d.yml': 'title: Nothing in it\nlevel: high\n',
  'model.yml': `transformations:
  - { type: set_state, key: data_model_set, val: Endpoint.Processes }
  - { type: set_state, key: fields, val: { Processes.user: } }
  - { type: field_name_mapping, mapping: { Image: Processes.process_path, CommandLine: Processes.process } }
`,
  'processes.yml': `transformations:
  - { type: set_state, key: data_model_set, val: Endpoint.Processes, rule_conditions: [{ type: logsource, category: process_creation }] }
  - { type: field_name_mapping, mapping: { Image: Processes.process_path, CommandLine: Processes.process } }
`,
  'filter.yml': `title: No admin\nlogsource: { product: windows, category: process_creation }\nfilter:\n  rules: any\n  selection: { User: admin }\n  condition: not selection\n`,
});
const run = (...args: readonly string[]): Promise<Run> => sigpack(args, { cwd });
const convert = (...args: readonly string[]): Promise<Run> =>
  run('convert', 'only/a.yml', '-p', 'none', ...args);

describe('names of targets', () => {
  it.each([
    ['lucene', 'es-qs'],
    ['opensearch_lucene', 'es-qs'],
    ['opensearch', 'es-qs'],
    ['elasticsearch', 'es-qs'],
    ['es', 'es-qs'],
    ['ES_QS', 'es-qs'],
    ['splunk_spl', 'splunk'],
    ['Splunk', 'splunk'],
  ])('%s is %s', async (alias, target) => {
    const asked = await convert('-t', alias);
    expect(asked).toEqual(await convert('-t', target));
    expect(asked).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([
    ['eql', 'es-qs has query_string queries, xpack-watcher has watches'],
    ['esql', 'es-qs has query_string queries, xpack-watcher has watches'],
    ['elastalert', 'es-qs has query_string queries, xpack-watcher has watches'],
    ['open_search_ppl', 'which OpenSearch reads'],
    ['splunk_spl2', 'splunk has SPL; -p splunk-cim'],
    ['kibana', '-f kibana-ndjson'],
    ['splnk', 'did you mean splunk? There are es-qs,'],
    ['kusto', 'there is no target kusto; there are es-qs,'],
  ])('%s is none, and the answer says what there is', async (name, answer) => {
    const { code, stderr, stdout } = await convert('-t', name);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(answer);
    for (const args of [
      ['explain', 'only/a.yml', '-t', name],
      ['test', '-t', name],
      ['docs', '-t', name],
    ])
      if (name === 'splnk') expect((await run(...args)).stderr).toContain(answer);
  });

  it('two names of one target give its queries once', async () =>
    expect(await convert('-t', 'lucene,es')).toEqual(await convert('-t', 'es-qs')));

  it('explain and match take them, too', async () => {
    expect((await run('explain', 'only/a.yml', '-t', 'lucene')).stdout).toContain('for es-qs');
    expect(
      (await run('match', 'only/a.yml', '-t', 'nope', '--events', 'none.json')).stderr,
    ).toContain('there is no target nope; there are');
  });
});

describe('names of formats', () => {
  it.each([
    ['default', 'splunk', 'default'],
    ['kibana_ndjson', 'lucene', 'kibana-ndjson'],
    ['Savedsearches', 'splunk', 'savedsearches'],
  ])('%s of %s is %s', async (alias, target, format) =>
    expect(await convert('-t', target, '-f', alias)).toEqual(
      await convert('-t', target, '-f', format),
    ),
  );

  it('-of and --output-format are -f', async () => {
    const json = await convert('-t', 'splunk', '-f', 'json');
    expect(await convert('-t', 'splunk', '-of', 'json')).toEqual(json);
    expect(await convert('-t', 'splunk', '--output-format', 'json')).toEqual(json);
    expect(await convert('-t', 'splunk', '--output-format=json')).toEqual(json);
    expect(existsSync(join(cwd, 'f'))).toBe(false);
  });

  it('data_model is the pipeline splunk-cim', async () => {
    const wanted = await run('convert', 'only/a.yml', '-t', 'splunk', '-p', 'splunk-cim');
    expect(wanted.stdout).toMatch(/^\| tstats /);
    expect(await run('convert', 'only/a.yml', '-t', 'splunk', '-f', 'data_model')).toEqual(wanted);
    expect(
      await run('convert', 'only/a.yml', '-t', 'splunk', '-p', 'splunk-cim', '-f', 'data_model'),
    ).toEqual(wanted);
    const both = ['convert', 'only/a.yml', '-t', 'splunk', '-p', 'splunk-cim,head.yml'];
    const headed = await run(...both, '-f', 'data_model');
    expect(headed).toEqual(await run(...both));
    expect(headed.stdout).toMatch(/^\| tstats .* \| head 5$/m);
    expect(
      (await run('convert', 'only/a.yml', '-t', 'splunk', '-f', 'data_model', '--without-pipeline'))
        .stderr,
    ).toContain('leave --without-pipeline out');
    expect((await convert('-t', 'splunk', '-f', 'data_model')).stderr).toContain(
      '-p splunk-cim searches data models',
    );
  });

  it('data_model is what a pipeline says that names a data model', async () => {
    const asked = await run(
      'convert',
      'only/a.yml',
      '-t',
      'splunk',
      '-p',
      'model.yml',
      '-f',
      'data_model',
    );
    expect(asked).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\| tstats .* BY _time span=1s Processes\.user /),
    });
    expect(asked).toEqual(await run('convert', 'only/a.yml', '-t', 'splunk', '-p', 'model.yml'));
    const both = await run(
      'convert',
      'models',
      '-t',
      'splunk',
      '-p',
      'processes.yml',
      '-f',
      'data_model',
    );
    expect(both).toMatchObject({ code: 1, stdout: expect.stringMatching(/^\| tstats [^\n]*\n$/) });
    expect(both.stderr).toContain('no pipeline names a data model for the rule');
    const other = await run(
      'convert',
      'only/a.yml',
      '-t',
      'splunk',
      '-p',
      'windows-sysmon',
      '-f',
      'data_model',
    );
    expect(other).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(
        'splunk has no format data_model: -p splunk-cim searches data models',
      ),
    });
  });

  it.each([
    ['lucene', 'dsl_lucene', 'xpack-watcher whole search bodies'],
    ['lucene', 'siem_rule_ndjson', 'kibana-ndjson of es-qs has saved searches'],
    ['opensearch', 'monitor_rule', 'xpack-watcher has watches'],
    ['lucene', 'kibana', 'did you mean kibana-ndjson?'],
  ])('%s has no %s, and the answer says what there is', async (target, format, answer) =>
    expect(await convert('-t', target, '-f', format)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(answer),
    }),
  );
});

describe('options of sigma convert', () => {
  it('--without-pipeline is -p none', async () => {
    expect(await run('convert', 'only/a.yml', '-t', 'splunk', '--without-pipeline')).toEqual(
      await convert('-t', 'splunk'),
    );
    expect(await convert('-t', 'splunk', '--without-pipeline')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('exclude each other'),
    });
  });

  it('--filter adds Sigma filters', async () => {
    expect((await convert('-t', 'splunk', '--filter', 'filter.yml')).stdout).toBe(
      'Image="a.exe" CommandLine="*x*" NOT User="admin"\n',
    );
    expect((await convert('-t', 'splunk', '--filter', 'none.yml')).stderr).toContain(
      'none.yml: there is no such file or folder',
    );
  });

  it('-s makes warnings of what a target refuses, and of nothing else', async () => {
    const strict = await run('convert', 'rules', '-t', 'lucene', '-p', 'none');
    expect(strict).toMatchObject({ code: 1, stderr: expect.stringContaining('error[TGT001]') });
    const skipping = await run('convert', 'rules', '-t', 'lucene', '-p', 'none', '-s');
    expect(skipping).toMatchObject({
      code: 0,
      stdout: strict.stdout,
      stderr: expect.stringContaining('warning[TGT001]'),
    });
    expect(
      (await run('convert', 'broken', '-t', 'lucene', '-p', 'none', '--skip-unsupported')).code,
    ).toBe(1);
  });

  it.each([
    [['-od', 'out'], 'there is no option -od: `-o <folder>/`'],
    [['--output-dir', 'out'], 'there is no option --output-dir: `-o <folder>/`'],
    [['-ot', '{stem}.txt'], 'files are named after their rules'],
    [['-e', 'utf-16'], 'the output is UTF-8'],
    [['-j', '2'], '`-f json` is indented'],
    [['-j2'], '`-f json` is indented'],
    [['-O', 'a=b'], 'sigpack.yml'],
    [['--backend-option=a=b'], 'sigpack.yml'],
    [['-c', 'stats'], 'there is no option --correlation-method: each target has one method'],
    [['--correlation-method', 'stats'], 'each target has one method'],
    [['--disable-pipeline-check'], 'allowed_backends'],
    [['-P', '*.yaml'], 'every .yml and .yaml file'],
    [['--enable-template-vars'], 'no pipeline runs code'],
  ])('%j has an answer', async (args, answer) => {
    const { code, stderr, stdout } = await convert('-t', 'splunk', ...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^sigpack: there is no option /);
    expect(stderr).toContain(answer);
  });

  it('what stands behind -- is a path', async () => {
    const { stderr } = await run('convert', '-t', 'splunk', '-p', 'none', '--', '-of');
    expect(stderr).toContain('-of: there is no such file or folder');
  });
});

describe('commands of sigma-cli', () => {
  it.each([
    [['analyze', 'attack', 'count', 'out.json', 'rules'], 'layer.json'],
    [['plugin', 'install', 'splunk'], '--plugin <module>'],
    [['pysigma', 'check-version'], 'does not use pySigma'],
    [['version'], '`sigpack --version`'],
    [['list', 'validators'], 'docs/diagnostics.md'],
    [['list', 'modifiers'], 'docs/sigma.md'],
    [['list', 'transformations'], 'docs/pipelines.md'],
    [['list', 'targts'], 'Did you mean targets?'],
    [['check', '--validation-config', 'x.yml'], '`severities` in sigpack.yml'],
    [['check', '--fail-on-issues'], '`--fail-on warning`'],
    [['bulid'], 'Did you mean build?'],
    [['build', '-t', 'splnk'], 'Did you mean splunk?'],
    [['check', '-f', 'sari'], 'Did you mean sarif?'],
    [['convert', 'only/a.yml', '-t', 'splunk', '-p', ''], '-p needs a name of a pipeline'],
  ])('sigpack %j has an answer', async (args, answer) => {
    const { code, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^sigpack: /);
    expect(stderr).toContain(answer);
  });

  it.each([
    ['splunk_windows', 'did you mean splunk?'],
    ['splunk_cim', 'did you mean splunk-cim?'],
    ['sysmon', 'did you mean windows-sysmon?'],
    ['splunk-window', 'did you mean splunk-windows-xml?'],
    ['ecs_windows', 'did you mean elastic?'],
  ])('the pipeline %s is near to one', async (name, answer) =>
    expect((await run('convert', 'only/a.yml', '-t', 'splunk', '-p', name)).stderr).toBe(
      `sigpack: there is no pipeline ${name}; ${answer}\n`,
    ),
  );
});

describe('--table', () => {
  it('ends a Splunk search with the fields of the rule, as pipelines name them', async () => {
    expect((await convert('-t', 'splunk', '--table')).stdout).toBe(
      'Image="a.exe" CommandLine="*x*" | table CommandLine,EventID,"two words"\n',
    );
    const { stdout } = await run(
      'convert',
      'only/a.yml',
      '-t',
      'splunk',
      '-p',
      'splunk',
      '--table',
    );
    expect(stdout).toMatch(/ \| table CommandLine,EventCode,"two words"\n$/);
    expect((await convert('-t', 'splunk')).stdout).not.toContain('table');
  });

  it('is reported where it does not apply', async () => {
    const folder = projectIn(temporary, {
      'a.yml': rule(1, 'Image: a', "fields: [Image, 'x\\`y`', '[search x]']\n"),
    });
    const quoted = await sigpack(['convert', 'a.yml', '-t', 'splunk', '-p', 'none', '--table'], {
      cwd: folder,
    });
    expect(quoted).toMatchObject({
      code: 0,
      stdout: 'Image="a" | table Image\n',
      stderr: expect.stringContaining('warning[TGT007]'),
    });
    const words = projectIn(temporary, { 'a.yml': rule(1, 'Image: a', 'fields: [By, Image]\n') });
    expect(
      (await sigpack(['convert', 'a.yml', '-t', 'splunk', '-p', 'none', '--table'], { cwd: words }))
        .stdout,
    ).toBe('Image="a" | table "By",Image\n');
    const model = await run('convert', 'only/a.yml', '-t', 'splunk', '-p', 'splunk-cim', '--table');
    expect(model.stderr).toContain('its results have columns of their own');
    expect(model.stdout).not.toContain('| table');
    expect(await convert('-t', 'lucene', '--table')).toMatchObject({
      code: 2,
      stderr: 'sigpack: --table is for the target splunk\n',
    });
  });
});

describe('sigpack list', () => {
  const correlation = `---\ntitle: Many\nid: ${id(9)}\nstatus: test\ncorrelation: { type: value_count, rules: [${id(2)}], group-by: [User], timespan: 5m, condition: { gte: 3, field: Computer } }\n`;
  const folder = projectIn(temporary, {
    'rules/a.yml': rule(1, 'Image: a.exe, CommandLine|contains: x'),
    'rules/b.yml': `${rule(2, 'Image|fieldref: ParentImage').replace(', category: process_creation', ', service: security')}${correlation}`,
    'rules/c.yml': rule(3, 'Image: c.exe'),
  });
  const list = async (...args: readonly string[]): Promise<string> =>
    (await sigpack(['list', ...args], { cwd: folder })).stdout;

  it('counts the log sources of rules', async () => {
    expect(await list('logsources', 'rules')).toBe(
      'product=windows category=process_creation  2 rules\nproduct=windows service=security           1 rule\n',
    );
    const [first] = JSON.parse(await list('logsources', 'rules', '-f', 'json'));
    expect(first).toEqual({
      name: 'product=windows category=process_creation',
      logsource: { product: 'windows', category: 'process_creation' },
      rules: 2,
    });
  });

  it('counts the fields of rules, those of references and correlations among them', async () =>
    expect(await list('fields', 'rules')).toBe(
      'Image        3 rules\nCommandLine  1 rule\nComputer     1 rule\nParentImage  1 rule\nUser         1 rule\n',
    ));

  it('reports what is wrong with a rule', async () =>
    expect(await run('list', 'fields', 'unread')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('error[SIG005]'),
    }));

  it('names what the built-in pipelines know without rules', async () => {
    const sources = JSON.parse(await list('logsources', '-f', 'json'));
    expect(sources).toContainEqual(
      expect.objectContaining({
        logsource: { product: 'aws', service: 'cloudtrail' },
        pipelines: expect.arrayContaining(['splunk-aws', 'ecs-cloud']),
      }),
    );
    const fields = JSON.parse(await list('fields', '-f', 'json'));
    expect(fields).toContainEqual(
      expect.objectContaining({
        name: 'CommandLine',
        pipelines: expect.arrayContaining(['ecs-windows']),
      }),
    );
    for (const line of (await list('fields')).split('\n'))
      expect(line.length).toBeLessThanOrEqual(80);
  });

  it('takes targets for formats and pipelines', async () => {
    expect(
      (await list('formats', 'lucene')).split('\n').filter((line) => /^\S/.test(line)),
    ).toEqual([
      expect.stringContaining('es-qs default'),
      expect.stringContaining('es-qs json'),
      expect.stringContaining('es-qs ndjson'),
      expect.stringContaining('es-qs kibana-ndjson'),
    ]);
    const pipelines = await list('pipelines', 'splunk');
    expect(pipelines).toMatch(/^splunk-cim /m);
    expect(pipelines).not.toMatch(/^graylog/m);
    expect((await run('list', 'formats', 'splnk')).stderr).toContain('did you mean splunk?');
    expect(await list('targets')).toMatch(/also lucene, /);
  });
});

describe('sigpack docs', () => {
  const folder = projectIn(temporary, {
    'sigpack.yml': 'id: acme\nrules: [own]\n',
    'own/a.yml': rule(1, 'Image: a.exe'),
    'sub/x.txt': '',
  });

  it('needs no arguments', async () => {
    const { code, stdout } = await sigpack(['docs'], { cwd: join(folder, 'sub') });
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining('wrote 1 page: ../site/index.html'),
    ]);
    expect(readdirSync(join(folder, 'site'))).toContain('layer.json');
  });

  it('has the queries of the targets that are named', async () => {
    expect(
      (
        await sigpack(['docs', '-t', 'lucene,splunk', '-f', 'markdown', '-o', 'md'], {
          cwd: folder,
        })
      ).code,
    ).toBe(0);
    const page = readFileSync(join(folder, 'md/rules/a.md'), 'utf8');
    expect(page).toContain('es-qs');
    expect(page).toContain('splunk');
    expect(page).not.toMatch(/graylog|logpoint|grep/);
  });

  it('says what to do in a folder without a project', async () =>
    expect((await sigpack(['docs'], { cwd: projectIn(temporary, {}) })).stderr).toBe(
      'sigpack: no sigpack.yml or rules here; run `sigpack init`\n',
    ));
});

test('sigpack test has the formats of the other commands, and the older names', async () => {
  const folder = projectIn(temporary, {
    'rules/a.yml': rule(1, 'Image: a.exe'),
    'rules/a.test.yml': `rule: ${id(1)}\ncases:\n- name: found\n  match: true\n  events: [{ Image: a.exe }]\n`,
  });
  const tested = async (...args: readonly string[]): Promise<string> =>
    (await sigpack(['test', 'rules', ...args], { cwd: folder })).stdout.replace(/[\d.]+ s$/m, '');
  expect(await tested('-f', 'text')).toBe(await tested());
  expect(await tested('--reporter', 'tree')).toBe(await tested());
  expect(JSON.parse(await tested('--reporter', 'json'))).toHaveProperty('version');
  expect(await tested('-f', 'junit')).toMatch(/^<\?xml/);
});

test('without -v, convert says nothing that nobody has asked for', async () => {
  const folder = projectIn(temporary, {
    'a.yml': rule(1, 'Image: a.exe').replace(/^id: .*\n/m, ''),
  });
  const quiet = await sigpack(['convert', 'a.yml', '-t', 'splunk'], { cwd: folder });
  expect(quiet).toMatchObject({ code: 0, stderr: '' });
  const told = await sigpack(['convert', 'a.yml', '-t', 'splunk', '-v'], { cwd: folder });
  expect(told.stderr).toContain('info[SIG042]');
  expect(told.stderr).toContain("field names are Sigma's own");
});

describe('what the system refuses is said in words', () => {
  const folder = projectIn(temporary, {
    'rules/good.yml': rule(1, 'Image: a'),
    'a-folder/x': '',
    'file.yml': rule(2, 'Image: b'),
  });
  it.each([
    [['check', 'rule'], 'rule: there is no such file or folder', 'Did you mean `rules`?'],
    [
      ['convert', 'zzz.yml', '-t', 'splunk'],
      'zzz.yml: there is no such file or folder',
      'relative to the working directory',
    ],
    [['match', 'rules', '--events', 'nope.json'], 'nope.json: there is no such file or folder', ''],
    [['match', 'rules', '--events', 'a-folder'], 'it is a folder, and a file is needed', ''],
    [['explain', 'rules', '--event', 'nope.json'], 'there is no such file or folder', ''],
    [['test', 'nope'], 'nope: there is no such file or folder', ''],
    [['test', '--rules', 'nope'], 'nope: there is no such file or folder', ''],
    [['list', 'fields', 'file.yml/below.yml'], 'a part of its path is a file', ''],
    [['verify', '--key', 'a-folder', '.'], 'cannot be read: it is a folder', ''],
  ])('%j', async (args, fault, hint) => {
    const { stderr, stdout, code } = await sigpack(args, { cwd: folder });
    expect(code).toBeGreaterThan(0);
    expect(stderr + stdout).toContain(fault);
    expect(stderr).toContain(hint);
    expect(stderr + stdout).not.toMatch(/\bE[A-Z]{3,}:/);
  });
});
