import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { withoutLineBreaks } from '../src/backend/lucene/line-format.ts';
import { defaultTargetSettings, targets } from '../src/backend/registry.ts';
import { targetSettings } from '../src/convert/target-settings.ts';
import { readConfig } from '../src/pack/config/config.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { compileFolders, compileText } from './compile.ts';
import { lucenePattern } from './lucene-pattern.ts';
import { codeIn } from './page-blocks.ts';
import { environment, mainFile, type Run, sigpack } from './sigpack.ts';

const folder = mkdtempSync(join(tmpdir(), 'sigpack-convert-'));
afterAll(() => rmSync(folder, { recursive: true }));
const seed = 'rules/windows/dhcp-callout-dll-failed.yml';

/** The project of the page. */
const shownRules = [
  seed,
  'rules/linux/history-file-removed.yml',
  'rules/network/dns-tunnel-long-names.yml',
  'rules/windows/many-failed-logons.yml',
  'rules/windows/shadow-copies-deleted.yml',
];

function queries(target: string, path = seed): readonly string[] {
  const [rule] = compileFolders([path]);
  const conversion =
    rule && targets.find(({ name }) => name === target)?.convert(rule, defaultTargetSettings);
  return conversion?.ok ? conversion.value.queries : [];
}

describe('the seed rule', () => {
  it.each([
    ['graylog', 'EventID:("1031" "1032" "1034")'],
    ['es-qs', 'EventID:("1031" "1032" "1034")'],
    ['splunk', 'EventID IN ("1031", "1032", "1034")'],
    ['grep', "grep -P '^(?:.*1031|.*1032|.*1034)'"],
    ['logpoint', 'EventID IN [1031, 1032, 1034]'],
  ])('%s', (target, query) => {
    expect(queries(target)).toEqual([query]);
  });

  it.each(targets.map(({ name }) => name))('%s has a query', (target) => {
    expect(queries(target).join('').length).toBeGreaterThan(10);
  });
});

describe('formats', () => {
  const [rule] = compileFolders([seed]);
  if (!rule) throw new Error('the seed rule does not compile');
  const printed = targets.flatMap((target) => {
    const conversion = target.convert(rule, defaultTargetSettings);
    return conversion.ok
      ? target.formats.map(
          (format) =>
            [
              `${target.name} ${format.name}`,
              format.print([{ rule: rule.rule, converted: conversion.value }]),
            ] as const,
        )
      : [];
  });

  it.each(printed)('%s ends with a line break', (_name, text) => {
    expect(text).toMatch(/\S\n$/);
  });

  it.each(printed.filter(([name]) => name.endsWith('ndjson')))(
    '%s is one JSON object a line',
    (_name, text) => {
      for (const line of text.trimEnd().split('\n')) expect(typeof JSON.parse(line)).toBe('object');
    },
  );

  it('kibana-ndjson holds the query in its search source', () => {
    const text = printed.find(([name]) => name === 'es-qs kibana-ndjson')?.[1] ?? '';
    const source = JSON.parse(JSON.parse(text).attributes.kibanaSavedObjectMeta.searchSourceJSON);
    expect(source.query).toEqual({ query: 'EventID:("1031" "1032" "1034")', language: 'lucene' });
  });
});

describe('output', () => {
  it('mirrors the folders of the rules', async () => {
    const { code } = await sigpack([
      'convert',
      'rules',
      '-t',
      'splunk,es-qs',
      '-o',
      `${folder}/tree/`,
    ]);
    expect(code).toBe(1);
    expect(
      readFileSync(join(folder, 'tree/es-qs/windows/dhcp-callout-dll-failed.txt'), 'utf8'),
    ).toBe('EventID:("1031" "1032" "1034")\n');
    expect(readdirSync(join(folder, 'tree/splunk')).sort()).toEqual([
      'aws',
      'identity',
      'linux',
      'network',
      'proxy',
      'windows',
    ]);
  });

  it('writes one file with all rules', async () => {
    const path = join(folder, 'one.conf');
    const { code } = await sigpack([
      'convert',
      seed,
      '-t',
      'splunk',
      '-f',
      'savedsearches',
      '-o',
      path,
    ]);
    expect(code).toBe(0);
    expect(readFileSync(path, 'utf8')).toMatch(
      /^\[DHCP Server Error Failed Loading the CallOut DLL\]\nsearch = EventID IN /,
    );
  });

  it.each([
    [['-t', 'spunk'], /no target spunk; did you mean splunk\? There are es-qs, xpack/],
    [['-t', 'splunk', '-f', 'xml'], /splunk has no format xml; it has default/],
  ])('refuses %j', async (options, message) => {
    const { code, stderr } = await sigpack(['convert', seed, ...options]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  it('prints the sound rules beside a broken one', async () => {
    const path = join(folder, 'broken.yml');
    writeFileSync(
      path,
      `${readFileSync(seed, 'utf8')}---\ntitle: Broken\nlogsource: {product: x}\ndetection: {s: {a|nope: 1}, condition: s}\n`,
    );
    const output = join(folder, 'some.txt');
    const { code, stderr } = await sigpack(['convert', path, '-t', 'graylog', '-o', output]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('`nope` is not a modifier')]);
    expect(readFileSync(output, 'utf8')).toBe('EventID:("1031" "1032" "1034")\n');
  });
});

describe('line breaks in a query of Lucene', () => {
  const characters = [
    '\t',
    '\n',
    '\v',
    '\f',
    '\r',
    '\x0e',
    '\x1f',
    ' ',
    'x',
    'z',
    '-',
    '\\',
    ']',
    '\u{1f600}',
  ];

  it.each([
    '\n',
    '\r',
    '[^\r]',
    '[^\n]',
    '[\n\r]',
    '[\\]\n\\-x-z]',
    '[\t-\r ]',
    '[\n-A]',
    '[\u{1f600}\n\\\\]',
    '([^\n]|\r)',
  ])('are spelt another way: /%j/', (regex) => {
    const spelt = /^a:\/(.*)\/$/.exec(withoutLineBreaks(`a:/${regex}/`))?.[1] ?? '';
    expect(spelt).not.toMatch(/[\n\r]/);
    const [before, after] = [lucenePattern(regex), lucenePattern(spelt)];
    for (const character of characters)
      expect([character, after(character)]).toEqual([character, before(character)]);
  });

  it.each([
    ['a:"b\nc\\"\r" AND d:/[\t-\r ]/', 'a:"b\\u000ac\\"\\u000d" AND d:/([\t-\x0e ]&[^\x0e])/'],
    ['a:b\\\nc* AND d:"\\\\"', 'a:b\\\nc* AND d:"\\\\"'],
    ['a:/\\"\\//  AND b:"/\n/"', 'a:/\\"\\//  AND b:"/\\u000a/"'],
    [`a:/${'\n'.repeat(200)}/`, `a:/${'\n'.repeat(200)}/`],
  ])('%j', (query, text) => expect(withoutLineBreaks(query)).toBe(text));
});

/** A run with the text on standard input. */
const piped = (input: string, ...args: readonly string[]): Promise<Run> =>
  sigpack(['convert', ...args], { cwd: folder, input });
const seedText = readFileSync(seed, 'utf8');
const ruleText = (title: string, selection: string, more = '') =>
  `title: ${title}\nlogsource: { product: windows }\ndetection: { s: ${selection}, condition: s }\n${more}`;

describe('the command', () => {
  it('prints several targets one below the other, each once', () => {
    // from a pipe of the shell
    writeFileSync(join(folder, 'input'), seedText);
    const command = [
      '-c',
      'cat input | "$0" "$@"',
      process.execPath,
      mainFile,
      'convert',
      '-t',
      'graylog,grep',
      '-t',
      'graylog',
      '-',
    ];
    const { status, stdout } = spawnSync('sh', command, {
      cwd: folder,
      encoding: 'utf8',
      env: environment(),
    });
    expect(status).toBe(0);
    expect(stdout).toBe(
      `== graylog\nEventID:("1031" "1032" "1034")\n== grep\ngrep -P '^(?:.*1031|.*1032|.*1034)'\n`,
    );
  });

  it.each([
    ['splunk', 'savedsearches', /^\[DHCP Server Error .*\]\nsearch = EventID IN /],
    ['logpoint', 'json', /^\[\n {2}\{\n {4}"title": "DHCP/],
    ['grep', 'ndjson', /^\{"title":"DHCP .*\}\n$/],
    ['es-qs', 'kibana-ndjson', /^\{"id":"DHCP.*","type":"search",.*\}\n$/],
    [
      'xpack-watcher',
      'curl',
      /^curl -X PUT "\$ELASTICSEARCH_URL\/_watcher\/watch\/dhcp-server-.*'\n$/,
    ],
    ['xpack-watcher', 'default', /^\{\n {2}"trigger"/],
  ])('%s -f %s', async (target, format, text) => {
    const run = await piped(seedText, '-t', target, '-f', format, '-');
    expect([run.code, run.stdout]).toEqual([0, expect.stringMatching(text)]);
  });

  it('reports a format that one of the targets lacks, and writes nothing', async () => {
    const run = await piped(
      seedText,
      '-t',
      'splunk,grep',
      '-f',
      'savedsearches',
      '-o',
      'none/',
      '-',
    );
    expect(run).toEqual({
      code: 2,
      stdout: '',
      stderr: 'sigpack: grep has no format savedsearches; it has default, json, ndjson\n',
    });
    expect(readdirSync(folder)).not.toContain('none');
    expect((await piped(seedText, '-')).code).toBe(2);
  });

  it('writes rules of standard input into a folder, and several of one file with numbers', async () => {
    expect(
      (
        await piped(
          `${seedText}---\n${ruleText('Second', '{ a: b }')}`,
          '-t',
          'graylog',
          '-o',
          'in/',
          '-',
        )
      ).code,
    ).toBe(0);
    expect(readdirSync(join(folder, 'in/graylog')).sort()).toEqual(['stdin-2.txt', 'stdin.txt']);
  });

  it('mirrors paths below the folder, wherever they come from', async () => {
    mkdirSync(join(folder, 'deep/er'), { recursive: true });
    writeFileSync(join(folder, 'deep/er/one.yml'), seedText);
    writeFileSync(join(folder, 'deep/two.yml'), seedText.replace('title: ', 'title: Another '));
    const run = await sigpack(
      ['convert', '-t', 'grep', '-o', '../mirror/', 'er/../../deep/er/one.yml', '../deep/two.yml'],
      { cwd: join(folder, 'deep') },
    );
    expect(run.stderr).not.toContain('internal');
    expect(readdirSync(join(folder, 'mirror/grep'), { recursive: true }).sort()).toEqual([
      'deep',
      'deep/er',
      'deep/er/one.txt',
      'two.txt',
    ]);
  });

  it('names what it writes to one folder apart, over all files', async () => {
    for (const [name, id] of [
      ['p.yml', '2'],
      ['q.yml', '1'],
    ] as const)
      writeFileSync(
        join(folder, name),
        `${ruleText('Twice', `{ a: ${id} }`)}id: ${id.repeat(8)}-0000-4000-8000-000000000000\n`,
      );
    await sigpack(
      [
        'convert',
        '-t',
        'splunk',
        '-p',
        'none',
        '-f',
        'savedsearches',
        '-o',
        'apart/',
        'p.yml',
        'q.yml',
      ],
      { cwd: folder },
    );
    const stanza = (name: string) =>
      readFileSync(join(folder, 'apart/splunk', `${name}.conf`), 'utf8').split('\n')[0];
    expect([stanza('p'), stanza('q')]).toEqual(['[Twice (22222222)]', '[Twice]']);
  });

  it('shows where a rule is refused, and goes on', async () => {
    const run = await piped(
      `${ruleText('Refused', '{ a|fieldref: b }')}---\n${seedText}`,
      '-t',
      'es-qs',
      '-p',
      'none',
      '-',
    );
    expect([run.code, run.stdout]).toEqual([1, 'EventID:("1031" "1032" "1034")\n']);
    expect(run.stderr).toMatch(
      /^stdin:3:\d+: error\[TGT001\]: es-qs: Elasticsearch can't compare a field with another one/,
    );
  });

  it('prints a query a line, and tells where that is not so', async () => {
    const breaks = (value: string) => ruleText('Breaks', `{ a|re: '${value}' }`);
    expect(await piped(breaks('b\\nc'), '-t', 'es-qs', '-')).toEqual({
      code: 0,
      stdout: 'a:/.*b([\t-\x0e]&[^\t\x0b-\x0e])c.*/\n',
      stderr: expect.not.stringContaining('line breaks'),
    });
    const left = breaks('b[^\\t\\r]c');
    const run = await piped(left, '-t', 'es-qs', '-');
    expect([run.code, run.stdout]).toEqual([0, 'a:/.*b[^\t\r]c.*/\n']);
    expect(run.stderr).toContain(
      'sigpack: es-qs: queries hold line breaks (Breaks); -f json and -f ndjson keep each on one line\n',
    );
    expect((await piped(left, '-t', 'es-qs', '-f', 'ndjson', '-')).stderr).not.toContain(
      'line breaks',
    );
  });

  it('shows what is wrong with the configuration', async () => {
    writeFileSync(join(folder, 'wrong.yml'), 'grep:\n  lines: xml\n');
    const run = await piped(seedText, '-t', 'grep', '-c', 'wrong.yml', '-');
    expect([run.code, run.stdout]).toEqual([2, '']);
    expect(run.stderr).toContain(
      'wrong.yml:2:10: error[PCK001]: `grep.lines` must be one of json, plain, not `xml`',
    );
  });

  it('joins the filters of the configuration', async () => {
    mkdirSync(join(folder, 'own'));
    writeFileSync(
      join(folder, 'own/filter.yml'),
      'title: F\nlogsource: { product: windows }\nfilter: { rules: any, s: { User: x }, condition: not s }\n',
    );
    writeFileSync(join(folder, 'filtered.yml'), 'filters: [own]\n');
    const run = await piped(seedText, '-t', 'graylog', '-c', 'filtered.yml', '-');
    expect(run.stdout).toMatch(/^EventID:.* AND \(?NOT User:/);
  });
});

it.each(['0 0 31 2 *', '0 0 29 2 *'])(
  'a rule whose schedule has no runs, or hardly any, is refused: %s',
  async (cron) => {
    const run = await piped(
      `${seedText}sigpack: { cron: '${cron}' }\n`,
      '-t',
      'xpack-watcher',
      '-',
    );
    expect([run.code, run.stdout.includes('trigger')]).toEqual([1, false]);
    expect(run.stderr).toMatch(/error\[SIG070\]: `cron` (?:never runs|has runs 1461 days apart)/);
  },
);

/** The watch of the rule, or its saved searches, under the settings. */
function document(config: string, rule: string, target = 'xpack-watcher'): Record<string, unknown> {
  const read = readConfig({ path: 'sigpack.yml', text: config }, createBag());
  const compiled = compileText(rule).at(-1);
  const conversion =
    read &&
    compiled &&
    targets.find(({ name }) => name === target)?.convert(compiled, targetSettings(read));
  if (!conversion?.ok) throw new Error('no conversion');
  return conversion.value.document as Record<string, unknown>;
}

describe('settings of watches', () => {
  const plain = ruleText('Rule', '{ a: b }', 'level: high\n');
  const text = (config: string, rule = plain) => JSON.stringify(document(config, rule));
  const own = (settings: string) => `${plain}sigpack: ${settings}\n`;

  it.each([
    [
      'nothing',
      '',
      plain,
      [
        '"interval":"300s"',
        '"gte":"now-900s/s","lt":"now-600s/s"',
        '"throttle_period":"3600s"',
        '"gte":1}',
      ],
    ],
    [
      'defaults',
      'defaults: { interval: 15m, suppress: { period: 2h } }',
      plain,
      ['"interval":"900s"', '"throttle_period":"7200s"'],
    ],
    [
      'its own section',
      'defaults: { interval: 15m }\nelasticsearch: { interval: 10m, throttle: 1m }',
      plain,
      ['"interval":"600s"', '"throttle_period":"60s"'],
    ],
    ['a delay', 'defaults: { delay: 30m }', plain, ['"gte":"now-2100s/s","lt":"now-1800s/s"']],
    [
      'no delay',
      'logsources: [{ match: { product: windows }, settings: { delay: 0 } }]',
      plain,
      ['"gte":"now-300s/s","lt":"now/s"'],
    ],
    [
      'a cron expression',
      "defaults: { cron: '7 */2 * * 1-5' }",
      plain,
      [
        '{"cron":"0 7 0,2,4,6,8,10,12,14,16,18,20,22 ? * 2,3,4,5,6"}',
        '"gte":"now-',
        '"lt":"now-600s/s"',
      ],
    ],
    [
      'a schedule before that of defaults',
      "defaults: { cron: '7 * * * *' }\nelasticsearch: { schedule: { daily: { at: noon } }, interval: 1d }",
      plain,
      ['"daily":{"at":"noon"}'],
    ],
    [
      'a level',
      'elasticsearch: { interval: 10m }\nlevels: { high: { interval: 2m } }',
      plain,
      ['"interval":"120s"', '"gte":"now-720s/s","lt":"now-600s/s"'],
    ],
    [
      'a log source',
      'logsources: [{ match: { product: windows }, settings: { window: 1h } }]',
      plain,
      ['"interval":"300s"', '"gte":"now-4200s/s","lt":"now-600s/s"'],
    ],
    [
      'the rule',
      'levels: { high: { threshold: 2 } }',
      own('{ threshold: 5, interval: 1h, suppress: { period: 1d } }'),
      ['"gte":5}', '"interval":"3600s"', '"throttle_period":"86400s"'],
    ],
    ['no suppression', '', own('{ suppress: { period: 0 } }'), ['"throttle_period":"0s"']],
    [
      'suppression by fields, which must not silence the rest for longer',
      '',
      own('{ suppress: { fields: [Host], period: 1d } }'),
      ['"throttle_period":"3600s"'],
    ],
    [
      'a schedule, whose runs must not look back less',
      'elasticsearch: { schedule: { daily: { at: noon } }, interval: 1d }',
      own('{ interval: 1m }'),
      ['"schedule":{"daily":{"at":"noon"}}', '"gte":"now-87000s/s","lt":"now-600s/s"'],
    ],
    [
      'several indices',
      'elasticsearch: { index: "a-*,b-*", timestampField: t }',
      plain,
      ['"indices":["a-*","b-*"]', '{"range":{"t":{', '"sort":[{"t":'],
    ],
    [
      'actions',
      'elasticsearch: { actions: { a: { webhook: { host: x, port: 443 } } } }',
      plain,
      ['"actions":{"a":{"webhook":{"host":"x","port":443}}}'],
    ],
  ])('from %s', (_name, config, rule, parts) => {
    for (const part of parts) expect(text(config, rule)).toContain(part);
  });

  it.each([
    [
      '',
      'threshold: 3',
      [
        '"script":{"source":"return ctx.payload.aggregations.groups.buckets.size() >= params.threshold","params":{"threshold":3}}',
      ],
    ],
    ['', 'window: 2h', ['"gte":"now-7800s/s","lt":"now-600s/s"']],
    [
      'elasticsearch: { schedule: { hourly: { minute: 5 } }, interval: 1h }',
      'threshold: 1',
      ['"hourly":{"minute":5}', '"gte":"now-4800s/s","lt":"now-600s/s"'],
    ],
  ])('of a correlation: %s %s', (config, settings, parts) => {
    const base = ruleText('Base', '{ a: b }', 'name: base\n');
    const outer = `title: Outer\ncorrelation: { type: event_count, rules: [base], group-by: [User], timespan: 10m, condition: { gte: 5 } }\nsigpack: { ${settings} }\n`;
    for (const part of parts) expect(text(config, `${base}---\n${outer}`)).toContain(part);
  });

  it('and of saved searches', () => {
    const [saved] = document(
      'elasticsearch: { index: winlogbeat-*, timestampField: t }',
      plain,
      'es-qs',
    ) as unknown as readonly object[];
    expect(saved).toMatchObject({
      attributes: { sort: [['t', 'desc']] },
      references: [{ id: 'winlogbeat-*', type: 'index-pattern' }],
    });
  });

  it('reach grep and graylog', () => {
    const read = readConfig(
      {
        path: 'sigpack.yml',
        text: 'grep: { lines: plain }\ngraylog: { matching: exact }\nsplunk: { cloudSafe: false, correlation: stats }',
      },
      createBag(),
    );
    expect(read && targetSettings(read)).toMatchObject({
      grep: { lines: 'plain' },
      graylog: { matching: 'exact' },
      splunk: { cloudSafe: false, correlation: 'stats' },
    });
  });
});

describe('docs/convert.md', () => {
  const page = readFileSync('docs/convert.md', 'utf8');
  const blocks = codeIn(page, 'console').map((block) => block.split(/^\$ /m).slice(1));
  const home = join(folder, 'page');
  const prelude = 'sigpack() { "$NODE" "$MAIN" "$@"; }\n';

  /**
   * What a shell prints for the commands, without the count of notes, which differs with the rules.
   */
  function shown(commands: readonly string[]): readonly string[] {
    const text = commands
      .map((command) => `printf '\\n\\036\\n'; (exit $code)\n${command}\ncode=$?`)
      .join('\n');
    const env = environment({ NODE: process.execPath, MAIN: mainFile, LC_ALL: 'C' });
    const { stdout } = spawnSync('sh', ['-c', `exec 2>&1\ncode=0\n${prelude}${text}`], {
      cwd: home,
      encoding: 'utf8',
      env,
    });
    return stdout
      .split('\n\x1e\n')
      .slice(1)
      .map((part) => part.replace(/\n?\d+ notes? not shown .*\n/g, '').trim());
  }

  it('shows what the commands print', () => {
    mkdirSync(home);
    for (const path of shownRules) cpSync(path, join(home, path));
    expect(blocks.length).toBeGreaterThan(5);
    for (const block of blocks) {
      const steps = block.map(
        (step) => [step.slice(0, step.indexOf('\n')), step.slice(step.indexOf('\n') + 1)] as const,
      );
      for (const [command, output] of steps) {
        const path = /^cat (\S+\.(?:yml|jsonl))$/.exec(command)?.[1];
        if (path !== undefined) writeFileSync(join(home, path), output);
      }
      expect(shown(steps.map(([command]) => command))).toEqual(
        steps.map(([, output]) => output.trim()),
      );
    }
  });
});
