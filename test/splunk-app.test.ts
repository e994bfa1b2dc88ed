import { readFileSync } from 'node:fs';
import { XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { renderSplunkApp, type SplunkApp, splunkAppSources } from '../src/artifact/splunk/app.ts';
import type { SplunkAppInput } from '../src/artifact/splunk/app-input.ts';
import type { PackDetection, PackInfo, SplunkDetection } from '../src/pack/model/detection.ts';
import { compareConf } from '../src/pack/render/conf-difference.ts';
import { readConf } from '../src/pack/render/conf-reader.ts';
import { stanzaName } from '../src/pack/render/conf-text.ts';
import { createRenderer } from '../src/pack/render/template.ts';
import type { DetectionSettings } from '../src/pack/settings/settings.ts';
import { isSavedSearchKey } from '../src/pack/settings/splunk-keys.ts';
import { savedSearchSettings } from '../src/pack/splunk/savedsearch.ts';
import type { Level } from '../src/sigma/rule/rule.ts';

const folder = new URL('../templates/', import.meta.url);
const templates = new Map<string, string>();
const assets = new Map<string, Uint8Array>();
for (const name of splunkAppSources) {
  if (name.endsWith('.hbs')) templates.set(name, readFileSync(new URL(name, folder), 'utf8'));
  else assets.set(name, readFileSync(new URL(name, folder)));
}

const info: PackInfo = {
  id: 'sigpack_test',
  title: 'Test detections',
  version: '1.2.3',
  description: 'Detections for a test',
  author: 'Blue Team',
  vendor: 'Example',
  url: 'https://example.test/?a=1&b=2',
  license: 'DRL 1.1',
  revision: 7,
};

const settings: DetectionSettings = {
  enabled: true,
  interval: 3600,
  delay: 600,
  threshold: 1,
  splunk: { securityDomain: 'threat', savedsearch: {} },
  graylog: { keyFields: [], streams: [] },
};

const file = { path: 'r.yml', text: '', lineStarts: [0] };
const place = { start: 0, end: 0 };

interface Sample {
  readonly title: string;
  readonly id?: string;
  readonly name?: string;
  readonly severity?: Level;
  readonly search?: string;
  readonly settings?: Partial<DetectionSettings>;
  readonly rule?: Partial<
    Pick<
      PackDetection['rule'],
      | 'description'
      | 'author'
      | 'references'
      | 'falsepositives'
      | 'tags'
      | 'status'
      | 'date'
      | 'modified'
    >
  >;
  readonly attack?: Partial<PackDetection['attack']>;
}

function detection(sample: Sample, index = 0): SplunkDetection {
  const slug = `rule_${index}`;
  return {
    search: `${sample.search ?? `index=main EventID=${index}`} | \`${slug}_filter\``,
    filterMacro: `${slug}_filter`,
    scopes: [{ source: { product: 'windows' }, macro: 'acme_windows' }],
    detection: {
      id: sample.id ?? `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
      name: sample.name ?? sample.title,
      slug,
      filterMacro: `${slug}_filter`,
      rule: {
        kind: 'detection',
        file,
        span: place,
        titleSpan: place,
        title: sample.title,
        references: [],
        tags: [],
        falsepositives: [],
        fields: [],
        logsource: { product: 'windows' },
        detection: { span: place, searches: new Map(), conditions: [] },
        ...sample.rule,
      } as PackDetection['rule'],
      severity: sample.severity ?? 'medium',
      logSources: [{ product: 'windows', service: 'dhcp' }],
      attack: { tactics: [], techniques: [], groups: [], software: [], ...sample.attack },
      settings: { ...settings, ...sample.settings },
    },
  };
}

function build(
  detections: readonly SplunkDetection[],
  more: Partial<SplunkAppInput> = {},
): SplunkApp & { text(path: string): string } {
  const render = createRenderer({ templates });
  const macros = [
    { name: 'sigpack_windows_dhcp', definition: 'index=*', comment: 'Where the DHCP events are' },
  ];
  const app = renderSplunkApp({ info, detections, macros, render, assets, ...more });
  return {
    ...app,
    text: (path) => String(app.files.find((entry) => entry.path === `${info.id}/${path}`)?.content),
  };
}

const small: readonly Sample[] = [
  {
    title: 'DHCP Server Error Failed Loading the CallOut DLL',
    id: '75edd3fd-7146-48e5-9848-3013d7f0282c',
    severity: 'critical',
    search: '`sigpack_windows_dhcp` EventID IN ("1031", "1032", "1034")',
    rule: {
      description: 'This rule detects a DHCP server error',
      author: 'Dimitrios Slamaris',
      references: ['https://blog.example.test/dhcp.html', 'https://docs.example.test/x'],
      falsepositives: ['Unknown'],
      tags: ['attack.defense-evasion', 'attack.t1574.001', 'cve.2021-44228'],
      status: 'test',
      date: '2017-05-15',
      modified: '2022-12-25',
    },
    attack: { tactics: ['defense-evasion'], techniques: ['T1574.001'] },
  },
  {
    title: 'Brute force',
    severity: 'low',
    rule: { status: 'experimental' },
    attack: { tactics: ['credential-access', 'command-and-control'], techniques: ['T1110'] },
    settings: {
      enabled: false,
      interval: 900,
      threshold: 5,
      owner: 'team-a',
      suppress: { fields: ['user', 'Threat Name'], period: 5400 },
      risk: { score: 25, objects: [{ field: 'user', type: 'user' }] },
      splunk: {
        securityDomain: 'access',
        savedsearch: {
          'action.email': '1',
          'action.email.to': 'soc@example.test',
          'alert.track': '1',
        },
      },
    },
  },
];

describe('a small app', () => {
  const more = { attackNames: new Map([['T1110', 'Brute Force']]), enterpriseSecurity: true };
  const app = build(small.map(detection), more);

  it('has all files of an app, sorted, and no problem', () => {
    expect(app.reasons).toEqual([]);
    expect(app.files.map(({ path }) => path)).toEqual([
      'sigpack_test/README.md',
      'sigpack_test/app.manifest',
      'sigpack_test/default/app.conf',
      'sigpack_test/default/data/ui/nav/default.xml',
      'sigpack_test/default/data/ui/views/detection.xml',
      'sigpack_test/default/data/ui/views/inventory.xml',
      'sigpack_test/default/data/ui/views/overview.xml',
      'sigpack_test/default/macros.conf',
      'sigpack_test/default/savedsearches.conf',
      'sigpack_test/default/transforms.conf',
      'sigpack_test/lookups/sigpack_test_attack.csv',
      'sigpack_test/lookups/sigpack_test_detections.csv',
      'sigpack_test/lookups/sigpack_test_pages.csv',
      'sigpack_test/metadata/default.meta',
      'sigpack_test/static/appIcon.png',
      'sigpack_test/static/appIcon_2x.png',
    ]);
  });

  it.each(
    app.files
      .filter(({ path }) => !path.endsWith('.png'))
      .map(({ path, content }) => [path, Buffer.from(content).toString()]),
  )('writes %s as agreed', async (path, content) => {
    expect(content).not.toMatch(/[\t ]\n|\n\n$/);
    await expect(content).toMatchFileSnapshot(`packs/splunk-app/${path.slice(info.id.length + 1)}`);
  });

  it('has icons of the sizes that Splunk wants', () => {
    const sizes = app.files
      .filter(({ path }) => path.endsWith('.png'))
      .map(({ content }) => Buffer.from(content as Uint8Array).readUInt32BE(16));
    expect(sizes).toEqual([36, 72]);
  });

  it('is the same whatever order the detections come in', () => {
    expect(build(small.map(detection).reverse(), more).files).toEqual(app.files);
  });
});

describe('settings of a search', () => {
  const of = (sample: Omit<Sample, 'title'>, enterpriseSecurity = true) =>
    savedSearchSettings(detection({ title: 'T', ...sample }), { info, enterpriseSecurity });

  it('uses known keys only', () => {
    for (const sample of small)
      for (const enterpriseSecurity of [true, false])
        for (const key of savedSearchSettings(detection(sample), {
          info,
          enterpriseSecurity,
        }).keys())
          expect([key, isSavedSearchKey(key)]).toEqual([key, true]);
  });

  it.each([
    ['informational', '2'],
    ['low', '3'],
    ['medium', '4'],
    ['high', '5'],
    ['critical', '6'],
  ] as const)('%s is severity %s', (severity, value) => {
    expect(of({ severity }).get('alert.severity')).toBe(value);
    const finding = of({
      severity,
      settings: { splunk: { ...settings.splunk, output: 'finding' } },
    });
    expect(finding.get('action.notable.param.severity')).toBe(severity);
  });

  it('makes one alert for all results unless fields are throttled', () => {
    const digest = (suppress?: DetectionSettings['suppress']) => {
      const found = of({ settings: suppress === undefined ? {} : { suppress } });
      return [
        'alert.digest_mode',
        'alert.suppress',
        'alert.suppress.fields',
        'alert.suppress.period',
      ].map((key) => found.get(key));
    };
    expect(digest()).toEqual(['1', '0', undefined, undefined]);
    expect(digest({ fields: [], period: 45 })).toEqual(['1', '1', undefined, '45s']);
    expect(digest({ fields: ['user'], period: 7200 })).toEqual(['0', '1', 'user', '2h']);
    expect(digest({ fields: ['user'], period: 0 })).toEqual(['1', '0', undefined, undefined]);
  });

  it("keeps to Splunk's shortest interval, and a custom schedule with a window over its longest gap", () => {
    const fast = of({ settings: { interval: 60 } });
    expect(fast.get('cron_schedule')?.split(' ')[0]?.split(',')).toHaveLength(12);
    expect(fast.get('dispatch.earliest_time')).toBe('-15m@m');
    const custom = of({ settings: { cron: '0 6 * * *' } });
    expect([custom.get('cron_schedule'), custom.get('dispatch.earliest_time')]).toEqual([
      '0 6 * * *',
      '-1450m@m',
    ]);
  });

  it('lets any setting be overridden', () => {
    const found = of({
      settings: {
        splunk: { ...settings.splunk, savedsearch: { search: 'index=x', 'alert.severity': '1' } },
      },
    });
    expect([found.get('search'), found.get('alert.severity'), found.get('alert.track')]).toEqual([
      'index=x',
      '1',
      '1',
    ]);
  });

  it('holds no tokens of the rule in what Enterprise Security expands', () => {
    const named = { name: 'Share $user$ C$', rule: { description: 'Sends $src$ to $dest$' } };
    const finding = of({
      ...named,
      settings: { splunk: { ...settings.splunk, output: 'finding' } },
    });
    expect(finding.get('action.notable.param.rule_title')).toBe(
      'Share \uff04user\uff04 C\uff04: $orig_host$',
    );
    expect(finding.get('action.notable.param.rule_description')).toBe(
      'Sends \uff04src\uff04 to \uff04dest\uff04. Found: host=$orig_host$',
    );
    expect(finding.get('description')).toBe('Sends $src$ to $dest$');
    const risk = of({
      ...named,
      settings: { splunk: { ...settings.splunk, output: 'intermediate-finding' } },
    });
    expect(risk.get('action.risk.param._risk_message')).toBe(
      'Share \uff04user\uff04 C\uff04: host=$host$',
    );
  });

  it('gives the steps as next steps, without a token or an action to run', () => {
    const steps = (remediation: string): string | undefined =>
      of({ settings: { remediation, splunk: { ...settings.splunk, output: 'finding' } } }).get(
        'action.notable.param.next_steps',
      );
    expect(steps('1. Ask "alice".\n2. Look.\n')).toBe(
      '{"version":1,"data":"1. Ask \\"alice\\".\\n2. Look."}',
    );
    expect(steps('Run [[action|ping]] and [[[action|ping]] on $src$')).toBe(
      '{"version":1,"data":"Run [ [action|ping]] and [ [ [action|ping]] on \uff04src\uff04"}',
    );
    expect(steps('a\u0007b\r\nc\\')).not.toMatch(/[\p{Cc}]/u);
    expect(steps(' \n')).toBeUndefined();
    expect(
      of({ settings: { splunk: { ...settings.splunk, output: 'finding' } } }).has(
        'action.notable.param.next_steps',
      ),
    ).toBe(false);
  });
});

const hostileTexts = [
  '[brackets] in ] a name [',
  'ends in a backslash\\',
  'blank after \\ \u00a0',
  'two\nlines = 1\n[evil]\nsearch = index=*',
  'üñïçødé 漢字 \u202ereversed \u2028x\u0085y',
  '$tokens$ and C$',
  '`macro` | runshellscript x [ search index=* ]',
  '"quotes" and \'single\' ones',
  'runs rm -rf / and "rm", "-rf"',
  'from 10.0.0.1 to 203.0.113.7:80',
  'cmd\nnode and url=https://x.test/?token=1',
  '<b>&amp;]]></query><query>| delete',
  ',",\r\n=cmd()',
  '=HYPERLINK("x")',
  '# comment',
  '{{#each x}}{{json y}}',
  'lone \ud800 half \u0000\u0007\ufeff',
  '../../../etc/passwd',
  'default',
];

describe('hostile rules', () => {
  const samples = hostileTexts.map(
    (text, index): Sample => ({
      title: text,
      name: text,
      rule: {
        description: text,
        author: text,
        references: [text, `https://x.test/${text}`],
        falsepositives: [text, text],
      },
      attack: {
        tactics: ['execution', text.toLowerCase(), 'x" | delete'],
        techniques: ['T1059', text],
      },
      settings: {
        owner: text,
        remediation: text,
        suppress: { fields: [text], period: 60 },
        risk: { objects: [{ field: text, type: 'other' }] },
        splunk: {
          ...settings.splunk,
          output: index % 3 === 0 ? 'finding' : 'intermediate-finding',
          securityDomain: text,
        },
      },
      severity: index % 2 === 0 ? 'high' : 'low',
    }),
  );
  const detections = samples.map(detection);
  const hostileOptions = {
    info: { ...info, title: hostileTexts.join(' ') },
    enterpriseSecurity: true,
  };
  const app = build(detections, {
    enterpriseSecurity: true,
    macros: [{ name: 'x]y\n[z', definition: 'index=a', comment: 'two\nlines\\' }],
    info: {
      ...info,
      title: hostileTexts.join(' '),
      description: hostileTexts.join('\n'),
      author: 'a\\',
      vendor: '"',
      license: '</x>',
    },
    attackNames: new Map(hostileTexts.map((text) => [text, text])),
  });

  it('change nothing beside their own values', () => {
    expect(app.reasons).toEqual([]);
    const model = new Map(
      detections.map((one) => [
        stanzaName(one.detection.name),
        savedSearchSettings(one, hostileOptions),
      ]),
    );
    expect(compareConf(model, app.text('default/savedsearches.conf'), 'refuse')).toEqual([]);
    expect([...readConf(app.text('default/macros.conf')).stanzas.keys()]).toEqual([
      'x)y (z',
      ...detections.map(({ filterMacro }) => filterMacro).sort(),
    ]);
    expect([...readConf(app.text('default/app.conf')).stanzas.keys()]).toEqual([
      'id',
      'install',
      'launcher',
      'package',
      'ui',
    ]);
    expect(app.files.map(({ path }) => path)).toEqual(
      build(small.map(detection)).files.map(({ path }) => path),
    );
  });

  it('leave XML and JSON well-formed', () => {
    for (const path of ['nav/default', 'views/detection', 'views/inventory', 'views/overview'].map(
      (name) => `default/data/ui/${name}.xml`,
    ))
      expect([path, XMLValidator.validate(app.text(path))]).toEqual([path, true]);
    expect(JSON.parse(app.text('app.manifest'))).toMatchObject({
      schemaVersion: '2.0.0',
      info: { id: { name: info.id } },
    });
    expect(app.text('default/data/ui/views/inventory.xml')).toMatch(
      /table technique(?: "[A-Za-z ]+")+<\/query>/,
    );
    for (const found of readConf(app.text('default/savedsearches.conf')).stanzas.values()) {
      const entities =
        found.get('action.notable') === '1'
          ? 'action.notable.param._entities'
          : 'action.risk.param._risk';
      for (const key of [
        'action.correlationsearch.annotations',
        'action.correlationsearch.metadata',
        entities,
      ])
        expect(() => JSON.parse(found.get(key) ?? '')).not.toThrow();
    }
  });

  it('stay in their row and cell of the lookups', () => {
    const rows = readCsv(app.text('lookups/sigpack_test_detections.csv'));
    expect(rows).toHaveLength(samples.length + 1);
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([15]));
    const names = [...readConf(app.text('default/savedsearches.conf')).stanzas.keys()];
    // a spreadsheet would run a name that starts with = as a formula
    expect(rows.slice(1).map(([name]) => name?.replace(/^'(?==)/, ''))).toEqual(names);
    const links = rows.slice(1).flatMap((row) => [row[11] ?? '', ...(row[13] ?? '').split('|')]);
    expect(
      links.filter(
        (link) => link !== '' && !/^https?:\/\/x\.test\/[^\s"'<>`\\|$()[\]{}]*$/.test(link),
      ),
    ).toEqual([]);
    expect(links.filter((link) => link !== '').length).toBeGreaterThan(20);
  });
});

describe('the references of a detection', () => {
  const linksOf = (references: readonly string[]): readonly string[] => {
    const rows = readCsv(
      build([detection({ title: 'one', rule: { references } })]).text(
        'lookups/sigpack_test_detections.csv',
      ),
    );
    const at = (name: string): string => rows[1]?.[rows[0]?.indexOf(name) ?? -1] ?? '';
    expect(at('reference')).toBe(at('links').split('|')[0]);
    return at('links') === '' ? [] : at('links').split('|');
  };

  it('are all links, in their order', () => {
    const references = [
      'https://a.test/x?b=1&c=2#d',
      'a book, page 3',
      'http://b.test',
      'HTTPS://C.test/%20',
    ];
    expect(linksOf(references)).toEqual([
      'https://a.test/x?b=1&c=2#d',
      'http://b.test',
      'https://C.test/%20',
    ]);
  });

  it.each([
    'javascript:alert(1)',
    ' javascript:alert(1)//https://a.test',
    'JaVaScRiPt:https://a.test/',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    '//a.test/x',
    '/app/search',
    'https:/a.test',
    'https://',
    'https:///a.test',
    'https://good.test@evil.test/',
    'https://good.test\\@evil.test/',
    'https://user:secret@a.test/',
    'java\nscript:alert(1)',
    'see https://a.test/',
    // AppInspect warns of these
    'http://10.0.0.1/x',
    'https://a.test/?url=http://b.test',
  ])('%j is not a link', (reference) => expect(linksOf([reference])).toEqual([]));

  it.each([
    ['https://a.test/|https://b.test', 'https://a.test/%7Chttps://b.test'],
    ['https://a.test/" onclick="x', 'https://a.test/%22%20onclick=%22x'],
    ['https://a.test/$row.name$', 'https://a.test/%24row.name%24'],
    ["https://a.test/(x)'<b>`", 'https://a.test/%28x%29%27%3Cb%3E%60'],
    ['https://a.test/\njavascript:x', 'https://a.test/%0Ajavascript:x'],
    ['https://a.test/\u202ex\ud800', 'https://a.test/%E2%80%AEx\ufffd'],
  ])('%j stays one link', (reference, link) => expect(linksOf([reference])).toEqual([link]));

  it('are opened by the dashboard where they are links, and by nothing else', () => {
    const app = build(small.map(detection));
    const view = ['overview', 'inventory', 'detection']
      .map((name) => app.text(`default/data/ui/views/${name}.xml`))
      .join('');
    const opened = [...view.matchAll(/<link[^>]*>([^<]+)<\/link>/g)].map(
      ([, target]) => target ?? '',
    );
    expect(opened.filter((target) => !target.startsWith('/app/'))).toEqual([
      '$row.reference|n$',
      'https://attack.mitre.org/techniques/$row.page|n$/',
      '$row.reference|n$',
    ]);
    const queries = [...view.matchAll(/<query>([^<]+)<\/query>/g)]
      .map(([, query = '']) => query)
      .filter((query) => /\breference\b/.test(query));
    expect(queries).toHaveLength(2);
    // whatever an admin writes into the lookup
    for (const query of queries)
      expect(query).toMatch(/match\((?:reference|links), "\^https\?:\/\/"\)/);
    expect(queries[1]).toContain('makemv delim="|" links | mvexpand links');
  });
});

describe('what cannot be written', () => {
  it.each([
    [
      'a schedule that Splunk Cloud refuses',
      { settings: { cron: '*/2 * * * *' } },
      /cron expression "\*\/2 \* \* \* \*" runs 30 times/,
    ],
    ['a schedule without a day', { settings: { cron: '0 0 31 2 *' } }, /never runs/],
    ['a search on two lines', { search: 'index=a\nindex=b' }, /search holds a line break/],
    [
      'a setting that ends in a backslash',
      { settings: { splunk: { ...settings.splunk, savedsearch: { 'action.x.param.y': 'C:\\' } } } },
      /action\.x\.param\.y ends in a backslash/,
    ],
    [
      'a key with a line break',
      { settings: { splunk: { ...settings.splunk, savedsearch: { 'x = 1\n[evil]': '1' } } } },
      /is not a name of a setting/,
    ],
  ] as const)('%s is a problem and leaves the others whole', (_, sample, message) => {
    const app = build([detection({ title: 'bad', ...sample }, 1), detection({ title: 'good' }, 2)]);
    expect(app.reasons).toEqual([expect.stringMatching(message)]);
    expect([...readConf(app.text('default/savedsearches.conf')).stanzas.keys()]).toEqual(['good']);
  });

  it('two names that become one', () => {
    expect(build([detection({ title: '[x]' }, 1), detection({ title: '(X)' }, 2)]).reasons).toEqual(
      ['default/savedsearches.conf: [(X)] has the name of another detection'],
    );
  });

  it('a template that loses a value is found out, one that adds a setting is not', () => {
    const path = 'splunk/default/savedsearches.conf.hbs';
    const withTemplate = (source: string) =>
      build([detection({ title: 'one' })], {
        render: createRenderer({ templates: new Map([...templates, [path, source]]) }),
      }).reasons;
    expect(
      withTemplate('{{#each stanzas}}\n{{stanza name settings}}\nalert.expires = 7d\n{{/each}}\n'),
    ).toEqual([]);
    expect(
      withTemplate(
        '{{#each stanzas}}\n[{{name}}]\n{{#each settings}}\n{{this.[0]}} = {{this.[1]}}\n{{/each}}\n{{/each}}\n',
      ),
    ).toEqual([]);
    expect(
      withTemplate('{{#each stanzas}}\n{{stanza name settings}}\ndisabled = 1\n{{/each}}\n'),
    ).toEqual([
      expect.stringMatching(
        /^default\/savedsearches\.conf: line \d+: \[one\] disabled a second time$/,
      ),
      expect.stringMatching(/disabled reads "1", not "0"$/),
    ]);
    expect(withTemplate('# empty\n')).toEqual(['default/savedsearches.conf: [one] is missing']);
  });

  it('an asset that is missing', () => {
    expect(build([], { assets: new Map() }).reasons).toEqual([
      'static/appIcon.png: there is no such asset',
      'static/appIcon_2x.png: there is no such asset',
    ]);
  });
});

function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  const row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (quoted && char === '"' && text[at + 1] === '"') {
      cell += char;
      at += 1;
    } else if (char === '"') quoted = !quoted;
    else if (!quoted && (char === ',' || char === '\n')) {
      row.push(cell);
      cell = '';
      if (char === '\n') rows.push(row.splice(0));
    } else cell += char;
  }
  return rows;
}
