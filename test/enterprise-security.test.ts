import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTar } from './archives.ts';
import { definitionsIn, readStrictConf } from './conf-reader.ts';
import { type Finding, findingsOf, type RiskRow, risksOf } from './enterprise-security.ts';
import { type Event, runSpl } from './judges/spl/spl.ts';
import { sigpack } from './sigpack.ts';

const temporary = mkdtempSync(join(tmpdir(), 'sigpack-es-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

/** A rule a line: title, level, status, selection, settings. */
const detection = (
  number: number,
  title: string,
  head: string,
  selection: string,
  settings = '',
): string => `title: ${JSON.stringify(title)}
id: 21212121-1111-4111-8111-${String(number).padStart(12, '0')}
name: rule_${number}
${head}
logsource: { category: process_creation, product: windows }
detection: { sel: ${selection}, condition: sel }
${settings === '' ? '' : `sigpack: ${settings}\n`}`;

const rules = [
  detection(
    1,
    'Shell of an office program',
    'status: stable\nlevel: high\ntags: [attack.execution, attack.t1059, cve.2021-44228]\ndate: 2024-01-02\nmodified: 2024-05-06\ndescription: Word starts a shell.\nfalsepositives: [Macros of the finance department]',
    "{ ParentImage|endswith: '\\winword.exe', Image|endswith: '\\cmd.exe' }",
    "{ remediation: 'Ask the user.', splunk: { securityDomain: endpoint } }",
  ),
  detection(
    2,
    'Listing of processes',
    'status: stable\nlevel: low',
    "{ Image|endswith: '\\tasklist.exe' }",
  ),
  detection(
    3,
    'Experiment',
    'status: experimental\nlevel: critical',
    "{ Image|endswith: '\\whoami.exe' }",
  ),
  detection(
    4,
    'Set by hand',
    'status: experimental\nlevel: low',
    "{ Image|endswith: '\\net.exe' }",
    '{ risk: { score: 7 }, splunk: { output: finding } }',
  ),
  detection(
    5,
    'Of $User$ `x` | delete ] "q" \\',
    "status: test\nlevel: critical\ndescription: |\n  $Image$ and\n  `macro` [ search ]\nfalsepositives: ['$src$ | x', 'a \"b\" \\']",
    "{ CommandLine|contains: '$x$' }",
  ),
  `title: Many listings
id: 21212121-1111-4111-8111-000000000006
status: test
level: high
correlation: { type: event_count, rules: [rule_2], generate: true, group-by: [User], timespan: 10m, condition: { gte: 2 } }
`,
  `title: Many listings of all
id: 21212121-1111-4111-8111-000000000007
status: experimental
level: low
correlation: { type: event_count, rules: [rule_2], timespan: 10m, condition: { gte: 2 } }
`,
];

type Stanzas = ReadonlyMap<string, ReadonlyMap<string, string>>;

interface App {
  readonly stderr: string;
  readonly stdout: string;
  readonly searches: Stanzas;
  readonly macros: ReadonlyMap<string, string>;
  readonly readme: string;
}

async function built(pipeline: string, config: string, more: readonly string[] = []): Promise<App> {
  const folder = mkdtempSync(join(temporary, 'p-'));
  writeFileSync(
    join(folder, 'rules.yml'),
    [...rules, ...more].map((rule) => rule.trimEnd()).join('\n---\n'),
  );
  writeFileSync(
    join(folder, 'sigpack.yml'),
    `id: pk\ntitle: Pack of a test\nrules: [rules.yml]\n${config}\n`,
  );
  const { code, stdout, stderr } = await sigpack(
    ['build', '-t', 'splunk', '-p', pipeline, '-o', 'o'],
    { cwd: folder },
  );
  expect([code, stderr]).toEqual([0, stderr]);
  const files = await readTar(readFileSync(join(folder, 'o', 'pk-1.0.0.spl')));
  const text = (path: string): string =>
    files.find(({ header }) => header.name === `pk/${path}`)?.text ?? '';
  return {
    stderr,
    stdout,
    searches: readStrictConf(text('default/savedsearches.conf')),
    macros: definitionsIn(readStrictConf(text('default/macros.conf'))),
    readme: text('README.md'),
  };
}

/** What is said of one rule that may be left out. */
async function told(rule: string): Promise<string> {
  const folder = mkdtempSync(join(temporary, 'p-'));
  writeFileSync(join(folder, 'rules.yml'), rule);
  writeFileSync(join(folder, 'sigpack.yml'), 'id: pk\nrules: [rules.yml]\n');
  return (await sigpack(['check', '-t', 'splunk', '-p', 'splunk'], { cwd: folder })).stderr;
}

const withEs = 'splunk: { enterpriseSecurity: true }';
const start = 1_700_000_000;
const sysmon = {
  source: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational',
  sourcetype: 'XmlWinEventLog',
  index: 'win',
  EventCode: '1',
  host: 'forwarder',
};

/** As the add-on for Sysmon names the fields. */
const events: readonly Event[] = [
  ['pc1', 'CORP\\ann', 'C:\\Office\\WINWORD.EXE', 'C:\\Windows\\cmd.exe', 'cmd.exe /c dir'],
  ['pc2', 'CORP\\bob', 'C:\\Windows\\explorer.exe', 'C:\\Windows\\tasklist.exe', 'tasklist'],
  ['pc2', 'CORP\\bob', 'C:\\Windows\\explorer.exe', 'C:\\Windows\\tasklist.exe', 'tasklist /v'],
  ['pc1', 'CORP\\ann', 'C:\\Windows\\cmd.exe', 'C:\\Windows\\whoami.exe', 'whoami'],
  ['pc3', 'CORP\\eve "x"', 'C:\\Windows\\explorer.exe', 'C:\\Windows\\net.exe', 'net use'],
  ['pc3', 'CORP\\eve "x"', 'C:\\Windows\\explorer.exe', 'C:\\Windows\\run.exe', 'run $x$ now'],
].map(([Computer, User, ParentImage, Image, CommandLine], at) => ({
  ...sysmon,
  _time: start + 20 * at,
  Computer,
  User,
  ParentImage,
  Image,
  CommandLine,
}));

/** The same in the data model Endpoint.Processes. */
const modelled: readonly Event[] = events.map(
  ({ Computer, User, ParentImage, Image, CommandLine, _time, host }) => ({
    _time,
    host,
    datamodel: 'Endpoint.Processes',
    'Processes.dest': Computer,
    'Processes.user': User,
    'Processes.parent_process_path': ParentImage,
    'Processes.process_path': Image,
    'Processes.process': CommandLine,
  }),
);

const resultsOf = ({ macros }: App, search: string, on: readonly Event[]): readonly Event[] =>
  runSpl(search, on, { macros }, { earliest: start - 1000, latest: start + 3600 });

const searchOf = (settings: ReadonlyMap<string, string>): string => settings.get('search') ?? '';

const allOf = (app: App, on: readonly Event[]) =>
  [...app.searches].map(([name, settings]) => {
    const results = resultsOf(app, searchOf(settings), on);
    return { name, findings: findingsOf(settings, results), risks: risksOf(settings, results) };
  });

/** What becomes of the events: rule, output, entity, type, score, title or message. */
const rowsOf = (app: App, on: readonly Event[]): readonly string[] =>
  allOf(app, on).flatMap(({ name, findings, risks }) => [
    ...findings.map(({ entity, type, score, title }: Finding) =>
      [name, 'finding', entity, type, score, title].join(' ; '),
    ),
    ...risks.map(({ entity, type, score, message }: RiskRow) =>
      [name, 'risk', entity, type, score, message].join(' ; '),
    ),
  ]);

const paramOf = (app: App, name: string, key: string): unknown =>
  JSON.parse(app.searches.get(name)?.get(key) ?? 'null');

let raw: App;
let cim: App;
let plain: App;
beforeAll(async () => {
  raw = await built('splunk', withEs);
  cim = await built('splunk-cim', withEs);
  plain = await built(
    'splunk',
    'levels: { high: { risk: { score: 90 } } }\ndefaults: { splunk: { savedsearch: { action.notable.param.default_owner: ann } } }',
  );
});

describe('what Enterprise Security makes of the events', () => {
  it('of an add-on', () =>
    expect(rowsOf(raw, events)).toMatchInlineSnapshot(`
    [
      "Experiment ; risk ; pc1 ; system ; 80 ; Experiment: Computer=pc1, User=CORP\\ann, Image=C:\\Windows\\whoami.exe, ParentImage=C:\\Windows\\cmd.exe",
      "Experiment ; risk ; CORP\\ann ; user ; 80 ; Experiment: Computer=pc1, User=CORP\\ann, Image=C:\\Windows\\whoami.exe, ParentImage=C:\\Windows\\cmd.exe",
      "Listing of processes ; risk ; pc2 ; system ; 20 ; Listing of processes: Computer=pc2, User=CORP\\bob, Image=C:\\Windows\\tasklist.exe, ParentImage=C:\\Windows\\explorer.exe",
      "Listing of processes ; risk ; CORP\\bob ; user ; 20 ; Listing of processes: Computer=pc2, User=CORP\\bob, Image=C:\\Windows\\tasklist.exe, ParentImage=C:\\Windows\\explorer.exe",
      "Many listings ; finding ; CORP\\bob ; user ; 60 ; Many listings: CORP\\bob",
      "Many listings of all ; finding ;  ;  ;  ; Many listings of all",
      "Of $User$ \`x\` | delete ) "q" \\. ; finding ; pc3 ; system ; 80 ; Of ＄User＄ \`x\` | delete ) "q" \\.: pc3, CORP\\eve "x"",
      "Set by hand ; finding ; pc3 ; system ; 7 ; Set by hand: pc3, CORP\\eve "x"",
      "Shell of an office program ; finding ; pc1 ; system ; 60 ; Shell of an office program: pc1, CORP\\ann",
    ]
  `));
  it('of a data model', () =>
    expect(rowsOf(cim, modelled)).toMatchInlineSnapshot(`
    [
      "Experiment ; risk ; pc1 ; system ; 80 ; Experiment: dest=pc1, user=CORP\\ann, process_path=C:\\Windows\\whoami.exe, parent_process_path=C:\\Windows\\cmd.exe",
      "Experiment ; risk ; CORP\\ann ; user ; 80 ; Experiment: dest=pc1, user=CORP\\ann, process_path=C:\\Windows\\whoami.exe, parent_process_path=C:\\Windows\\cmd.exe",
      "Listing of processes ; risk ; pc2 ; system ; 20 ; Listing of processes: dest=pc2, user=CORP\\bob, process_path=C:\\Windows\\tasklist.exe, parent_process_path=C:\\Windows\\explorer.exe",
      "Listing of processes ; risk ; CORP\\bob ; user ; 20 ; Listing of processes: dest=pc2, user=CORP\\bob, process_path=C:\\Windows\\tasklist.exe, parent_process_path=C:\\Windows\\explorer.exe",
      "Many listings ; finding ; CORP\\bob ; user ; 60 ; Many listings: CORP\\bob",
      "Many listings of all ; finding ;  ;  ;  ; Many listings of all",
      "Of $User$ \`x\` | delete ) "q" \\. ; finding ; pc3 ; system ; 80 ; Of ＄User＄ \`x\` | delete ) "q" \\.: pc3, CORP\\eve "x"",
      "Set by hand ; finding ; pc3 ; system ; 7 ; Set by hand: pc3, CORP\\eve "x"",
      "Shell of an office program ; finding ; pc1 ; system ; 60 ; Shell of an office program: pc1, CORP\\ann",
    ]
  `));

  it('counts a result for each entity once, and shows what it is because of', () => {
    const listing = allOf(raw, events).find(({ name }) => name === 'Listing of processes');
    expect(listing?.risks.map(({ threats }) => threats)).toEqual(
      Array.from({ length: 2 }, () => [
        'process C:\\Windows\\tasklist.exe',
        'parent_process_name C:\\Windows\\explorer.exe',
      ]),
    );
  });

  it('is never a finding and risk at once', () => {
    for (const { searches } of [raw, cim])
      for (const settings of searches.values())
        expect(
          [settings.get('action.notable'), settings.get('action.risk')].filter(
            (value) => value === '1',
          ),
        ).toHaveLength(1);
  });
});

describe('an action beside the output', () => {
  const twice = (output: string, action: string): string =>
    detection(
      8,
      'Twice',
      'status: stable\nlevel: low',
      '{ Image: x }',
      `{ splunk: { output: ${output}, savedsearch: { ${action}: 1 } } }`,
    );

  it.each([
    ['finding', 'action.risk'],
    ['intermediate-finding', 'action.notable'],
  ])('of a %s is reported where %s counts its risk twice', async (output, action) => {
    const { stderr } = await built('splunk', withEs, [twice(output, action)]);
    expect(stderr).toContain(
      `warning[TGT007]: splunk: \`${action}\` makes a detection both a finding and an intermediate finding`,
    );
  });

  it('that is the same output is not', async () => {
    expect(
      (await built('splunk', withEs, [twice('finding', 'action.notable')])).stderr,
    ).not.toContain('TGT007');
  });
});

describe('a finding', () => {
  const findingOf = (app: App, on: readonly Event[], wanted: string): Finding => {
    const [finding] = allOf(app, on).find(({ name }) => name === wanted)?.findings ?? [];
    if (!finding) throw new Error(`no finding of ${wanted}`);
    return finding;
  };

  it('says what was found, and how bad it is', () => {
    const { description, severity, domain } = findingOf(raw, events, 'Shell of an office program');
    expect([description, severity, domain]).toEqual([
      'Word starts a shell. Found: Computer=pc1, User=CORP\\ann, Image=C:\\Windows\\cmd.exe, ParentImage=C:\\Office\\WINWORD.EXE',
      'high',
      'endpoint',
    ]);
  });

  it('drills down to its events, and to those of its entity', () => {
    const [behind, day, risk] = findingOf(raw, events, 'Shell of an office program').drillDowns;
    expect([behind, day, risk].map((one) => [one?.name, ...(one?.offsets ?? [])])).toEqual([
      ['Show the events of this finding', '$info_min_time$', '$info_max_time$'],
      ['Show the last 24 hours of pc1', '24h', '0'],
      ['Show the risk of pc1 in the last 7 days', '7d', '0'],
    ]);
    const imagesOf = (search = '') => resultsOf(raw, search, events).map(({ Image }) => Image);
    expect(imagesOf(behind?.search)).toEqual(['C:\\Windows\\cmd.exe']);
    expect(imagesOf(day?.search)).toEqual(['C:\\Windows\\whoami.exe', 'C:\\Windows\\cmd.exe']);
    expect(risk?.search).toMatch(
      /^\| from datamodel:"Risk"\."All_Risk" \| search risk_object="pc1" \| stats /,
    );
  });

  it('drills down with the values of its entities as they are, quotes and backslashes too', () => {
    const [behind] = findingOf(raw, events, 'Set by hand').drillDowns;
    expect(behind?.search).toContain(' | search Computer="pc3" User="CORP\\\\eve \\"x\\""');
    expect(
      resultsOf(raw, behind?.search ?? '', events).map(({ CommandLine }) => CommandLine),
    ).toEqual(['net use']);
  });

  it('drills down to an event without an entity', () => {
    const nameless = events.map((event) => ({ ...event, User: undefined }));
    const [behind] = findingOf(raw, nameless, 'Set by hand').drillDowns;
    expect(
      resultsOf(raw, behind?.search ?? '', nameless).map(({ CommandLine }) => CommandLine),
    ).toEqual(['net use']);
  });

  it('drills down into a data model', () => {
    const [behind, day] = findingOf(cim, modelled, 'Shell of an office program').drillDowns;
    expect(resultsOf(cim, behind?.search ?? '', modelled).map(({ process }) => process)).toEqual([
      'cmd.exe /c dir',
    ]);
    expect(day?.search).toBe('| from datamodel:"Endpoint"."Processes" | search dest="pc1"');
  });

  it('drills down to the group of a correlation', () => {
    const [behind] = findingOf(raw, events, 'Many listings').drillDowns;
    expect(behind?.name).toBe('Show the results of this detection');
    expect(
      resultsOf(raw, behind?.search ?? '', events).map(({ User, sigpack_hits }) => [
        User,
        sigpack_hits,
      ]),
    ).toEqual([['CORP\\bob', 1]]);
  });

  it('of a search with a dollar has no search that would be read for tokens', () => {
    const names = findingOf(raw, events, 'Of $User$ `x` | delete ) "q" \\.').drillDowns.map(
      ({ name }) => name,
    );
    expect(names).toEqual([
      'Show the last 24 hours of pc3',
      'Show the risk of pc3 in the last 7 days',
    ]);
  });
});

describe('what a list of detections shows', () => {
  it('is what the rule says of itself', async () => {
    const name = 'Shell of an office program';
    expect(paramOf(raw, name, 'action.correlationsearch.annotations')).toEqual({
      analytic_story: ['Pack of a test'],
      mitre_attack: ['T1059'],
      kill_chain_phases: ['Installation'],
      cve: ['CVE-2021-44228'],
    });
    expect(paramOf(raw, name, 'action.correlationsearch.metadata')).toMatchObject({
      detection_version: '20240506',
    });
    const settings = raw.searches.get(name);
    const guidance = [
      'how_to_implement',
      'known_false_positives',
      'creation_date',
      'modification_date',
    ].map((key) => settings?.get(`action.escu.${key}`));
    expect([settings?.get('action.escu'), ...guidance]).toEqual([
      '0',
      'The search finds its events by the macro pk_windows_process_creation_sysmon: define where they are. Collect these data. Log source: product windows, category process_creation. Channel: Microsoft-Windows-Sysmon/Operational (event ID 1). Fields: ParentImage, Image.',
      'Macros of the finance department',
      '2024-01-02',
      '2024-05-06',
    ]);
    const audit = await built('splunk-audit', withEs);
    expect(audit.searches.get(name)?.get('action.escu.how_to_implement')).toContain(
      ' Channel: Security (event ID 4688). Fields: ParentImage, Image.',
    );
    expect(cim.searches.get(name)?.get('action.escu.how_to_implement')).toContain(
      'Sysmon/Operational (event ID 1) or Security (event ID 4688)',
    );
    expect(cim.searches.get(name)?.get('action.escu.how_to_implement')).toMatch(
      /^The events must be in the data model Endpoint\.Processes\. /,
    );
  });
});

describe('without Enterprise Security', () => {
  it('no action of it is written, whoever asks for it, and searches alert by themselves', () => {
    for (const settings of plain.searches.values()) {
      expect([...settings.keys()].filter((key) => key.startsWith('action.'))).toEqual([]);
      expect([settings.get('alert.track'), settings.get('alert.severity')]).toEqual([
        '1',
        expect.stringMatching(/^[356]$/),
      ]);
    }
  });

  it('settings for it are reported once, with the first place', () => {
    expect(plain.stderr.match(/TGT007/g)).toHaveLength(1);
    expect(plain.stderr).toContain(
      'sigpack.yml:5:38: warning[TGT007]: splunk: the app is made for a Splunk without Enterprise Security, so `action.notable.param.default_owner`, `risk`, `splunk.securityDomain` and `splunk.output` change nothing, in 5 places (the first is here)',
    );
    expect(raw.stderr).not.toContain('TGT007');
  });

  it.each([
    ['action.risk', '1'],
    ['action.correlationsearch.label', 'x'],
  ])(
    '`%s` of a rule is reported and not written, and not reported of a rule that is left out',
    async (key, value) => {
      const settings = `{ splunk: { savedsearch: { ${key}: ${value}, schedule_window: 5 } } }`;
      const own = detection(8, 'Of its own', 'status: test', '{ Image: x }', settings);
      const app = await built('splunk', '', [own]);
      const [of] = app.stderr.split('\n').filter((line) => line.includes(`\`${key}\``));
      expect(of).toMatch(/TGT007.* change nothing/);
      expect([
        app.searches.get('Of its own')?.get(key),
        app.searches.get('Of its own')?.get('schedule_window'),
      ]).toEqual([undefined, '5']);
      const left = await built(
        'splunk',
        'select: { excludeIds: [21212121-1111-4111-8111-000000000008] }',
        [own],
      );
      expect(left.stderr).not.toContain(key);
      const diagnostics = await told(own.replace('schedule_window', 'dispatchAs'));
      expect(diagnostics).toContain('error[SIG070]');
      expect(diagnostics).not.toContain('TGT007');
    },
  );

  it('the report and the README say which of both the app is made for', () => {
    expect(plain.stdout + plain.stderr).toMatch(
      /\nsplunk .*;\s+without\s+Enterprise\s+Security\n/s,
    );
    expect(raw.stdout + raw.stderr).toMatch(/\nsplunk .*;\s+with\s+Enterprise\s+Security\n/s);
    for (const { readme } of [raw, cim]) expect(readme).toMatch(/\nAuthor: Sigpack\.\n/);
    expect(raw.readme).toContain('## Macros\n\n- `');
    expect(cim.readme).not.toMatch(/## Macros|override the index/);
    expect(cim.readme).toMatch(/^1\. Accelerate the data models/m);
    expect(plain.readme).toContain('Made for Splunk without Enterprise Security');
    expect(raw.readme).toContain('Made for Splunk with Enterprise Security 7 or 8');
  });
});
