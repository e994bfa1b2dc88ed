import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readTar } from './archives.ts';
import { readStrictConf } from './conf-reader.ts';
import { anyEvents, type Files, projectIn, writeFiles } from './project-folder.ts';
import { type RunOptions, sigpack } from './sigpack.ts';

const temporary = mkdtempSync(join(tmpdir(), 'sigpack-choice-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const rule = (
  title: string,
  logsource = '{ product: windows, category: process_creation }',
  more = '',
): string =>
  `title: ${title}\nid: 00000000-0000-4000-8000-${String(title.charCodeAt(0)).padStart(12, '0')}\nstatus: test\nlogsource: ${logsource}\ndetection: { s: { Image: x }, condition: s }\n${more}`;
const project = (files: Files): string =>
  projectIn(temporary, { 'rules/a.yml': rule('A'), ...files });
const lines = (text: string): readonly string[] =>
  text.split('\n').filter((line) => /(?:error|warning|info)\[/.test(line));
const run = (cwd: string, args: readonly string[], options: RunOptions = {}) =>
  sigpack(args, { cwd, ...options });

describe('a target whose field names nobody has chosen', () => {
  test.each([
    ['without a configuration', {}, 'rules', ['splunk', 'graylog']],
    [
      'in a configuration without pipelines',
      { 'sigpack.yml': 'id: acme\n' },
      'sigpack.yml:1:1',
      ['splunk', 'graylog'],
    ],
    [
      'in one that names them for the other target',
      { 'sigpack.yml': 'id: acme\npipelines: { splunk: splunk }\n' },
      'sigpack.yml:2:1',
      ['graylog'],
    ],
    [
      'in one with an empty list',
      { 'sigpack.yml': 'targets: [splunk]\npipelines:\n  splunk: []\n' },
      'sigpack.yml:2:1',
      ['splunk'],
    ],
  ])('%s is an error with the choices spelled out', async (_, files: Files, place, targets) => {
    const { code, stderr } = await run(project(files), ['build', '-o', 'out']);
    expect(code).toBe(1);
    expect(lines(stderr).filter((line) => line.includes('PIP012'))).toEqual(
      targets
        .map(
          (target) =>
            `${place}: error[PIP012]: nobody has chosen the field names of ${target}: its pack is not built`,
        )
        .sort(),
    );
    for (const target of targets) {
      expect(stderr).toContain(`\`pipelines: { ${target}: ${target} }\``);
      expect(stderr).toContain(
        `, a pipeline of your own, or \`pipelines: { ${target}: none }\` (events with the field names of Sigma); \`-p\` chooses for one run.`,
      );
    }
    if (targets.includes('splunk'))
      expect(stderr).toContain('`pipelines: { splunk: splunk-cim }` (CIM data models of Splunk)');
    if (targets.includes('graylog'))
      expect(stderr).toContain(
        '`pipelines: { graylog: graylog-nxlog }` (Graylog with NXLog and Sysmon)',
      );
  });

  test.each([
    ['splunk', 'splunk', 'graylog', 'graylog-nxlog', 'splunk,graylog-nxlog'],
    ['graylog', 'graylog', 'splunk', 'splunk-audit', 'graylog,splunk-audit'],
  ])(
    'is one that -p %s leaves out, although sigpack.yml chooses',
    async (_, named, other, chosen, both) => {
      const { stderr } = await run(
        project({
          'sigpack.yml': `id: acme\npipelines: { ${named}: ${named}, ${other}: ${chosen} }\n`,
        }),
        ['check', '-p', named],
      );
      expect(stderr).toContain(
        `sigpack.yml:2:1: error[PIP012]: -p ${named} replaces what sigpack.yml chooses and does not choose the field names of ${other}: its pack is not built\n`,
      );
      expect(stderr).toContain(
        `hint: Write \`-p ${both}\`, or \`-t ${named}\` to build that alone. The choices for ${other}: `,
      );
      const bare = await run(project({}), ['build', '-p', named]);
      expect(bare.stderr).toContain(
        `error[PIP012]: -p ${named} does not choose the field names of ${other}: its pack is not built\n`,
      );
      expect(
        (await run(project({}), ['check', '-p', both, '--fail-on', 'never'])).stderr,
      ).not.toContain('PIP012');
    },
  );

  test('leaves no empty table where it is the only one', async () => {
    const { stdout } = await run(project({}), ['build', '-o', 'out']);
    expect(stdout).toMatch(/1 rule read from 1 file\n\n2 errors, 0 warnings/);
  });

  test('is not built, the other one is', async () => {
    const cwd = project({
      'sigpack.yml': 'pipelines: { graylog: graylog }\ngraylog: { streams: all }\n',
    });
    const { stdout } = await run(cwd, ['build', '-o', 'out']);
    expect(readdirSync(join(cwd, 'out')).sort()).toEqual([
      'manifest.json',
      'sigpack-1.0.0-graylog.json',
      'sigpack-1.0.0.zip',
    ]);
    expect(stdout).toMatch(/^graylog +1 /m);
    expect(stdout).not.toMatch(/^splunk/m);
  });

  test('leaves nothing to write where there is no other, whatever may fail', async () => {
    const cwd = project({});
    for (const more of [[], ['--frozen'], ['--fail-on', 'never']]) {
      expect((await run(cwd, ['build', '-o', 'out', ...more])).code).toBe(
        more.includes('never') ? 0 : 1,
      );
      expect(existsSync(join(cwd, 'out'))).toBe(false);
    }
  });

  test('still has its rules looked at', async () => {
    const { stderr } = await run(
      project({ 'rules/b.yml': rule('B').replace('condition: s', 'condition: t') }),
      ['check'],
    );
    expect(stderr).toContain('error[SIG031]');
  });

  test('fails check and stats as well; -t leaves it out', async () => {
    const cwd = project({ 'sigpack.yml': 'pipelines: { splunk: none }\nsplunk: { index: "*" }\n' });
    expect((await run(cwd, ['check'])).code).toBe(1);
    expect(await run(cwd, ['check', '-t', 'splunk'])).toMatchObject({ code: 0, stderr: '' });
    // it counts what runs in Graylog, too
    expect((await run(cwd, ['stats'])).code).toBe(1);
    expect(await run(project({}), ['stats'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('PIP012'),
    });
  });

  test('is nothing that check asks for without a configuration: nobody has named it', async () => {
    const all = await run(project({}), ['check']);
    expect(all).toMatchObject({ code: 0, stderr: '' });
    expect(all.stdout).toContain('\n\ncompiled for no target: -p chooses one');
    const one = await run(project({}), ['check', '-p', 'splunk', '--fail-on', 'error']);
    expect([one.code, one.stderr.includes('PIP012')]).toEqual([0, false]);
    expect(one.stdout).toMatch(/^splunk +1 /m);
    expect(one.stdout).not.toContain('no target');
    const named = await run(project({}), ['check', '-t', 'splunk']);
    expect([named.code, lines(named.stderr).length]).toEqual([1, 1]);
    expect(named.stderr).toContain('PIP012');
    const configured = await run(project({ 'sigpack.yml': 'id: acme\n' }), ['check']);
    expect([configured.code, lines(configured.stderr).length]).toEqual([1, 2]);
  });

  test('is told in JSON by its name', async () => {
    const { stdout } = await run(project({}), ['build', '-f', 'json']);
    const { diagnostics } = JSON.parse(stdout);
    expect(
      diagnostics.map(({ code, target, file }: Record<string, string>) => [code, target, file]),
    ).toEqual([
      ['PIP012', 'graylog', 'rules'],
      ['PIP012', 'splunk', 'rules'],
    ]);
  });

  test('stops a release, though nothing else is to fail it', async () => {
    const cwd = project({
      'sigpack.yml': 'id: acme\nfailOn: never\npipelines: { splunk: none }\n',
      'rules/a.test.yml': tests,
    });
    const { code, stderr } = await run(cwd, ['release', '--dry-run']);
    expect([code, lines(stderr).filter((line) => line.includes('error['))]).toEqual([
      1,
      [
        'sigpack.yml:3:1: error[PIP012]: nobody has chosen the field names of graylog: its pack is not built',
      ],
    ]);
  });

  test('is compared by diff as it was built once', async () => {
    const cwd = project({
      'old/rules/a.yml': rule('A'),
      'sigpack.yml': 'pipelines: { splunk: splunk }\n',
    });
    const { code, stdout } = await run(cwd, ['diff', 'old', '.', '-f', 'json']);
    expect([
      code,
      JSON.parse(stdout).detections?.length ?? JSON.stringify(stdout).includes('00000000-0000'),
    ]).toEqual([0, expect.anything()]);
  });
});

const tests = `tests:\n  - { name: hit, match: true, event: { Image: x } }\n  - { name: miss, match: false, event: { Image: y } }\n`;

describe('a choice is', () => {
  test('`none`, in the configuration and on the command line', async () => {
    for (const [files, more] of [
      [{ 'sigpack.yml': anyEvents }, []],
      [{ 'sigpack.yml': anyEvents.replace('splunk: none', 'splunk: [none]') }, []],
      [{ 'sigpack.yml': anyEvents.replace(/^pipelines.*\n/, '') }, ['-p', 'none']],
    ] as const) {
      const cwd = project(files);
      expect(await run(cwd, ['build', '-o', 'out', ...more])).toMatchObject({
        code: 0,
        stderr: '',
      });
      expect(readFileSync(join(cwd, 'out/sigpack-1.0.0-graylog.json'), 'utf8')).toContain(
        '"@value":"Image:/[xX]/"',
      );
    }
  });

  test('no choice for the target that it has nothing for', async () => {
    for (const pipeline of ['splunk', 'windows-sysmon,splunk-windows-xml', 'splunk-cim']) {
      const { code, stderr } = await run(project({ 'sigpack.yml': 'splunk: { index: "*" }\n' }), [
        'check',
        '-p',
        pipeline,
      ]);
      expect([pipeline, code, lines(stderr).filter((line) => line.includes('error'))]).toEqual([
        pipeline,
        1,
        [expect.stringMatching(/PIP012.*graylog/)],
      ]);
    }
    expect(
      (await run(project({ 'sigpack.yml': anyEvents }), ['check', '-p', 'splunk,graylog'])).code,
    ).toBe(0);
  });

  test('for each target what its bundle says, and nothing of the others', async () => {
    const cwd = project({ 'sigpack.yml': anyEvents });
    const convert = async (pipelines: string) =>
      (await run(cwd, ['convert', 'rules', '-t', 'graylog', '-p', pipelines])).stdout;
    const both = await run(cwd, [
      'convert',
      'rules',
      '-t',
      'graylog,splunk',
      '-p',
      'splunk-audit,graylog',
    ]);
    expect(both.stdout).toContain(`== graylog\n${await convert('graylog')}`);
    expect(both.stdout).toContain('EventCode=4688');
  });

  test('not `none` and another one', async () => {
    expect(await run(project({}), ['check', '-p', 'none,splunk'])).toMatchObject({
      code: 2,
      stderr: 'sigpack: the pipeline none goes with no other\n',
    });
    const { code, stderr } = await run(
      project({ 'sigpack.yml': 'pipelines:\n  splunk: [splunk, none]\n' }),
      ['check'],
    );
    expect([code, lines(stderr)]).toEqual([
      2,
      ['sigpack.yml:2:20: error[PCK001]: `none` goes with no other pipeline'],
    ]);
  });
});

describe('in a folder without a configuration and rules', () => {
  test.each([['build'], ['check'], ['stats'], ['test']])('%s says what to do', async (command) => {
    const { code, stderr } = await run(mkdtempSync(join(temporary, 'empty-')), [command]);
    expect([code, stderr]).toEqual([
      2,
      'sigpack: no sigpack.yml or rules here; run `sigpack init`\n',
    ]);
  });
});

describe('where events are', () => {
  const dns = rule('B', '{ category: dns }');
  const warned = async (
    config: string | undefined,
    args: readonly string[] = [],
    files: Files = {},
  ): Promise<readonly string[]> => {
    const cwd = project({
      'rules/b.yml': dns,
      'rules/c.yml': rule('C').replace('Image: x', 'Image: z'),
      ...(config === undefined ? {} : { 'sigpack.yml': config }),
      ...files,
    });
    const { code, stderr } = await run(cwd, ['check', ...args]);
    expect(code).toBe(0);
    return lines(stderr).map((line) => line.replace(/^\S+ warning/, ''));
  };
  const splunk = ['-t', 'splunk', '-p', 'none'];
  const windows =
    '[PIP004]: splunk: nothing says where the events of the log source windows, process_creation are, in 2 rules (the first is here)';
  const ofDns = '[PIP004]: splunk: nothing says where the events of the log source dns are';
  const streams =
    '[PIP010]: graylog: nothing says which streams hold the events, so all are searched';

  test('is asked for without a configuration, once for each log source', async () => {
    expect(await warned(undefined, splunk)).toEqual([windows, ofDns]);
    expect(await warned(undefined, ['-t', 'graylog', '-p', 'none'])).toEqual([
      `${streams}, in 3 rules (the first is here)`,
    ]);
  });

  test('is asked for with one, of what it leaves open', async () => {
    const place = (match: string): string =>
      `splunk: { indexes: [{ match: ${match}, definition: index=w }] }\n`;
    expect(await warned(place('{ product: windows }'), splunk)).toEqual([ofDns]);
    expect(await warned(place('{}'), splunk)).toEqual([]);
    expect(await warned('splunk: { index: w }\n', splunk)).toEqual([]);
    expect(await warned('splunk: { index: "*" }\n', splunk)).toEqual([]);
  });

  test('is asked for where a pipeline knows the events and not their index', async () => {
    const defaults =
      '[PIP004]: splunk: nothing says which indexes hold the events, so searches look in the default indexes of the role alone';
    expect(await warned(undefined, ['-t', 'splunk', '-p', 'splunk'])).toEqual(
      expect.arrayContaining([`${defaults}, in 3 rules (the first is here)`]),
    );
    expect(
      (await warned('splunk: { index: "*" }\n', ['-t', 'splunk', '-p', 'splunk'])).filter((line) =>
        line.includes('PIP004'),
      ),
    ).toEqual([]);
    // data models have indexes of their own
    const { stderr } = await run(project({}), ['check', '-t', 'splunk', '-p', 'splunk-cim']);
    expect(stderr).toBe('');
  });

  test('in Graylog is said by streams, a parameter, `all` or the rule', async () => {
    const graylog = ['-t', 'graylog', '-p', 'none'];
    for (const said of ['streams: [Windows]', 'streamParameter: STREAM', 'streams: all'])
      expect(await warned(`graylog: { ${said} }\n`, graylog)).toEqual([]);
    expect(await warned('graylog: { streams: [] }\n', graylog)).toHaveLength(1);
    const own = (title: string) =>
      rule(title, undefined, 'sigpack: { graylog: { streams: [Mine] } }\n');
    expect(
      await warned(undefined, graylog, {
        'rules/a.yml': own('A'),
        'rules/c.yml': own('C').replace('Image: x', 'Image: z'),
      }),
    ).toEqual([streams]);
  });

  test('`all` is not a title beside others', async () => {
    const { code, stderr } = await run(
      project({ 'sigpack.yml': 'graylog: { streams: every }\n' }),
      ['check'],
    );
    expect([code, lines(stderr)]).toEqual([
      2,
      [expect.stringMatching(/^sigpack\.yml:1:21: error\[PCK001\]/)],
    ]);
  });

  async function macros(
    config: string,
    pipeline = 'splunk',
  ): Promise<ReadonlyMap<string, string | undefined>> {
    const cwd = project({ 'rules/b.yml': dns, 'own.yml': own, 'sigpack.yml': config });
    await run(cwd, ['build', '-t', 'splunk', '-p', pipeline, '-o', 'out']);
    const app = await readTar(readFileSync(join(cwd, 'out/sigpack-1.0.0.spl')));
    const conf = readStrictConf(
      app.find(({ header }) => header.name.endsWith('default/macros.conf'))?.text ?? '',
    );
    return new Map(
      [...conf]
        .filter(([name]) => !name.endsWith('_filter'))
        .map(([name, settings]) => [name, settings.get('definition')]),
    );
  }
  const own = `name: Own
transformations:
  - { type: set_state, key: splunk_scope, val: 'sourcetype=a OR sourcetype=b', rule_conditions: [{ type: logsource, category: dns }] }
  - { type: set_state, key: splunk_scope, val: 'index=own sourcetype=c', rule_conditions: [{ type: logsource, product: windows }] }
`;

  test('goes before what a pipeline says, and leaves what names an index', async () => {
    const sysmon = 'source="XmlWinEventLog:Microsoft-Windows-Sysmon/Operational"';
    expect(
      (await macros('splunk: { index: w }')).get('sigpack_windows_process_creation_sysmon'),
    ).toBe(`index=w ${sysmon}`);
    expect(
      (await macros('splunk: { index: [w, "x*"] }')).get('sigpack_windows_process_creation_sysmon'),
    ).toBe(`(index=w OR index=x*) ${sysmon}`);
    expect([...(await macros('splunk: { index: w }', 'own.yml')).values()]).toEqual([
      'index=w (sourcetype=a OR sourcetype=b)',
      'index=own sourcetype=c',
    ]);
    expect([
      ...(
        await macros(
          'splunk: { index: w, indexes: [{ match: { category: dns }, definition: index=d }] }',
          'none',
        )
      ).values(),
    ]).toEqual(['index=d', 'index=w']);
  });
});

describe('what a pack was made for', () => {
  const unwrapped = (text: string): string => text.replace(/\n {8,}(?=\S)/g, ' ');
  const config = `title: Acme detections
pipelines: { splunk: [splunk, p/own.yml], graylog: graylog-nxlog }
splunk: { index: [w, v] }
graylog: { streams: [Windows events] }
`;
  const own =
    'name: "Fields of\\n Acme"\npriority: 90\nallowed_backends: [splunk]\ntransformations: []\n';
  const splunkText =
    'Splunk with its add-ons; Windows with Sysmon, rendered as XML (splunk) and Fields of Acme (own.yml); looks in index=v, index=w; without Enterprise Security';
  const graylogText = 'Graylog with NXLog and Sysmon (graylog-nxlog); looks in Windows events';
  const built = async (args: readonly string[] = [], text = config) => {
    const cwd = project({ 'p/own.yml': own, 'sigpack.yml': text });
    const { stdout } = await run(cwd, ['build', '-o', 'out', ...args]);
    expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
    return {
      cwd,
      stdout: unwrapped(stdout),
      read: (path: string): string => readFileSync(join(cwd, 'out', path), 'utf8'),
    };
  };

  test('is in the report, the manifest, the pack of Graylog and the app', async () => {
    const { stdout, read, cwd } = await built();
    expect(stdout).toContain(
      `target   made for\nsplunk   ${splunkText}\ngraylog  ${graylogText}\n`,
    );
    const madeFor = [
      {
        target: 'splunk',
        pipelines: [
          {
            name: 'splunk',
            description: 'Splunk with its add-ons; Windows with Sysmon, rendered as XML',
          },
          { name: 'own.yml', description: 'Fields of Acme' },
        ],
        places: ['index=v', 'index=w'],
        edition: 'without Enterprise Security',
      },
      {
        target: 'graylog',
        pipelines: [{ name: 'graylog-nxlog', description: 'Graylog with NXLog and Sysmon' }],
        places: ['Windows events'],
      },
    ];
    expect(JSON.parse(read('manifest.json')).madeFor).toEqual(madeFor);
    expect(
      JSON.parse((await run(cwd, ['check', '-f', 'json'])).stdout).summary.build.madeFor,
    ).toEqual(madeFor);
    expect(JSON.parse(read('sigpack-1.0.0-graylog.json')).description).toBe(
      `Detections compiled from Sigma rules.\n\nMade for: ${graylogText}.\n\nAuthor: Sigpack`,
    );
    const app = await readTar(readFileSync(join(cwd, 'out/sigpack-1.0.0.spl')));
    for (const name of ['README.md', 'default/app.conf', 'app.manifest'])
      expect(app.find(({ header }) => header.name === `sigpack/${name}`)?.text).toContain(
        `Detections compiled from Sigma rules. Made for: ${splunkText}.`,
      );
  });

  test('is what -p says, without the folders of whoever built it', async () => {
    const { cwd } = await built();
    const { stdout } = await run(cwd, ['check', '-t', 'splunk', '-p', join(cwd, 'p/own.yml')]);
    expect(stdout).toContain(
      '\nsplunk  Fields of Acme (own.yml); looks in index=v, index=w; without Enterprise\n        Security\n',
    );
    expect(unwrapped((await run(cwd, ['check', '-p', 'splunk-audit,graylog'])).stdout)).toContain(
      '\nsplunk   Splunk with its add-ons; Windows rendered as XML, without Sysmon (splunk-audit); looks in index=v, index=w; without Enterprise Security\ngraylog  Graylog with Winlogbeat and Sysmon (graylog); ',
    );
  });

  test('names built-in pipelines by what they are for, data models, and a parameter', async () => {
    const { stdout } = await built(
      [],
      'pipelines: { splunk: splunk-cim, graylog: [windows-sysmon, graylog-windows-winlogbeat] }\ngraylog: { streamParameter: S }\n',
    );
    expect(stdout).toContain(
      '\nsplunk   CIM data models of Splunk (splunk-cim); looks in data models; without Enterprise Security\n',
    );
    expect(stdout).toMatch(
      /\ngraylog .*\(windows-sysmon\) and .*\(graylog-windows-winlogbeat\); looks in stream of the parameter S\n/,
    );
  });

  test('says so where the events have the names of Sigma', async () => {
    expect((await built(['-p', 'none'], anyEvents)).stdout).toContain(
      '\ngraylog  events with the field names of Sigma (none); looks in all streams\n',
    );
  });

  test('leaves out places where nothing compiled', async () => {
    const cwd = project({ 'sigpack.yml': anyEvents });
    writeFiles(cwd, { 'rules/a.yml': rule('A').replace('Image: x', "'Im*ge': x") });
    expect((await run(cwd, ['check', '-t', 'graylog'])).stdout).toContain(
      '\ngraylog  events with the field names of Sigma (none)\n',
    );
  });
});
