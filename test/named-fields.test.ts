import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { nobodyColumn } from '../src/pack/splunk/nobody.ts';
import { readTar } from './archives.ts';
import { readStrictConf } from './conf-reader.ts';
import { sigpack } from './sigpack.ts';

const temporary = mkdtempSync(join(tmpdir(), 'sigpack-named-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const shell = (settings: string, more = ''): string => `title: A shell
id: 12121212-1111-4111-8111-111111111101
name: shell
status: stable
level: high
logsource: { category: process_creation, product: windows }
detection: { sel: { Image|endswith: '\\cmd.exe' }, condition: sel }
${settings === '' ? '' : `sigpack: ${settings}\n`}${more}`;
const count = (settings: string, groupBy = 'group-by: [User], '): string =>
  shell(
    '',
    `---
title: Many shells
id: 12121212-1111-4111-8111-111111111102
status: stable
level: high
correlation: { type: event_count, rules: [shell], ${groupBy}timespan: 10m, condition: { gte: 5 } }
${settings === '' ? '' : `sigpack: ${settings}\n`}`,
  );
const several =
  'priority: 30\ntransformations:\n  - { type: field_name_mapping, mapping: { IpAddress: [src_ip, client_ip] } }\n';

interface Built {
  readonly code: number | undefined;
  readonly stderr: string;
  readonly folder: string;
}

async function built(
  target: string,
  pipeline: string,
  rule: string,
  config = 'splunk: { index: "*", enterpriseSecurity: true }',
): Promise<Built> {
  const folder = mkdtempSync(join(temporary, 'p-'));
  const places = config.includes('splunk:') ? '' : 'splunk: { index: "*" }\n';
  const files = {
    'a.yml': rule,
    'own.yml': several,
    'sigpack.yml': `${config}\nid: pk\nrules: [a.yml]\n${places}`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const { code, stderr } = await sigpack(['build', '-t', target, '-p', pipeline, '-o', 'o', '-v'], {
    cwd: folder,
  });
  return { code, stderr, folder };
}

async function stanza({ folder }: Built): Promise<ReadonlyMap<string, string>> {
  const app = await readTar(readFileSync(join(folder, 'o', 'pk-1.0.0.spl')));
  const conf = readStrictConf(
    app.find(({ header }) => header.name.endsWith('default/savedsearches.conf'))?.text ?? '',
  );
  return [...conf.values()][0] ?? new Map();
}

describe('in Splunk suppression and risk name the fields of the result', () => {
  const dest = ['dest', 'user'];
  const computer = ['Computer', 'User'];
  test.each<[string, string, string, readonly string[], readonly string[]]>([
    ['events by default', 'splunk', shell(''), computer, computer],
    [
      'events, with nothing held back',
      'splunk',
      shell('{ suppress: { period: 0 } }'),
      [],
      computer,
    ],
    [
      'events, with one alert for all',
      'splunk',
      shell('{ suppress: { fields: [] } }'),
      [],
      computer,
    ],
    [
      'events, by entity for a day',
      'splunk',
      shell('{ suppress: { period: 1d } }'),
      computer,
      computer,
    ],
    ['raw events by default', 'splunk', shell('{ splunk: { results: raw } }'), computer, computer],
    [
      'raw events',
      'splunk',
      shell('{ suppress: { fields: [User, Computer] }, splunk: { results: raw } }'),
      ['User', 'Computer'],
      computer,
    ],
    [
      'events as text',
      'splunk-classic',
      shell(
        '{ suppress: { fields: [Computer] }, risk: { objects: [{ field: Computer, type: system }] } }',
      ),
      ['ComputerName'],
      ['ComputerName'],
    ],
    [
      'names of Splunk',
      'splunk',
      shell('{ suppress: { fields: [host, sourcetype] } }'),
      ['host', 'sourcetype'],
      computer,
    ],
    [
      'names of the product',
      'splunk-classic',
      shell('{ suppress: { fields: [ComputerName] } }'),
      ['ComputerName'],
      ['ComputerName', 'User'],
    ],
    ['a data model by default', 'splunk-cim', shell(''), dest, dest],
    ['a data model', 'splunk-cim', shell('{ suppress: { fields: [Computer, User] } }'), dest, dest],
    [
      'a data model, by its own names',
      'splunk-cim',
      shell('{ suppress: { fields: [dest] }, risk: { objects: [{ field: user, type: user }] } }'),
      ['dest'],
      ['user'],
    ],
    [
      'a data model, more columns',
      'splunk-cim',
      shell('{ suppress: { fields: [CurrentDirectory, host] } }'),
      ['process_current_directory', 'host'],
      dest,
    ],
    ['a group, of windows that meet', 'splunk', count(''), ['User'], ['User']],
    [
      'a group, with nothing held back',
      'splunk',
      count('{ suppress: { period: 0 } }'),
      [],
      ['User'],
    ],
    [
      'a group by default, of windows that overlap',
      'splunk',
      count('{ window: 1d }'),
      ['User'],
      ['User'],
    ],
    [
      'a group of a data model by default',
      'splunk-cim',
      count('{ window: 1d }'),
      ['user'],
      ['user'],
    ],
    [
      'a group of a data model',
      'splunk-cim',
      count('{ suppress: { fields: [User] }, risk: { objects: [{ field: User, type: user }] } }'),
      ['user'],
      ['user'],
    ],
    ['no group', 'splunk', count('', ''), [], []],
  ])('%s', async (_, pipeline, rule, suppressed, objects) => {
    const one = await built('splunk', pipeline, rule);
    expect(one.code).toBe(0);
    const settings = await stanza(one);
    expect(
      (settings.get('alert.suppress.fields') ?? '')
        .split(',')
        .filter((name) => name !== '' && name !== nobodyColumn),
    ).toEqual(suppressed);
    const entities = JSON.parse(settings.get('action.notable.param._entities') ?? '[]');
    expect(
      entities.map((entity: { risk_object_field: string }) => entity.risk_object_field),
    ).toEqual(objects.slice(0, 1));
    expect(settings.get('action.notable.param.nes_fields') ?? '').toBe(objects.join(','));
    // what is named is there: the rows of a data model have what they are counted by
    const search = settings.get('search') ?? '';
    if (pipeline === 'splunk-cim')
      for (const field of [...suppressed, ...objects])
        expect(search).toMatch(new RegExp(` BY .*\\b(?:Processes\\.)?${field}\\b`));
  });

  test('one field of several is the first that the event has', async () => {
    const one = await built(
      'splunk',
      'own.yml',
      shell(
        '{ suppress: { fields: [IpAddress] }, risk: { objects: [{ field: IpAddress, type: system }] } }',
      ),
    );
    const settings = await stanza(one);
    expect(settings.get('alert.suppress.fields')).toBe('IpAddress,sigpack_nobody');
    expect(settings.get('search')).toMatch(
      / \| eval IpAddress=coalesce\('src_ip', 'client_ip'\) \| `pk_a_shell_filter` \| .* BY host IpAddress \|/,
    );
  });

  test.each([
    [
      'a group',
      'splunk',
      count('{ suppress: { fields: [Computer] } }'),
      'a.yml:14:33',
      '`Computer` is not a column of the results of a correlation, which have _time, sigpack_hits, User',
    ],
    [
      'a group, in risk',
      'splunk-cim',
      count('{ risk: { objects: [{ field: Computer, type: system }] } }'),
      'a.yml:14:39',
      '`Computer` is not a column of the results of a correlation',
    ],
    [
      'a data model',
      'splunk-cim',
      shell('{ suppress: { fields: [User, GrandParentImage] } }'),
      'a.yml:8:39',
      '`GrandParentImage` is not a column of the results of the data model Endpoint.Processes',
    ],
    [
      'events',
      'splunk',
      shell('{ suppress: { fields: [GrandParentImage] } }'),
      'a.yml:8:33',
      'no event of the log source has a field `GrandParentImage`',
    ],
    [
      'audit events',
      'splunk-audit',
      shell('{ suppress: { fields: [User] } }'),
      'a.yml:8:33',
      'no event of the log source has a field `User`',
    ],
    [
      'audit events, in risk',
      'splunk-audit',
      shell('{ risk: { objects: [{ field: TargetFilename, type: other }] } }'),
      'a.yml:8:39',
      'no event of the log source has a field `TargetFilename`',
    ],
  ])(
    'a name that the result has not is an error at its place: %s',
    async (_, pipeline, rule, place, message) => {
      const { code, stderr } = await built('splunk', pipeline, rule);
      expect(code).toBe(1);
      expect(stderr).toContain(`${place}: error[TGT001]: splunk: ${message}`);
    },
  );

  const cloud = (settings: string): string =>
    shell(settings)
      .replace(
        '{ category: process_creation, product: windows }',
        '{ product: aws, service: cloudtrail }',
      )
      .replace('Image|', 'eventName|');
  test.each([
    ['splunk', 'splunk-audit', shell('{ suppress: { fields: [Compter] } }'), 'Compter'],
    ['splunk', 'splunk-audit', shell('{ risk: { objects: [{ field: Usr, type: user }] } }'), 'Usr'],
    ['splunk', 'splunk', cloud('{ suppress: { fields: [source.ip] } }'), 'source.ip'],
    ['splunk', 'splunk-aws', cloud('{ suppress: { fields: [Usr] } }'), 'Usr'],
    ['graylog', 'graylog', cloud('{ suppress: { fields: [Usr] } }'), 'Usr'],
  ])(
    'a name that nothing spells out is warned of: %s with %s',
    async (target, pipeline, rule, name) => {
      const { code, stderr } = await built(target, pipeline, rule);
      expect(code).toBe(0);
      expect(stderr).toMatch(/a\.yml:8:\d+: warning\[PIP003\]/);
      expect(stderr).toContain(`${target}: no pipeline spells out the field \`${name}\``);
    },
  );

  test.each([
    [
      'splunk-audit',
      shell('{ suppress: { fields: [Computer, SubjectUserName, NewProcessName, host] } }'),
    ],
    ['splunk', cloud('{ suppress: { fields: [userIdentity.arn, sourceIPAddress, host] } }')],
  ])('names of the product are known: %s', async (pipeline, rule) => {
    expect(await built('splunk', pipeline, rule)).toMatchObject({ code: 0, stderr: '' });
  });

  test('in the configuration it is told once', async () => {
    const config =
      'logsources:\n  - match: { product: windows }\n    settings: { suppress: { fields: [User, GrandParentImage] } }';
    const rules = `${shell('')}---\n${shell('').replace('A shell', 'Another').replace('1101', '1105').replace('name: shell\n', '')}`;
    const { stderr } = await built('splunk', 'splunk', rules, config);
    expect(stderr.match(/error\[TGT001\]/g)).toHaveLength(1);
    expect(stderr).toContain(
      'sigpack.yml:3:44: error[TGT001]: splunk: no event of the log source has a field `GrandParentImage`',
    );
  });
});

describe('the group of a correlation is called as the fields of its rules', () => {
  const logons = (id: number): string =>
    count('', 'group-by: [TargetUserName], ')
      .replace('category: process_creation', 'service: security')
      .replace("Image|endswith: '\\cmd.exe'", `EventID: ${id}`);
  test.each([
    ['splunk', 'splunk-cim', 4625, ' BY Authentication.user | rename Authentication.* AS *'],
    ['splunk', 'splunk-cim', 4624, ' BY Authentication.user | rename Authentication.* AS *'],
    ['logpoint', 'logpoint', 4625, ' by user | '],
    ['logpoint', 'logpoint', 4720, ' by target_user | '],
  ])('%s with %s, event %d', async (target, pipeline, id, by) => {
    const { code, stdout } = await sigpack(['convert', '-t', target, '-p', pipeline, '-'], {
      input: logons(id),
    });
    expect(code).toBe(0);
    expect(stdout).toContain(by);
  });
});

describe('in Graylog keys are the fields of the messages', () => {
  const keysOf = ({ folder }: Built): readonly string[] => {
    const { entities } = JSON.parse(
      readFileSync(join(folder, 'o', 'pk-1.0.0-graylog.json'), 'utf8'),
    );
    return entities.find(({ type }: { type: { name: string } }) => type.name === 'event_definition')
      .data.key_spec;
  };

  test.each<[string, string, string, readonly string[]]>([
    [
      'Winlogbeat',
      'graylog',
      '{ suppress: { fields: [Computer, User] } }',
      ['winlogbeat_winlog_computer_name', 'winlogbeat_winlog_event_data_User'],
    ],
    ['NXLog', 'graylog-nxlog', '{ suppress: { fields: [Computer] } }', ['source']],
    [
      'Illuminate',
      'graylog-illuminate',
      '{ graylog: { keyFields: [Image] }, suppress: { fields: [User] } }',
      ['process_path', 'sigpack_nobody'],
    ],
    [
      'names of the product',
      'graylog',
      '{ graylog: { keyFields: [winlogbeat_winlog_computer_name, source, gl2_source_input] } }',
      ['winlogbeat_winlog_computer_name', 'source', 'gl2_source_input'],
    ],
  ])('%s', async (_, pipeline, settings, keys) => {
    const one = await built('graylog', pipeline, shell(settings));
    expect([one.code, keysOf(one)]).toEqual([0, keys]);
  });

  test.each([
    [
      'a name that no message has',
      'graylog',
      shell('{ suppress: { fields: [GrandParentImage] } }'),
      'a.yml:8:33: error[TGT001]: graylog: no message of the log source has a field `GrandParentImage`',
    ],
    [
      'several fields',
      'own.yml',
      shell('{ suppress: { fields: [IpAddress] } }'),
      'a.yml:8:33: error[TGT001]: graylog: the key field `IpAddress` stands for src_ip, client_ip, and a key takes one field',
    ],
    [
      'no field of the group',
      'graylog',
      count('{ suppress: { fields: [Computer] } }'),
      'a.yml:14:33: error[TGT001]: graylog: `Computer` is not a field of the group of the correlation',
    ],
    [
      'less than the group',
      'graylog',
      count('{ suppress: { fields: [User] } }', 'group-by: [User, Computer], '),
      'a.yml:14:33: warning[TGT002]: graylog: the key of an aggregation is all of its group',
    ],
    [
      'a threshold',
      'graylog',
      shell('{ threshold: 3, suppress: { fields: [User] } }'),
      'a.yml:8:47: warning[TGT002]: graylog: with a threshold an event has no fields',
    ],
  ])('%s is told at its place', async (_, pipeline, rule, message) => {
    expect((await built('graylog', pipeline, rule)).stderr).toContain(message);
  });

  const aliased = (name: string) =>
    count(
      `{ suppress: { fields: [${name}] } }`,
      'group-by: [usr], aliases: { usr: { shell: User } }, ',
    );
  test.each(['usr', 'User'])('a group by an alias may be named %s', async (name) => {
    const { code, stderr } = await built('graylog', 'graylog', aliased(name));
    expect([code, stderr.includes('TGT001'), stderr.includes('the key of an aggregation')]).toEqual(
      [0, false, false],
    );
  });

  test('another field beside an alias is told', async () =>
    expect((await built('graylog', 'graylog', aliased('Computer'))).stderr).toContain(
      '`Computer` is not a field of the group',
    ));
});
