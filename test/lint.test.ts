import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createLinter } from '../src/lint/linter.ts';
import { lintConfig } from '../src/pack/config/lint-config.ts';
import type { LintPreset } from '../src/pack/config/lint-preset.ts';
import { createCompiler } from '../src/query/compile.ts';
import { collect } from '../src/sigma/collection/collection.ts';
import { readDocuments } from '../src/sigma/collection/document.ts';
import { codeCatalogue } from '../src/source/code/catalogue.ts';
import { createBag, type Diagnostic, type Severity } from '../src/source/diagnostic.ts';

interface Given {
  readonly preset?: LintPreset;
  readonly severities?: ReadonlyMap<string, Severity>;
  readonly isWhole?: boolean;
}

/** What the checks say of files of rules, by path. */
function linted(
  files: Readonly<Record<string, string>>,
  { preset = 'sigmahq', severities, isWhole = false }: Given = {},
): readonly Diagnostic[] {
  const bag = createBag(severities);
  const linter = createLinter({
    config: lintConfig({ preset }),
    ...(severities ? { severities } : {}),
    bag,
    today: '2024-06-01',
    isWhole,
  });
  const documents = Object.entries(files).flatMap(
    ([path, text]) => readDocuments({ path, text }, bag, linter).documents,
  );
  const collection = collect(documents, bag);
  const compile = createCompiler(collection, { placeholders: new Map(), bag });
  for (const rule of collection.rules) {
    const compiled = compile(rule);
    if (compiled) linter.onMeaning(compiled);
  }
  linter.finish();
  return bag.list;
}

const path = 'rules/proc_creation_win_whoami.yml';
/** A rule that no check has a word about. */
const clean = `title: Whoami Run by a Service
id: 3b6ab547-8ec2-4991-b9d2-2b06702a48d7
related:
  - id: d1a5d5b0-2a9f-4d1f-8f6b-4f3a5a6b7c8d
    type: derived
status: test
description: Finds whoami run by a service account
references:
  - https://example.org/whoami
author: Someone
date: 2024-01-02
modified: 2024-02-03
tags:
  - attack.discovery
  - attack.t1033
logsource:
  category: process_creation
  product: windows
detection:
  selection:
    Image|endswith: '\\whoami.exe'
  filter_main_admin:
    User|contains: admin
  condition: selection and not 1 of filter_main_*
falsepositives:
  - Unlikely
level: high
`;

/** A diagnostic as its code and the marked text. */
const brief = ({ code, file, span }: Diagnostic): string =>
  `${code} ${file.text.slice(span.start, span.end)}`;

/** The clean rule with one text in place of another. */
function changed(from: string, to: string): string {
  expect(clean).toContain(from);
  return clean.replace(from, to);
}

const selection = "    Image|endswith: '\\whoami.exe'\n";

test('a clean rule is left in peace by each preset', () => {
  for (const preset of ['none', 'default', 'pysigma', 'sigmahq'] as const)
    expect(linted({ [path]: clean }, { preset })).toEqual([]);
});

describe.each<
  readonly [
    preset: LintPreset,
    cases: readonly (readonly [what: string, from: string, to: string, ...diagnostics: string[]])[],
  ]
>([
  [
    'default',
    [
      [
        'asked for and excluded',
        'User|contains: admin',
        "Image|contains: 'whoami'",
        "LNT001 'whoami'",
      ],
      [
        'the same item twice',
        'User|contains: admin',
        "Image|endswith: '\\WHOAMI.EXE'",
        "LNT001 '\\WHOAMI.EXE'",
      ],
      [
        'each alternative excluded',
        `${selection}  filter_main_admin:\n    User|contains: admin\n`,
        "    Image|endswith: ['\\whoami.exe', 'whoami2.exe']\n  filter_main_admin:\n    Image|contains: whoami\n",
        'LNT001 whoami',
      ],
      [
        'one of two alternatives excluded',
        `${selection}  filter_main_admin:\n    User|contains: admin\n`,
        "    Image|endswith: ['\\whoami.exe', '\\b.exe']\n  filter_main_admin:\n    Image|contains: whoami\n",
        '',
      ],
      [
        'a number asked for and excluded',
        `${selection}  filter_main_admin:\n    User|contains: admin\n`,
        '    EventID: 1\n  filter_main_admin:\n    EventID: 1\n',
        'LNT001 1',
      ],
      ['present and missing', selection, '    Image|all: [null, cmd.exe]\n', 'LNT001 null'],
      [
        'missing and asked for in another selection',
        'condition: selection and not 1 of filter_main_*',
        'condition: selection and absent\n  absent: { Image: null }',
        'LNT001 null',
      ],
      [
        'host bits',
        selection,
        '    Ip|cidr: [10.1.2.3/8, 10.0.0.0/8, 10.1.2.3]\n',
        'LNT002 10.1.2.3/8',
      ],
      [
        'host bits of IPv6',
        selection,
        "    Ip|cidr: ['2001:db8::1/32', '2001:db8::/32']\n",
        "LNT002 '2001:db8::1/32'",
      ],
      [
        'tab in a path',
        selection,
        '    Image|endswith: "C:\\\\a\\temp"\n',
        'LNT003 "C:\\\\a\\temp"',
      ],
      ['backspace in a pattern', selection, '    Image|re: "\\bwho.+"\n', 'LNT003 "\\bwho.+"'],
      ['lines of a block', selection, '    Image|contains: |\n      one\n      two\n', ''],
      [
        'key of a log source',
        '  product: windows',
        '  product: windows\n  prodct: x',
        'LNT004 prodct',
      ],
      ['relation without a type', '    type: derived\n', '', 'LNT005 id'],
      ['relation of no kind', 'type: derived', 'type: cousin', 'LNT005 cousin'],
      ['relation to no id', 'd1a5d5b0-2a9f-4d1f-8f6b-4f3a5a6b7c8d', 'whoami', 'LNT005 whoami'],
      [
        'relation without an id',
        'id: d1a5d5b0-2a9f-4d1f-8f6b-4f3a5a6b7c8d\n    type',
        'type',
        'LNT005 type',
      ],
      [
        'relation to itself',
        'd1a5d5b0-2a9f-4d1f-8f6b-4f3a5a6b7c8d',
        '3B6AB547-8ec2-4991-b9d2-2b06702a48d7',
        'LNT005 3B6AB547-8ec2-4991-b9d2-2b06702a48d7',
      ],
      [
        'relation to itself in capital letters',
        'id: 3b6ab547-8ec2-4991-b9d2-2b06702a48d7\nrelated:\n  - id: d1a5d5b0-2a9f-4d1f-8f6b-4f3a5a6b7c8d',
        'id: 3B6AB547-8ec2-4991-b9d2-2b06702a48d7\nrelated:\n  - id: 3b6ab547-8ec2-4991-b9d2-2b06702a48d7',
        'LNT005 3b6ab547-8ec2-4991-b9d2-2b06702a48d7',
      ],
      [
        'relation as a text',
        '  - id: d1a5d5b0-2a9f-4d1f-8f6b-4f3a5a6b7c8d\n    type: derived',
        '  - d1a5d5b0',
        'LNT005 d1a5d5b0',
      ],
      [
        'relations as one map',
        '  - id: d1a5d5b0-2a9f-4d1f-8f6b-4f3a5a6b7c8d\n    type: derived',
        '  type: derived',
        'LNT005 type: derived',
      ],
      [
        'id with a digit too few',
        'b06702a48d7\n',
        'b06702a48d\n',
        'LNT008 3b6ab547-8ec2-4991-b9d2-2b06702a48d',
      ],
      ['id in capital letters', '3b6ab547-8ec2', '3B6AB547-8EC2', ''],
      ['technique of none', 'attack.t1033', 'attack.t9999', 'LNT007 attack.t9999'],
      [
        'part of a technique of none',
        'attack.t1033',
        'attack.t1059.999',
        'LNT007 attack.t1059.999',
      ],
      [
        'group and software',
        'attack.t1033',
        'attack.t1033\n  - attack.g0007\n  - attack.s0002',
        '',
      ],
    ],
  ],
  [
    'pysigma',
    [
      ['revoked technique', 'attack.t1033', 'attack.t1086', 'LNT010 attack.t1086'],
      [
        'retired tactic',
        'attack.discovery',
        'attack.defense-evasion',
        'LNT010 attack.defense-evasion',
      ],
      [
        'tactic of Sigma 1',
        'attack.discovery',
        'attack.credential_access',
        'LNT010 attack.credential_access',
      ],
      ...['car.2016-1', 'cve.2021.1', 'd3fend.nothing', 'detection.mine', 'stp.6', 'tlp.blue'].map(
        (tag) => [tag, 'attack.t1033', tag, `LNT011 ${tag}`] as const,
      ),
      ...[
        'car.2016-03-001',
        'cve.2021-1',
        'd3fend.d3-am',
        'detection.dfir',
        'stp.4a',
        'tlp.amber-strict',
      ].map((tag) => [tag, 'attack.t1033', tag, ''] as const),
      ['namespace', 'attack.t1033', 'ours.x', 'LNT012 ours.x'],
      ['tag twice', 'attack.t1033', 'attack.discovery', 'LNT013 attack.discovery'],
      [
        'reference twice',
        '  - https://example.org/whoami',
        '  - https://example.org/whoami\n  - https://example.org/whoami',
        'LNT014 https://example.org/whoami',
      ],
      ['them', 'selection and not 1 of filter_main_*', '1 of them\n', ''],
      ['all of them', 'selection and not 1 of filter_main_*', 'all of them', 'LNT019 all of them'],
      [
        'event of Sysmon',
        'category: process_creation\n  product: windows\ndetection:\n  selection:',
        'product: windows\n  service: sysmon\ndetection:\n  selection:\n    EventID: [1, 99]',
        'LNT020 1',
      ],
      [
        'event of the audit',
        'category: process_creation\n  product: windows\ndetection:\n  selection:',
        'product: windows\n  service: security\ndetection:\n  selection:\n    EventID: [4688, 4625]',
        'LNT020 4688',
      ],
      ['two wildcards', "'\\whoami.exe'", "'\\who**.exe'", "LNT021 '\\who**.exe'"],
      [
        'escaped wildcard and a wildcard',
        "'\\whoami.exe'",
        "'\\who\\**.exe'",
        "LNT023 '\\who\\**.exe'",
      ],
      ['wildcards on both sides', 'User|contains: admin', "User: '*admin*'", "LNT022 '*admin*'"],
      ['wildcard at the end', 'User|contains: admin', "User: ['adm*', 'root*']", 'LNT022 User'],
      ['wildcard before', 'User|contains: admin', "User|neq: '*admin'", "LNT022 '*admin'"],
      ['wildcards of several kinds', 'User|contains: admin', "User: ['adm*', '*root', '*']", ''],
      ['wildcard inside', 'User|contains: admin', "User: 'ad*min*'", ''],
      [
        'number as a text',
        'User|contains: admin',
        "EventCode: ['4688', '007', 'x']",
        "LNT024 '4688'",
      ],
      ['number as a part', 'User|contains: admin', "User|contains: '4688'", ''],
    ],
  ],
  [
    'sigmahq',
    [
      ['no author and no level', 'author: Someone\n', '', 'LNT030 Whoami Run by a Service'],
      [
        'long title',
        'Whoami Run by a Service',
        `Whoami ${'x'.repeat(110)}`.replace('x', 'X'),
        `LNT031 Whoami X${'x'.repeat(109)}`,
      ],
      [
        'title that detects',
        'Whoami Run',
        'Detects Whoami Run',
        'LNT031 Detects Whoami Run by a Service',
      ],
      ['title with a dot', 'a Service\n', 'a Service.\n', 'LNT031 Whoami Run by a Service.'],
      [
        'title with a trademark',
        'Whoami Run',
        'ATT&CK Whoami Run',
        'LNT031 ATT&CK Whoami Run by a Service',
      ],
      ['title in small letters', 'Whoami Run', 'Whoami run', 'LNT031 Whoami run by a Service'],
      ['title with names', 'Whoami Run', 'whoami.exe Run of a_b 7zip', ''],
      [
        'short description',
        'Finds whoami run by a service account',
        'Finds whoami',
        'LNT032 Finds whoami',
      ],
      ['link in the description', 'references:\n  - https://example.org/whoami\n', '', ''],
      ['false positive in small letters', 'Unlikely', 'unlikely', 'LNT033 unlikely'],
      ['false positive that says nothing', 'Unlikely', 'None', 'LNT033 None'],
      [
        'branch of GitHub',
        'https://example.org/whoami',
        'https://github.com/a/b/blob/main/c.md',
        'LNT034 https://github.com/a/b/blob/main/c.md',
      ],
      [
        'commit of GitHub',
        'https://example.org/whoami',
        `https://github.com/a/b/blob/${'a'.repeat(40)}/c.md`,
        '',
      ],
      [
        'link to ATT&CK',
        'https://example.org/whoami',
        'https://attack.mitre.org/techniques/T1033/',
        'LNT034 https://attack.mitre.org/techniques/T1033/',
      ],
      ['future', 'modified: 2024-02-03', 'modified: 2024-06-02', 'LNT035 2024-06-02'],
      ['modified before', 'modified: 2024-02-03', 'modified: 2023/12/31', 'LNT035 2023/12/31'],
      ['no date at all', 'modified: 2024-02-03', 'modified: 2031-31-01', ''],
      ['no date to compare', 'date: 2024-01-02', 'date: 2024-2-1', ''],
      ['modified at once', 'modified: 2024-02-03', 'modified: 2024-01-02', 'LNT035 2024-01-02'],
      [
        'modified without a date',
        'date: 2024-01-02\n',
        '',
        'LNT030 Whoami Run by a Service',
        'LNT035 modified',
      ],
      [
        'id of version 1',
        '3b6ab547-8ec2-4991',
        '3b6ab547-8ec2-1991',
        'LNT037 3b6ab547-8ec2-1991-b9d2-2b06702a48d7',
      ],
      ['rule that is over', 'status: test', 'status: deprecated', 'LNT038 deprecated'],
      [
        'technique without a tactic',
        '  - attack.discovery\n',
        '',
        'LNT039 Whoami Run by a Service',
      ],
      [
        'technique with one of its tactics',
        'attack.discovery\n  - attack.t1033',
        'attack.execution\n  - attack.t1053.005',
        '',
      ],
      ['tlp', 'attack.t1033', 'attack.t1033\n  - tlp.red', 'LNT039 tlp.red'],
      ['log source', 'product: windows', 'product: wndows', 'LNT040 wndows'],
      [
        'event of the category',
        '  selection:\n',
        '  selection:\n    EventID: 1\n',
        'LNT041 EventID',
      ],
      [
        'event of a category of several',
        'process_creation\n  product: windows\ndetection:\n  selection:',
        'wmi_event\n  product: windows\ndetection:\n  selection:\n    EventID: 19',
        '',
      ],
      [
        'value twice',
        'User|contains: admin',
        'User|contains: [admin, root, Admin]',
        'LNT042 Admin',
      ],
      [
        'value in two cases',
        'User|contains: admin',
        'User|contains|cased: [admin, root, Admin]',
        '',
      ],
      [
        'field in two cases',
        'User|contains: admin',
        'image|contains: admin',
        'LNT043 image|contains',
      ],
      [
        'field with a blank',
        'User|contains: admin',
        'User Name|contains: admin',
        'LNT043 User Name|contains',
      ],
      [
        'hash',
        'User|contains: admin',
        "Hashes|contains: ['MD5=12', 'IMPHASH=0123456789abcdef0123456789ABCDEF']",
        "LNT044 'MD5=12'",
      ],
      [
        'user of one language',
        'User|contains: admin',
        "User|startswith: 'NT AUTHORITY\\'",
        "LNT044 'NT AUTHORITY\\'",
      ],
      [
        'pattern that is a text',
        'User|contains: admin',
        "User|re: '.*admin\\.x'",
        "LNT045 '.*admin\\.x'",
      ],
      [
        'pattern with an idle end',
        'User|contains: admin',
        "User|re: 'ad+min.*'",
        "LNT045 'ad+min.*'",
      ],
      ['pattern with an end', 'User|contains: admin', "User|re: '^ad+min.*x$'", ''],
      ['pattern of alternatives', 'User|contains: admin', "User|re: '.*ad+min|root'", ''],
      [
        'wildcard of the modifier',
        'User|contains: admin',
        "User|contains: '*admin'",
        "LNT046 '*admin'",
      ],
      ['attribute', 'level: high', 'level: high\nfields: [User]', 'LNT049 fields'],
    ],
  ],
])('%s', (preset, cases) => {
  test.each(cases)('%s', (_, from, to, ...diagnostics) => {
    const found = linted({ [path]: changed(from, to) }, { preset }).filter(({ code }) =>
      code.startsWith('LNT'),
    );
    expect(found.map(brief)).toEqual(diagnostics.filter((diagnostic) => diagnostic !== ''));
  });

  test('what it adds is silent in the preset before', () => {
    const before = {
      none: 'none',
      default: 'none',
      pysigma: 'default',
      sigmahq: 'pysigma',
    } as const;
    const own = new Set(
      cases.flatMap(([, , , ...diagnostics]) =>
        diagnostics.map((diagnostic) => diagnostic.slice(0, 6)),
      ),
    );
    const said = cases.flatMap(([, from, to]) =>
      linted({ [path]: changed(from, to) }, { preset: before[preset] }).map(({ code }) => code),
    );
    expect(said.filter((code) => code.startsWith('LNT') && own.has(code))).toEqual([]);
  });
});

/** The clean rule with an id, a title and a file of its own. */
const other = (title: string, more: (text: string) => string = (text) => text): string =>
  more(clean)
    .replace('3b6ab547', '4c6ab547')
    .replace('Whoami Run by a Service', title)
    .replace('whoami.exe', 'hostname.exe');

const codesOf = (files: Readonly<Record<string, string>>, given?: Given): readonly string[] =>
  linted(files, given).map(({ code }) => code);

describe('several rules', () => {
  const here = { [path]: clean };
  const there = 'rules/proc_creation_win_hostname.yml';

  test('one title', () => {
    const [found, ...more] = linted({ ...here, [there]: other('Whoami Run by a Service') });
    expect(found).toMatchObject({
      code: 'LNT015',
      file: { path: there },
      message: `the title is that of ${path}:1 too`,
    });
    expect(more).toEqual([]);
  });

  test('one id: that is told, and no more', () => {
    const copy = 'copies/proc_creation_win_whoami.yml';
    expect(
      linted({ ...here, [copy]: clean }).map(({ code, file }) => `${code} ${file.path}`),
    ).toEqual(['SIG043 rules/proc_creation_win_whoami.yml']);
  });

  test('one file name', () => {
    expect(
      linted({ ...here, 'more/proc_creation_win_whoami.yml': other('Hostname') }),
    ).toMatchObject([
      {
        code: 'LNT016',
        file: { path: 'more/proc_creation_win_whoami.yml' },
        message: `the file is named like ${path}`,
      },
    ]);
    expect(linted({ [path]: `${clean}---\n${other('Hostname')}` })).toEqual([]);
  });

  describe('one meaning', () => {
    const detection = /detection:[\s\S]*?falsepositives/;
    const twin = (written: string): string =>
      other('Hostname').replace(detection, `${written}falsepositives`);
    const same =
      'detection:\n  a: { User: "*ADMIN*" }\n  b: { Image: "*\\\\Whoami.exe" }\n  condition: b and not a\n';

    test('however it is written', () => {
      expect(linted({ ...here, [there]: twin(same) }, { preset: 'default' })).toMatchObject([
        {
          code: 'LNT006',
          severity: 'warning',
          file: { path: there },
          message: `the rule means the same as "Whoami Run by a Service" in ${path}:1`,
        },
      ]);
    });

    test.each<readonly [what: string, change: (text: string) => string]>([
      ['of another log source', (text) => text.replace('process_creation', 'image_load')],
      ['of another value', (text) => text.replace('ADMIN', 'ADMINS')],
      [
        'where one is related to the other',
        (text) =>
          text.replace(
            'd1a5d5b0-2a9f-4d1f-8f6b-4f3a5a6b7c8d',
            '3B6AB547-8ec2-4991-b9d2-2b06702a48d7',
          ),
      ],
    ])('not %s', (_, change) =>
      expect(codesOf({ ...here, [there]: change(twin(same)) }, { preset: 'default' })).toEqual([]),
    );

    test('of correlations', () => {
      const count = (id: string, title: string, gte: number): string =>
        `---\ntitle: ${title}\nid: ${id}0000000-0000-4000-8000-000000000000\ncorrelation: { type: event_count, rules: [3b6ab547-8ec2-4991-b9d2-2b06702a48d7], group-by: [User], timespan: 5m, condition: { gte: ${gte} } }\n`;
      expect(
        codesOf(
          { [path]: clean + count('a', 'A', 3) + count('b', 'B', 3) + count('c', 'C', 4) },
          { preset: 'default' },
        ),
      ).toEqual(['LNT006']);
    });
  });

  test('a related rule that is not here, where all rules are read', () => {
    expect(linted(here, { isWhole: true }).map((one) => `${one.severity} ${brief(one)}`)).toEqual([
      'info LNT048 d1a5d5b0-2a9f-4d1f-8f6b-4f3a5a6b7c8d',
    ]);
    const known = other('Hostname')
      .replace(/related:[\s\S]*?(?=status)/, '')
      .replace(/^id: .*/m, 'id: D1A5D5B0-2a9f-4d1f-8f6b-4f3a5a6b7c8d');
    expect(linted({ ...here, [there]: known }, { isWhole: true })).toEqual([]);
  });
});

test.each<readonly [path: string, ...codes: string[]]>([
  ['rules/whoami.yml', 'LNT036', 'LNT036'],
  ['rules/win.yml', 'LNT017', 'LNT036', 'LNT036'],
  [`rules/proc_creation_win_${'a'.repeat(80)}.yml`, 'LNT017', 'LNT036'],
  ['rules/proc_creation_lnx_whoami.yml', 'LNT036'],
  ['rules/proc_creation_win_Whoami.yml', 'LNT036'],
  ['rules/proc_creation_win_whoami.yaml', 'LNT036'],
  ['rules-dfir/proc_creation_win_whoami.yml', 'LNT039'],
  ['deprecated/proc_creation_win_whoami.yml'],
  ['stdin'],
])('the file %s', (file, ...codes) => expect(codesOf({ [file]: clean })).toEqual(codes));

test.each<readonly [category: string, product: string, prefix: string]>([
  ['network_connection', 'linux', 'net_connection_lnx_'],
  ['file_event', 'macos', 'file_event_macos_'],
  ['registry_set', 'windows', 'registry_set_'],
  ['ps_script', 'windows', 'posh_ps_'],
  ['webserver', '', 'web_'],
  ['', 'm365', 'microsoft365_'],
])('files of %s %s start with %s%s', (category, product, prefix) => {
  const source = [
    category && `  category: ${category}\n`,
    product && `  product: ${product}\n`,
  ].join('');
  const text = clean.replace('  category: process_creation\n  product: windows\n', source);
  expect(codesOf({ [`rules/${prefix}something.yml`]: text })).toEqual([]);
  expect(codesOf({ 'rules/something_else.yml': text })).toEqual(['LNT036']);
});

test('quantifiers over one selection', () => {
  const condition = (text: string): string => changed('selection and not 1 of filter_main_*', text);
  const texts = [
    '1 of selection',
    'all of sel*',
    '1 of them',
    'selection and not filter_main_admin',
  ].map((text) =>
    linted({ [path]: condition(text) }, { preset: 'sigmahq' })
      .filter(({ code }) => code === 'LNT018')
      .map(brief),
  );
  expect(texts).toEqual([['LNT018 1 of selection'], ['LNT018 all of sel*'], [], []]);
  const alone = condition('1 of them').replace(
    '  filter_main_admin:\n    User|contains: admin\n',
    '',
  );
  expect(linted({ [path]: alone }, { preset: 'pysigma' }).map(brief)).toEqual(['LNT018 1 of them']);
});

test('quantifiers count the selections that their pattern stands for', () => {
  const counted = (text: string, name: string) =>
    linted(
      {
        [path]: changed('selection and not 1 of filter_main_*', text).replace(
          'filter_main_admin:',
          `${name}:`,
        ),
      },
      { preset: 'pysigma' },
    )
      .filter(({ code }) => code === 'LNT018')
      .map(brief);
  expect(counted('1 of *ion', 'portion')).toEqual([]);
  expect(counted('1 of s*n', 'stolen')).toEqual([]);
  // a name alone is not a beginning of others
  expect(counted('1 of selection', 'selection_more')).toEqual(['LNT018 1 of selection']);
  expect(counted('1 of *ion', 'other')).toEqual(['LNT018 1 of *ion']);
  expect(counted('1 of them', '_other')).toEqual(['LNT018 1 of them']);
});

test('correlations of SigmaHQ', () => {
  const text = `${clean}---\ntitle: Often\nid: 5c6ab547-8ec2-4991-b9d2-2b06702a48d7\nstatus: test\nlevel: low\nauthor: Someone\ndate: 2024-01-02\ndescription: Finds it often in a while\ncorrelation: { type: event_count, rules: [3b6ab547-8ec2-4991-b9d2-2b06702a48d7], timespan: 5m, condition: { gte: 3 } }\n`;
  expect(linted({ 'rules/correlation_whoami.yml': text }).map(brief)).toEqual([
    'LNT047 event_count',
  ]);
  expect(codesOf({ [path]: text })).toEqual(['LNT036', 'LNT047']);
});

test('a link in the description belongs under references', () => {
  const text = changed('Finds whoami run', 'See https://example.org: whoami run').replace(
    'references:\n  - https://example.org/whoami\n',
    '',
  );
  expect(codesOf({ [path]: text.replace('description: ', 'description: |-\n  ') })).toEqual([
    'LNT032',
  ]);
});

test('severities of the configuration win over the preset', () => {
  const text = changed('attack.t1033', 'attack.t9999').replace(
    'level: high',
    'fields: [User]\nlevel: high',
  );
  const severities = new Map<string, Severity>([
    ['LNT007', 'off'],
    ['LNT049', 'error'],
  ]);
  expect(linted({ [path]: text }, { preset: 'none' })).toEqual([]);
  expect(linted({ [path]: text }, { preset: 'none', severities })).toMatchObject([
    { code: 'LNT049', severity: 'error' },
  ]);
  expect(linted({ [path]: text }).map(({ code, severity }) => `${code} ${severity}`)).toEqual([
    'LNT049 warning',
    'LNT007 warning',
  ]);
});

test('a misspelt tactic gets a hint with the right one', () => {
  const text = clean.replace('attack.discovery', 'attack.credental_access');
  expect(linted({ [path]: text }, { preset: 'default' })).toMatchObject([
    { code: 'LNT007', hint: 'Did you mean `attack.credential-access`?' },
  ]);
});

test('each check is heard of in these tests', () => {
  const text = readFileSync(new URL(import.meta.url), 'utf8');
  expect(
    Object.keys(codeCatalogue).filter((code) => code.startsWith('LNT') && !text.includes(code)),
  ).toEqual([]);
});
