import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ruleText } from './compile.ts';
import { sigpack } from './sigpack.ts';

const folder = mkdtempSync(join(tmpdir(), 'sigpack-types-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Given {
  readonly pipeline?: string;
  /** Of sigpack.yml. */
  readonly config?: string;
  readonly source?: string;
}

/** What `sigpack convert` prints and reports. */
async function converted(
  detection: string,
  { pipeline, config = '', source = 'category: process_creation' }: Given = {},
  target = 'es-qs',
) {
  writeFileSync(
    join(folder, 'rule.yml'),
    `${ruleText(detection)}level: high\n`.replace(
      'product: windows',
      `product: windows\n  ${source}`,
    ),
  );
  writeFileSync(join(folder, 'sigpack.yml'), `title: Types\n${config}`);
  const { stdout, stderr } = await sigpack(
    ['convert', '-t', target, ...(pipeline === undefined ? [] : ['-p', pipeline]), 'rule.yml'],
    { cwd: folder },
  );
  return { stdout: stdout.trim(), stderr };
}

const suspicious = "a: { 'Image|endswith': '\\svchost.exe' }\ncondition: a";

describe('letter case', () => {
  test.each(['elastic', 'windows-sysmon,ecs-windows'])('is ignored with %s', async (pipeline) => {
    const { stdout } = await converted(suspicious, { pipeline });
    expect(stdout).toContain(
      'process.executable:/.*\\\\[sS][vV][cC][hH][oO][sS][tT]\\.[eE][xX][eE]/',
    );
  });

  test('is the index’s business without a pipeline, and where the configuration says so', async () => {
    expect((await converted(suspicious)).stdout).toBe('Image:*\\\\svchost.exe');
    const { stdout } = await converted(suspicious, {
      pipeline: 'elastic',
      config: 'elasticsearch: { matching: native, wildcardFields: [] }',
    });
    expect(stdout).toContain('process.executable:*\\\\svchost.exe');
  });

  test('counts in a wildcard field of an index that ignores it elsewhere', async () => {
    const config = 'elasticsearch: { wildcardFields: [CommandLine] }';
    const { stdout } = await converted('a: { CommandLine: Net, Image: Net }\ncondition: a', {
      config,
    });
    expect(stdout).toBe('CommandLine:/[nN][eE][tT]/ AND Image:"Net"');
  });

  test('of a watch is that of the queries', async () => {
    expect(
      (await converted(suspicious, { pipeline: 'elastic' }, 'xpack-watcher')).stdout,
    ).toContain('[sS][vV][cC]');
  });
});

describe('networks', () => {
  const internal =
    "a: { EventID: 4625 }\nb: { 'IpAddress|cidr': 10.0.0.0/8 }\ncondition: a and not b";

  test('are searched as such in fields of the type ip, and as texts in keywords', async () => {
    const { stdout } = await converted(internal, {
      pipeline: 'elastic',
      source: 'service: security',
    });
    expect(stdout).toMatch(
      /NOT \(source\.ip:"10\.0\.0\.0\/8" OR winlog\.event_data\.IpAddress:\/10\\\.\(25/,
    );
  });

  test('are texts without a pipeline, unless the configuration names the field', async () => {
    expect((await converted(internal)).stdout).toContain('NOT IpAddress:/10\\.');
    expect(
      (await converted(internal, { config: 'elasticsearch: { ipFields: [IpAddress] }' })).stdout,
    ).toBe('EventID:"4625" AND NOT IpAddress:"10.0.0.0/8"');
  });
});

describe('lists of fields', () => {
  const rule =
    "a: { 'SourceIp|cidr': 10.0.0.0/8 }\nb: { 'my.ip|cidr': 10.0.0.0/8 }\nc: { 'process.command_line|contains': 'a b' }\ncondition: a or b or c";
  const query = async (config: string, pipeline: string | undefined = 'elastic') =>
    (await converted(rule, { pipeline, config, source: 'category: network_connection' })).stdout;

  test('stand beside those of ECS', async () => {
    const found = await query(
      'elasticsearch: { ipFields: [my.ip], textFields: [note], wildcardFields: [other], booleanFields: [flag] }',
    );
    expect(found).toContain('source.ip:"10.0.0.0/8"');
    expect(found).toContain('my.ip:"10.0.0.0/8"');
    const noted = await converted(
      "a: { note: 'a b', message: 'c d', 'process.interactive': true, flag: true, Image: x }\ncondition: a",
      {
        config: 'elasticsearch: { ecs: true, textFields: [note], booleanFields: [flag] }',
      },
    );
    for (const part of ['note:/.*a/', 'message:/.*c/', 'process.interactive:"true"', 'flag:"true"'])
      expect(noted.stdout).toContain(part);
  });

  test('that are empty take those of ECS away', async () =>
    expect(await query('elasticsearch: { ipFields: [] }')).toContain('source.ip:/10'));

  test('give a field of ECS another type', async () => {
    expect(await query('elasticsearch: { textFields: [process.command_line] }')).toContain(
      '(process.command_line:/.*a/ AND process.command_line:/b.*/)',
    );
    const { stdout } = await converted("a: { 'message|contains': 'a b' }\ncondition: a", {
      config: 'elasticsearch: { ecs: true, wildcardFields: [message] }',
    });
    expect(stdout).toContain('message:/.*[aA] [bB].*/');
  });

  test('are all that counts with `ecs: false`', async () => {
    const found = await query('elasticsearch: { ecs: false, ipFields: [my.ip] }');
    expect(found).toContain('source.ip:/10');
    expect(found).toContain('my.ip:"10.0.0.0/8"');
    expect(found).toContain('process.command_line:*a\\ b*');
  });

  test('of ECS count with `ecs: true` without a pipeline, too', async () =>
    expect(
      (
        await converted(rule.replace('SourceIp', 'source.ip'), {
          config: 'elasticsearch: { ecs: true }',
        })
      ).stdout,
    ).toContain('source.ip:"10.0.0.0/8"'));
});

describe('texts in a field of the type ip', () => {
  const config = 'elasticsearch: { ipFields: [SourceIp] }\ngraylog: { ipFields: [SourceIp] }';
  test.each([
    ['an address', 'SourceIp: 10.1.2.3', 'SourceIp:"10.1.2.3"'],
    [
      'no address, which no event can have',
      "SourceIp: ['-', 10.1.2.3]",
      /\(NOT .*\) OR SourceIp:"10\.1\.2\.3"/,
    ],
    ['its first numbers', "'SourceIp|startswith': '192.168.'", 'SourceIp:"192.168.0.0/16"'],
    ['any', "SourceIp: '*'", '_exists_:SourceIp'],
  ])('%s', async (_, item, query) => {
    for (const target of ['es-qs', 'graylog'])
      expect(
        (await converted(`a: { ${item} }\nb: { Image: x }\ncondition: b and a`, { config }, target))
          .stdout,
      ).toMatch(query);
  });

  test.each([
    "'SourceIp|endswith': '.1'",
    "'SourceIp|startswith': '10.1'",
    "'SourceIp|re': '10.*'",
  ])('%s is refused', async (item) => {
    for (const target of ['es-qs', 'graylog']) {
      const { stdout, stderr } = await converted(
        `a: { ${item} }\ncondition: a`,
        { config },
        target,
      );
      expect([stdout, stderr]).toEqual(['', expect.stringContaining('has the type ip')]);
    }
  });
});

describe('a query of a field of the type ip that can never be true is refused', () => {
  const config = 'elasticsearch: { ipFields: [SourceIp] }\ngraylog: { ipFields: [SourceIp] }';
  const both = ['es-qs', 'graylog', 'xpack-watcher'] as const;
  test.each([
    [
      'a network',
      'a: { SourceIp: 10.0.0.0/8 }\ncondition: a',
      '`10.0.0.0/8` as a plain value is a text',
    ],
    [
      'a network of several values',
      "a: { SourceIp: [10.1.2.3, 'fd00::/8'] }\ncondition: a",
      '`fd00::/8` as a plain value is a text',
    ],
    [
      'a network that is not meant',
      'a: { SourceIp: 10.0.0.0/8 }\nb: { Image: x }\ncondition: b and not a',
      '`10.0.0.0/8` as a plain value is a text',
    ],
    [
      'a name',
      'a: { SourceIp: localhost }\ncondition: a',
      'the query can never be true: `SourceIp` has the type ip',
    ],
    [
      'names beside another selection',
      "a: { SourceIp: [localhost, '-'] }\nb: { Image: x }\ncondition: a and b",
      'the query can never be true',
    ],
    ['a number', 'a: { SourceIp: 4 }\ncondition: a', 'the query can never be true'],
  ])('%s', async (_, detection, message) => {
    for (const target of both) {
      const { stdout, stderr } = await converted(detection, { config }, target);
      expect([stdout.replace('[]', '').trim(), stderr]).toEqual([
        '',
        expect.stringMatching(/error\[TGT001\]: /),
      ]);
      expect(stderr).toContain(message);
    }
  });

  test('a name that must not be there, or one of several values, is not', async () => {
    for (const detection of [
      'a: { SourceIp: localhost }\nb: { Image: x }\ncondition: b and not a',
      'a: { SourceIp: [localhost, 10.1.2.3] }\ncondition: a',
    ])
      for (const target of both)
        expect((await converted(detection, { config }, target)).stderr).not.toContain('error[');
  });
});

test('booleans are found in either case, and in fields of their type as these hold them', async () => {
  const rule = "a: { Archived: true, Signed: 'True' }\ncondition: a";
  const config = 'elasticsearch: { matching: case-insensitive, booleanFields: [Archived, Signed] }';
  expect((await converted(rule, { config })).stdout).toBe('Archived:"true" AND Signed:"true"');
  expect(
    (await converted(rule, { config: 'elasticsearch: { matching: case-insensitive }' })).stdout,
  ).toBe('Archived:/[tT][rR][uU][eE]/ AND Signed:/[tT][rR][uU][eE]/');
});

describe('analysed texts', () => {
  const config = 'elasticsearch: { textFields: [message, powershell.file.script_block_text] }';

  test('are searched word by word, and the query says that it finds more', async () => {
    const { stdout, stderr } = await converted(
      "a: { 'message|contains': 'failed password' }\ncondition: a",
      { config },
    );
    expect(stdout).toBe('(message:/.*failed/ AND message:/password.*/)');
    expect(stderr).toContain('TGT002');
  });

  test('keywords of several words are looked for in them', async () => {
    const { stdout } = await converted('a: [failed password, mimikatz]\ncondition: a', {
      config: 'elasticsearch: { textFields: [message] }',
    });
    expect(stdout).toContain('(message:/.*failed/ AND message:/password.*/)');
  });

  test('a word may be a part of what an analyser keeps together', async () => {
    const { stdout } = await converted(
      "a: { 'powershell.file.script_block_text|contains': 'x Get-Item cmd.exe y' }\ncondition: a",
      { config },
    );
    expect(stdout).toMatch(/:\/get\.\*\/ .*:\/\.\*item\/ .*:\/cmd\.\*\/ .*:\/\.\*exe\/ /);
  });

  const wider = [
    ...[
      "'message|contains': 'failed password'",
      "'message|contains|cased': Failed",
      "'message|contains': '--'",
      'message: failed',
      'message: 4625',
    ],
    ...[
      "'message|startswith': fail",
      "'message|endswith': fail",
      "message: ''",
      "message: '?'",
      "message: '*aa*aa*'",
      'message: true',
      "'message|contains': 'größ?'",
    ],
  ];
  test.each(wider)(
    '%s finds more than the rule: a warning, and a refusal under `not`',
    async (item) => {
      expect(
        (await converted(`a: { ${item} }\nb: { Image: x }\ncondition: b and a`, { config })).stderr,
      ).toContain('TGT002');
      const { stdout, stderr } = await converted(
        `a: { Image: x }\nb: { ${item} }\ncondition: a and not b`,
        { config },
      );
      expect([stdout, stderr]).toEqual(['', expect.stringContaining('TGT001')]);
    },
  );

  test('of Graylog are no other', async () => {
    const graylog = 'graylog: { textFields: [note] }';
    const { stdout, stderr } = await converted(
      'a: { Image: x }\nb: { note: admin }\ncondition: a and not b',
      { config: graylog },
      'graylog',
    );
    expect([stdout, stderr]).toEqual(['', expect.stringContaining('TGT001')]);
    expect(
      (await converted("a: { Image: x, note: '' }\ncondition: a", { config: graylog }, 'graylog'))
        .stdout,
    ).toContain('NOT _exists_:note');
  });

  test.each(["'message|contains': failed", "message: '*'", 'message: null'])(
    '%s finds what the rule says, under `not` as well',
    async (item) => {
      const { stdout, stderr } = await converted(
        `a: { Image: x }\nb: { ${item} }\ncondition: a and not b`,
        { config },
      );
      expect([stdout === '', stderr.includes('TGT00')]).toEqual([false, false]);
    },
  );

  test.each(["'message|cidr': 10.0.0.0/8", "'message|re': 'a b'"])(
    '%s is refused',
    async (item) => {
      const { stdout, stderr } = await converted(`a: { ${item} }\ncondition: a`, { config });
      expect([stdout, stderr]).toEqual(['', expect.stringContaining('TGT001')]);
    },
  );
});
