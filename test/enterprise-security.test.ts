import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTar } from './archives.ts';
import { readStrictConf } from './conf-reader.ts';
import { type Finding, findingsOf, type RiskRow, risksOf } from './enterprise-security.ts';
import { type Event, runSpl } from './judges/spl/spl.ts';
import { sigpack } from './sigpack.ts';

const temporary = mkdtempSync(join(tmpdir(), 'sigpack-es-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

/** A rule a line: title, level, status, selection, settings. */
const detection = (number: number, title: string, head: string, selection: string, settings = ''): string => `title: ${JSON.stringify(title)}
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
  detection(2, 'Listing of processes', 'status: stable\nlevel: low', "{ Image|endswith: '\\tasklist.exe' }"),
  detection(3, 'Experiment', 'status: experimental\nlevel: critical', "{ Image|endswith: '\\whoami.exe' }"),
  detection(4, 'Set by hand', 'status: experimental\nlevel: low', "{ Image|endswith: '\\net.exe' }", '{ risk: { score: 7 }, splunk: { output: finding } }'),
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
correlation: { type: event_count, rules: [rule_2], group-by: [User], timespan: 10m, condition: { gte: 2 } }
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

async function built(pipeline: string, config: string): Promise<App> {
  const folder = mkdtempSync(join(temporary, 'p-'));
  writeFileSync(join(folder, 'rules.yml'), rules.map((rule) => rule.trimEnd()).join('\n---\n'));
  writeFileSync(join(folder, 'sigpack.yml'), `id: pk\ntitle: Pack\nrules: [rules.yml]\n${config}\n`);
  const { code, stdout, stderr } = await sigpack(['build', '-t', 'splunk', '-p', pipeline, '-o', 'o'], { cwd: folder });
  expect([code, stderr]).toEqual([0, stderr]);
  const files = await readTar(readFileSync(join(folder, 'o', 'pk-1.0.0.spl')));
  const text = (path: string): string => files.find(({ header }) => header.name === `pk/${path}`)?.text ?? '';
  const macros = [...readStrictConf(text('default/macros.conf'))].map(([name, one]) => [name, one.get('definition') ?? ''] as const);
  return { stderr, stdout, searches: readStrictConf(text('default/savedsearches.conf')), macros: new Map(macros), readme: text('README.md') };
}

const withEs = 'splunk: { enterpriseSecurity: true }';
const start = 1_700_000_000;
const sysmon = { source: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational', sourcetype: 'XmlWinEventLog', index: 'win', EventID: '1', host: 'forwarder' };

/** As the add-on for Sysmon names the fields. */
const events: readonly Event[] = [
  ['pc1', 'CORP\\ann', 'C:\\Office\\WINWORD.EXE', 'C:\\Windows\\cmd.exe', 'cmd.exe /c dir'],
  ['pc2', 'CORP\\bob', 'C:\\Windows\\explorer.exe', 'C:\\Windows\\tasklist.exe', 'tasklist'],
  ['pc2', 'CORP\\bob', 'C:\\Windows\\explorer.exe', 'C:\\Windows\\tasklist.exe', 'tasklist /v'],
  ['pc1', 'CORP\\ann', 'C:\\Windows\\cmd.exe', 'C:\\Windows\\whoami.exe', 'whoami'],
  ['pc3', 'CORP\\eve "x"', 'C:\\Windows\\explorer.exe', 'C:\\Windows\\net.exe', 'net use'],
  ['pc3', 'CORP\\eve "x"', 'C:\\Windows\\explorer.exe', 'C:\\Windows\\run.exe', 'run $x$ now'],
].map(([Computer, User, ParentImage, Image, CommandLine], at) => ({ ...sysmon, _time: start + 20 * at, Computer, User, ParentImage, Image, CommandLine }));

/** The same in the data model Endpoint.Processes. */
const modelled: readonly Event[] = events.map(({ Computer, User, ParentImage, Image, CommandLine, _time, host }) => ({
  _time,
  host,
  'Processes.dest': Computer,
  'Processes.user': User,
  'Processes.parent_process_path': ParentImage,
  'Processes.process_path': Image,
  'Processes.process': CommandLine,
}));

const resultsOf = ({ macros }: App, search: string, on: readonly Event[]): readonly Event[] =>
  runSpl(search, on, { macros }, { earliest: start - 100, latest: start + 3600 });

const searchOf = (settings: ReadonlyMap<string, string>): string => settings.get('search') ?? '';

/** What becomes of the events: rule, output, entity, type, score, title or message. */
function rowsOf(app: App, on: readonly Event[]): readonly (readonly (string | number | undefined)[])[] {
  return [...app.searches].flatMap(([name, settings]) => {
    const results = resultsOf(app, searchOf(settings), on);
    const findings = findingsOf(settings, results).map(({ entity, type, score, title }: Finding) => [name, 'finding', entity, type, score, title]);
    const risks = risksOf(settings, results).map(({ entity, type, score, message }: RiskRow) => [name, 'risk', entity, type, score, message]);
    return [...findings, ...risks];
  });
}

let raw: App;
let cim: App;
beforeAll(async () => {
  raw = await built('splunk', withEs);
  cim = await built('splunk-cim', withEs);
});

describe('what Enterprise Security makes of the events', () => {
  it('of an add-on', () => expect(rowsOf(raw, events)).toMatchInlineSnapshot());
  it('of a data model', () => expect(rowsOf(cim, modelled)).toMatchInlineSnapshot());
});
