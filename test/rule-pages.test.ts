import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { attackTechniques, tacticByShortName, techniqueNames } from '../src/attack/names.ts';
import {
  defaultTargetSettings,
  type RegisteredTarget,
  targets as registered,
} from '../src/backend/registry.ts';
import { recordsOf } from '../src/cli/command/docs/records.ts';
import { docs } from '../src/cli/command/docs/run.ts';
import { openProject } from '../src/cli/project/project.ts';
import { loadTemplates } from '../src/cli/project/template-files.ts';
import { writePages } from '../src/cli/write/pages.ts';
import { dataNeeded } from '../src/docs/data-needed.ts';
import { fenceFor, markdownLink, markdownText, safeUrl } from '../src/docs/escape.ts';
import { attackMatrix, countAttack, heatOf } from '../src/docs/site/matrix.ts';
import { navigatorLayer } from '../src/docs/site/navigator.ts';
import { createRelations } from '../src/docs/site/relations.ts';
import { type DocsFormat, docsFiles } from '../src/docs/site/site.ts';
import { createSlugs } from '../src/docs/slug.ts';
import type { PackFile } from '../src/pack/model/detection.ts';
import { createRenderer } from '../src/pack/render/template.ts';
import { TemplateError } from '../src/pack/render/template-error.ts';
import type { CompiledRule } from '../src/query/compile.ts';
import { compileText } from './compile.ts';
import { anyEvents } from './project-folder.ts';
import { ruleSet } from './rule-set.ts';
import { update } from './update.ts';
import { windowsLogs } from './windows-logs.ts';

const root = join(import.meta.dirname, '..');
const { templates, assets } = loadTemplates(undefined);
const render = createRenderer({ templates });

/** A target that answers with a text of the rule's, or refuses. */
function fake(
  name: string,
  query: ((compiled: CompiledRule) => string) | undefined,
  refusal = 'it cannot',
): RegisteredTarget {
  return {
    name,
    description: name,
    formats: [
      {
        name: 'default',
        description: '',
        extension: 'txt',
        print: (entries) =>
          entries.map(({ converted }) => `${converted.queries.join('\n')}\n`).join(''),
      },
    ],
    convert: (compiled) => {
      const place = {
        code: 'TGT001',
        file: compiled.rule.file,
        span: compiled.rule.titleSpan,
      } as const;
      if (!query)
        return { ok: false, error: [{ ...place, message: refusal, hint: 'Use another.' }] };
      return {
        ok: true,
        value: { queries: [query(compiled)] },
        diagnostics: [{ ...place, message: refusal }],
      };
    },
  };
}

function pages(
  rules: readonly CompiledRule[],
  format: DocsFormat,
  targets: readonly RegisteredTarget[],
): ReadonlyMap<string, string> {
  const convert = (target: RegisteredTarget, compiled: CompiledRule) =>
    target.convert(compiled, defaultTargetSettings);
  const written = rules.map(({ rule }) => rule);
  const slugOf = createSlugs(written);
  const files = docsFiles({
    title: 'Our <rules>',
    rules,
    slugOf,
    targets,
    convert,
    first: [],
    relationsOf: createRelations(
      {
        rules: written,
        find: (reference) => written.find(({ id, name }) => id === reference || name === reference),
        standsAlone: () => true,
      },
      slugOf,
    ),
    recordOf: () => ({}),
    format,
    render,
    assets,
  });
  return new Map(
    [...files].map(({ path, content }) => [
      path,
      typeof content === 'string' ? content : Buffer.from(content).toString('utf8'),
    ]),
  );
}

const pageOf = (text: string, format: DocsFormat, targets: readonly RegisteredTarget[]): string =>
  pages(compileText(text), format, targets).get(`rules/rule.${format}`) ?? '';

/** Cells of a table's line, split where a renderer splits: at pipes that nothing escapes. */
const cellsOf = (line: string): readonly string[] => line.split(/(?<!\\)\|/).slice(1, -1);

/** The names of the rows of the first table, and all headings. */
function shapeOf(markdown: string): { rows: readonly string[]; headings: readonly string[] } {
  const lines = markdown.split('\n');
  const table = lines
    .filter((line) => line.startsWith('| '))
    .map((line) => (cellsOf(line)[0] ?? '').trim());
  return { rows: table, headings: lines.filter((line) => /^##+ /.test(line)) };
}

/** What a reader sees of an escaped text. */
const shown = (markdown: string): string =>
  markdown
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');

/** Those of the page that the form was taken from; test:corpus has the page itself. */
const rows = [
  ...[
    'Title',
    'Description',
    'ATT&amp;CK Tactic',
    'ATT&amp;CK Technique',
    'Data Needed',
    'Trigger',
  ],
  ...['Severity Level', 'False Positives', 'Development Status', 'References', 'Author'],
];
const sections = ['Sigma rule', 'es-qs', 'xpack-watcher', 'graylog', 'splunk', 'logpoint', 'grep'];
const headings = ['## Detection Rules', ...sections.map((name) => `### ${name}`)];

describe('the page of the seed rule', () => {
  const path = join(root, 'rules', 'windows', 'dhcp-callout-dll-failed.yml');
  const standIns: readonly RegisteredTarget[] = [
    fake('xpack-watcher', () => '(a stand-in until the target is there)'),
    fake('logpoint', () => '(a stand-in until the target is there)'),
    fake('grep', () => "grep -P '^(?:.*1031|.*1032|.*1034)'"),
  ].map((target) => ({
    ...target,
    convert: (compiled, settings) =>
      ({ ...target.convert(compiled, settings), diagnostics: [] }) as ReturnType<
        typeof target.convert
      >,
  }));
  const targets = [
    ...standIns.filter(({ name }) => registered.every((target) => target.name !== name)),
    ...registered,
  ];
  const compiled = compileText(readFileSync(path, 'utf8'));
  const page = pages(compiled, 'md', targets).get('rules/rule.md') ?? '';

  it('has a row for each fact and a section for each target, in their order', () => {
    expect(shapeOf(page)).toEqual({ rows, headings });
  });

  it('has the two queries of the page that it follows', () => {
    for (const query of ['EventID:("1031" "1032" "1034")', "grep -P '^(?:.*1031|.*1032|.*1034)'"]) {
      expect(page).toContain(`\`\`\`\n${query}\n\`\`\``);
    }
    expect(page).not.toMatch(/```\n\s*\n```/);
  });

  it('is the golden file; UPDATE=1 writes it anew', () => {
    const golden = join(root, 'test', 'pages', 'dhcp-callout-dll-failed.md');
    if (update) writeFileSync(golden, page);
    expect(page).toBe(readFileSync(golden, 'utf8'));
  });
});

const hostileTexts = [
  '<script>alert(1)</script>',
  '</td></tr></table><img src=x onerror=alert(1)>',
  'a | b || c \\| d \\\\| e',
  '`code` ``more`` ```\nfence',
  '[click](javascript:alert(1)) ![i](http://x/y) [ref]: http://z',
  '**bold** _it_ ~~gone~~ $\\frac{1}{2}$ # head',
  '&lt;b&gt; &amp; &#60;i&#62; &copy;',
  'one\n\n## Detection Rules\n\n| x | y |\n',
  'quotes " \' and {{json this}} {{{x}}}',
  'turned \u202e around\u2028line',
];

function hostileRule(text: string): string {
  const value = JSON.stringify(text);
  return `title: ${value}
id: 00000000-0000-4000-8000-000000000000
status: test
level: high
description: ${value}
author: ${value}
references:
  - ${value}
  - ${JSON.stringify(`https://example.org/${text}`)}
falsepositives:
  - ${value}
tags:
  - attack.stealth
  - attack.t1036
logsource:
  product: ${value}
  definition: ${value}
detection:
  selection:
    ${JSON.stringify(text.replaceAll('|', ' '))}: ${value}
  condition: selection
`;
}

const echo = (text: string): readonly RegisteredTarget[] => [
  fake('grep', () => text, text),
  fake('splunk', undefined, text),
];
/** Without what sets a character apart that turns a text. */
const unmarked = (html: string): string =>
  html.replace(/<bdi class="turning" data-code="[^"]*">(.)<\/bdi>/gu, '$1');

/** Without those of colours: a text with quotes has other pieces. */
const tagsOf = (html: string): readonly string[] =>
  (
    html.replace(/<span class="t-[a-z]+">([^<]*)<\/span>/g, '$1').match(/<\/?[a-z][a-z0-9]*/gi) ??
    []
  ).filter((tag) => tag !== '<a' && tag !== '</a');

describe.each(hostileTexts)('a rule that holds %j everywhere', (text) => {
  const benign = 'harmless';
  const source = hostileRule(text);

  it('keeps to its cells in Markdown', () => {
    const page = pageOf(source, 'md', echo(text));
    const table = page.slice(0, page.indexOf('\n\n'));
    const lines = table.split('\n');
    expect(lines).toHaveLength(12);
    for (const line of lines) expect(cellsOf(line)).toHaveLength(2);
    expect(shown(cellsOf(lines[0] ?? '')[1] ?? '').trim()).toBe(
      text.replace(/[\s\u202e]+/g, ' ').trim(),
    );
    const markup = table.replaceAll(/<\/?(?:ul|li)>/g, '');
    expect(markup).not.toMatch(/[<`]/);
    for (const [, url] of table.matchAll(/(?<!\\)\]\(([^)]*)\)/g))
      expect(url).toMatch(/^https?:\/\/[^\s()<>|`[\]]+$/);
    const prose = page.split('\n').filter((line) => /^(?:Note|No query): /.test(line));
    expect(prose).toHaveLength(2);
    for (const line of prose) expect(line).not.toMatch(/[<>`]|(?<!\\)[[\]*_~]/);
  });

  it('keeps to its fences in Markdown', () => {
    const lines = pageOf(source, 'md', echo(text)).split('\n');
    let fence = '';
    const headings: string[] = [];
    for (const line of lines) {
      const run = /^`{3,}/.exec(line)?.[0] ?? '';
      if (fence === '') {
        if (run !== '') fence = run;
        else if (line.startsWith('#')) headings.push(line);
      } else if (run.length >= fence.length && line.trim() === run) fence = '';
    }
    expect(fence).toBe('');
    expect(headings).toEqual(['## Detection Rules', '### Sigma rule', '### splunk', '### grep']);
  });

  it('adds no tag to the HTML', () => {
    const page = pageOf(source, 'html', echo(text));
    const expected = pageOf(hostileRule(benign), 'html', echo(benign));
    expect(tagsOf(unmarked(page))).toEqual(tagsOf(expected));
    for (const [, href] of page.matchAll(/href="([^"]*)"/g))
      expect(href).toMatch(/^(?:https?:\/\/|#|data:,$|\.\.\/)/);
  });

  it('adds no tag to the index, and comes out of its data whole', () => {
    const index = pages(compileText(source), 'html', []).get('index.html') ?? '';
    const expected = pages(compileText(hostileRule(benign)), 'html', []).get('index.html') ?? '';
    expect(tagsOf(index)).toEqual(tagsOf(expected));
    const data = /<script type="application\/json" id="data">(.*)<\/script>/.exec(index)?.[1] ?? '';
    expect(data).not.toMatch(/[<>&]/);
    expect(JSON.parse(data).rules[0][1]).toBe(
      text.replace(/\s+/g, ' ').replaceAll('\u202e', '\\u{202e}').trim(),
    );
    const rows = (pages(compileText(source), 'md', []).get('index.md') ?? '')
      .split('\n')
      .filter((line) => line.includes('rules/rule.md'));
    expect(rows).toHaveLength(1);
    expect(cellsOf(rows[0] ?? '')).toHaveLength(5);
  });
});

describe('escapes', () => {
  it.each([
    ['https://example.org/a b(c)', 'https://example.org/a%20b%28c%29'],
    ['HTTP://example.org/|x`y"', 'HTTP://example.org/%7Cx%60y%22'],
    ['https://example.org/a\nb', 'https://example.org/a%0Ab'],
    ['javascript:alert(1)', undefined],
    ['data:text/html,x', undefined],
    ['//example.org', undefined],
    ['https://', undefined],
    ['see https://example.org', undefined],
  ])('takes %j for the address %j', (address, url) => {
    expect(safeUrl(address)).toBe(url);
  });

  it('writes links that entities in an address do not change', () => {
    expect(markdownLink('a]b', 'https://example.org/?a=1&copy=2')).toBe(
      '[a\\]b](https://example.org/?a=1&amp;copy=2)',
    );
    expect(markdownText('  a\r\n\tb  ')).toBe('a b');
  });

  it('makes fences longer than any run of backticks', () => {
    expect(
      [fenceFor(''), fenceFor('a ``` b'), fenceFor('`````\n````')].map((fence) => fence.length),
    ).toEqual([3, 4, 6]);
  });

  it('gives every rule a file name of its own', () => {
    const at = (
      path: string,
      id?: string,
      more: { readonly status?: 'stable' | 'deprecated'; readonly start?: number } = {},
    ) => ({
      file: { path, text: '' },
      // rules of a collection share the place of their title
      titleSpan: { start: 0, end: 0 },
      span: { start: more.start ?? 0, end: 0 },
      ...(id === undefined ? {} : { id: `${id}-0000-4000-8000-000000000000` }),
      ...(more.status ? { status: more.status } : {}),
    });
    const rules = [
      at('a/Rule.yml', 'bbbbbbbb', { status: 'deprecated' }),
      at('b/rule.yaml', 'AAAAAAAA', { status: 'stable' }),
      at('rule.yml', 'aaaaaaaa'),
      at('rule.yml', 'aaaaaaaa', { start: 9 }),
      at('c/CON.yml'),
      at('../../.yml'),
      at('d/.yml'),
      at('x/a b|c.yml'),
      at('rule-bbbbbbbb.yml'),
    ];
    const slugs = [
      'rule-bbbbbbbb0000',
      'rule',
      'rule-aaaaaaaa',
      'rule-aaaaaaaa0000',
      'rule-con',
      'rule-2',
      'rule-3',
      'a-b-c',
      'rule-bbbbbbbb',
    ];
    expect(rules.map(createSlugs(rules))).toEqual(slugs);
    expect(rules.toReversed().map(createSlugs(rules.toReversed()))).toEqual(slugs.toReversed());
  });
});

const ruleWith = (number: number, ...tags: string[]): string =>
  `title: Rule ${number}\nid: 00000000-0000-4000-8000-00000000000${number}\ntags: [${tags.map((tag) => `attack.${tag}`).join(', ')}]\nlogsource: {product: windows}\ndetection:\n  s: {a: ${number}}\n  condition: s\n`;

describe('ATT&CK', () => {
  it('has names for ids, and ends chains of revoked ids', () => {
    expect(techniqueNames().get('T1059.001')).toBe('PowerShell');
    for (const [id, name] of techniqueNames())
      expect([id, name]).toEqual([
        expect.stringMatching(/^T\d{4}(?:\.\d{3})?$/),
        expect.stringMatching(/\w/),
      ]);
    for (const { current } of attackTechniques().values())
      expect(attackTechniques().get(current)?.current).toBe(current);
    expect(attackTechniques().get('T1073')).toMatchObject({
      name: 'DLL Side-Loading',
      current: 'T1574.001',
      tactics: ['defense-evasion'],
    });
  });

  it('knows Defense Evasion and Stealth by one id', () => {
    expect(tacticByShortName.get('defense-evasion')).toMatchObject({
      id: 'TA0005',
      name: 'Defense Evasion',
    });
    expect(tacticByShortName.get('stealth')).toMatchObject({ id: 'TA0005', name: 'Stealth' });
  });

  const text = [
    ruleWith(1, 'execution', 't1059', 't1059.001'),
    ruleWith(2, 'execution', 't1059.001', 't1059.003'),
    ruleWith(3, 'defense_evasion', 'stealth', 't1073'),
    ruleWith(4, 'stealth', 't9999'),
  ].join('---\n');

  it('counts each rule once a technique, sub-techniques included', () => {
    const count = countAttack([
      { tactics: ['execution'], techniques: ['T1059', 'T1059.001'] },
      { tactics: ['execution'], techniques: ['T1059.001', 'T1059.003'] },
      { tactics: ['defense-evasion', 'stealth'], techniques: ['T1073'] },
      { tactics: ['stealth', 'other'], techniques: ['T9999'] },
    ]);
    expect(Object.fromEntries(count.techniques)).toEqual({
      T1059: 2,
      'T1059.001': 2,
      'T1059.003': 1,
      T1574: 1,
      'T1574.001': 1,
    });
    expect(Object.fromEntries(count.tactics)).toEqual({ TA0002: 2, TA0005: 2 });
    const columns = new Map(attackMatrix(count).map((column) => [column.name, column]));
    expect(columns.size).toBe(15);
    expect(columns.get('Execution')).toMatchObject({ rules: 2, covered: 1 });
    expect(columns.get('Execution')?.techniques.find(({ id }) => id === 'T1059')).toMatchObject({
      rules: 2,
      heat: 2,
      subs: [
        { id: 'T1059.001', rules: 2 },
        { id: 'T1059.003', rules: 1 },
      ],
    });
    for (const name of ['Stealth', 'Persistence'])
      expect(columns.get(name)?.techniques.find(({ id }) => id === 'T1574')).toMatchObject({
        rules: 1,
      });
    expect(
      [...columns.values()].flatMap(({ techniques }) => techniques.map(({ id }) => id)),
    ).not.toContain('T1073');
  });

  it('colours by number', () => {
    expect([0, 1, 2, 4, 5, 9, 10, 24, 25, 900].map(heatOf)).toEqual([0, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
  });

  it('has a page for each log source, with what to collect and its rules', () => {
    const text = [
      'title: Low\nlevel: low\nlogsource: { product: windows, category: process_creation }',
      'title: High\nlevel: high\nlogsource: { product: windows, category: process_creation, definition: Audit }',
      'title: Other\nlogsource: { product: x/y }',
    ]
      .map((head) => `${head}\ndetection: { s: { Image: 1, User: 2 }, condition: s }\n`)
      .join('---\n');
    const site = pages(compileText(text), 'html', []);
    const page = site.get('sources/windows_process_creation.html') ?? '';
    expect(page).toContain('Setup: Audit');
    expect(page).toContain('Microsoft-Windows-Sysmon/Operational (event ID 1)');
    expect(page).toContain('<code>Image</code> 2');
    expect(page.indexOf('>High</a>')).toBeLessThan(page.indexOf('>Low</a>'));
    expect(site.has('sources/x_y.html')).toBe(true);
    const statistics = site.get('statistics.html') ?? '';
    expect(statistics).toContain('<a href="sources/x_y.html">x/y</a>');
    expect(statistics).toMatch(
      /index\.html#level=high">high<\/a><\/th><td><meter[^>]*><\/meter> 1</,
    );
  });

  it('writes a layer for the Navigator', () => {
    const layer = JSON.parse(pages(compileText(text), 'md', []).get('layer.json') ?? '');
    expect(layer).toMatchObject({
      name: 'Our <rules>',
      domain: 'enterprise-attack',
      versions: { layer: '4.5' },
      gradient: { minValue: 1, maxValue: 2 },
    });
    expect(
      layer.techniques.map(({ techniqueID, score }: { techniqueID: string; score: number }) => [
        techniqueID,
        score,
      ]),
    ).toEqual([
      ['T1059', 2],
      ['T1059.001', 2],
      ['T1059.003', 1],
      ['T1574', 1],
      ['T1574.001', 1],
    ]);
    for (const technique of layer.techniques)
      expect(technique).toMatchObject({ enabled: true, showSubtechniques: false });
    expect(JSON.parse(navigatorLayer('none', countAttack([]))).techniques).toEqual([]);
  });

  it('shows the counts in both forms of the index', () => {
    const compiled = compileText(text);
    expect(pages(compiled, 'md', []).get('index.md')).toContain(
      '| T1059: Command and Scripting Interpreter | 2 | T1059.001: PowerShell (2), T1059.003: Windows Command Shell (1) |',
    );
    expect(pages(compiled, 'html', []).get('index.html')).toMatch(
      /<li data-heat="2"><button type="button" data-technique="T1059">.*?<b>2<\/b>/,
    );
  });
});

describe('what a rule needs', () => {
  const needed = (logsource: string, detection: string) =>
    compileText(
      `title: T\nlogsource: {${logsource}}\ndetection:\n  s: ${detection}\n  n: {EventID: 9}\n  condition: s and not n\n`,
    ).map((one) => dataNeeded(one))[0];

  it.each([
    [
      'product: windows, service: security',
      '{EventID: [4624, 4625], Logon|contains: x}',
      [
        'Log source: product windows, service security',
        'Channel: Security',
        'Event IDs: 4624, 4625',
        'Fields: EventID, Logon',
      ],
    ],
    [
      'product: windows, category: process_creation',
      '{Image: a}',
      [
        'Log source: product windows, category process_creation',
        'Channel: Microsoft-Windows-Sysmon/Operational (event ID 1) or Security (event ID 4688)',
        'Fields: Image, EventID',
      ],
    ],
    [
      'product: windows, category: registry_event',
      '{TargetObject: a, NewName: b}',
      [
        'Log source: product windows, category registry_event',
        'Channel: Microsoft-Windows-Sysmon/Operational (event IDs 12, 13, 14) or Security (event ID 4657, without NewName)',
        'Fields: TargetObject, NewName, EventID',
      ],
    ],
    [
      'product: windows, category: ps_script',
      '{EventID: 4104, ScriptBlockText: a}',
      [
        'Log source: product windows, category ps_script',
        'Channels: Microsoft-Windows-PowerShell/Operational, PowerShellCore/Operational',
        'Event ID: 4104',
        'Fields: EventID, ScriptBlockText',
      ],
    ],
    [
      'product: windows, category: file_rename',
      '{FilePath: a}',
      [
        'Log source: product windows, category file_rename',
        'ETW provider: Microsoft-Windows-Kernel-File',
        'Fields: FilePath, EventID',
      ],
    ],
    [
      'product: linux, definition: Needs auditd',
      '[word]',
      [
        'Log source: product linux',
        'Setup: Needs auditd',
        'Field: EventID',
        'Keywords in the whole event',
      ],
    ],
    [
      'product: windows, service: constructor',
      '{a: 1}',
      ['Log source: product windows, service constructor', 'Fields: a, EventID'],
    ],
  ])('of %s with %s', (logsource, detection, expected) => {
    expect(needed(logsource, detection)).toEqual(expected);
  });

  it('knows the logs of the Windows sources of the rule set', () => {
    const { known, unknown } = windowsLogs(ruleSet().map(({ rule }) => rule));
    expect(known.length).toBeGreaterThan(20);
    expect(unknown.filter((name) => name !== 'windows')).toEqual([]);
  });

  it('takes the fields and sources of the rules of a correlation', () => {
    const text = `${ruleWith(1)}name: base\n---\ntitle: Many\ncorrelation:\n  type: value_count\n  rules: [base]\n  group-by: [host]\n  timespan: 5m\n  condition: {gte: 3, field: user}\n`;
    const [, many] = compileText(text);
    expect(many && dataNeeded(many)).toEqual([
      'Log source: product windows',
      'Fields: a, host, user',
    ]);
  });
});

it('has its page where correlations share their parts level upon level', () => {
  const level = (n: number): string =>
    ['a', 'b']
      .map(
        (half) =>
          `title: ${half}${n}\nname: ${half}${n}\ncorrelation:\n  type: temporal\n  rules: [a${n - 1}, b${n - 1}]\n  group-by: [g${n}]\n  timespan: 5m\n`,
      )
      .join('---\n');
  const text = [
    ...['a', 'b'].map((half) => `${ruleWith(1)}name: ${half}0\n`),
    ...Array.from({ length: 40 }, (_, index) => level(index + 1)),
  ].join('---\n');
  const last = compileText(text.replace('000001', '000002')).at(-1);
  expect(last && dataNeeded(last)).toContain('Log source: product windows');
});

it('says why a target has no query, in the order of the sections', () => {
  const targets = [fake('zz', () => 'z'), fake('grep', undefined), fake('es-qs', () => 'q')];
  const page = pageOf(ruleWith(1), 'md', targets);
  expect(page.match(/^### .*/gm)).toEqual(['### Sigma rule', '### es-qs', '### grep', '### zz']);
  expect(page).toContain('### grep\n\nNo query: It cannot. Use another.\n');
  expect(page).toContain('```\nq\n```\n\nNote: It cannot.\n');
  expect(pageOf(ruleWith(1), 'html', targets)).toContain(
    '<p class="reason"><b>No query.</b> It cannot. Use another.</p>',
  );
});

it('shows only its own document of a file with several', () => {
  const all = pages(compileText(`${ruleWith(1)}---\n${ruleWith(2)}`), 'md', []);
  expect([...all.keys()]).toEqual([
    'rules/rule.md',
    'rules/rule-00000000.md',
    'index.md',
    'layer.json',
  ]);
  expect(all.get('rules/rule-00000000.md')).toContain('```\ntitle: Rule 2\n');
  expect(all.get('rules/rule-00000000.md')).not.toContain('Rule 1');
});

describe('the command', () => {
  const rules = join(root, 'rules', 'windows');
  // the second of the two holds a rule and its correlation
  const written = ['dhcp-callout-dll-failed', 'many-failed-logons', 'many-failed-logons-6a7f2f0e'];
  const run = async (
    paths: readonly string[],
    format: DocsFormat,
  ): Promise<{ code: number; said: string; files: readonly string[] }> => {
    const output = mkdtempSync(join(tmpdir(), 'sigpack-docs-'));
    const said: string[] = [];
    const spies = [process.stdout, process.stderr].map((stream) =>
      vi.spyOn(stream, 'write').mockImplementation((text) => said.push(String(text)) > 0),
    );
    try {
      const code = await docs(paths, { output, format });
      return {
        code,
        said: said.join(''),
        files: (readdirSync(output, { recursive: true }) as string[])
          .map((path) => path.replaceAll('\\', '/'))
          .sort(),
      };
    } finally {
      for (const spy of spies) spy.mockRestore();
      rmSync(output, { recursive: true });
    }
  };

  it.each(['md', 'html'] as const)('writes a site of %s', async (format) => {
    const { code, said, files } = await run(
      ['dhcp-callout-dll-failed.yml', 'many-failed-logons.yml'].map((name) => join(rules, name)),
      format,
    );
    expect(code).toBe(0);
    expect(said).toMatch(new RegExp(`wrote 3 pages: .*/index\\.${format}\n$`));
    const own = [
      '.sigpack.pages',
      'rules',
      `index.${format}`,
      'layer.json',
      ...(format === 'html'
        ? [
            'site.css',
            'site.js',
            'sources',
            'sources/windows_dhcp.html',
            'sources/windows_security.html',
            'statistics.html',
          ]
        : []),
    ];
    expect(files).toEqual([...own, ...written.map((name) => `rules/${name}.${format}`)].sort());
  });

  it('refuses to write about nothing', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'sigpack-docs-'));
    await expect(run([empty], 'md')).rejects.toThrow('there is no rule to write a page about');
    rmSync(empty, { recursive: true });
  });
});

it('names only files below the folder of the configuration', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sigpack-docs-'));
  const config = join(folder, 'sigpack.yml');
  writeFileSync(config, `ruleUrl: https://example.org/{path}\n${anyEvents}`);
  const opened = await openProject({ config }, { format: 'text', verbose: false });
  rmSync(folder, { recursive: true });
  const [compiled] = compileText(ruleWith(1));
  if (!opened.ok || !compiled) throw new Error('the project or the rule is wrong');
  const project = opened.value;
  const recordAt = (path: string) =>
    recordsOf(
      { ...project, history: { ...project.history, pathOf: () => path } },
      () => undefined,
    )(compiled);
  expect(recordAt('a/b.yml')).toMatchObject({
    path: 'a/b.yml',
    sourceUrl: 'https://example.org/a/b.yml',
  });
  for (const path of ['../b.yml', '/a/b.yml', 'D:/a/b.yml']) {
    const { path: shownPath, sourceUrl } = recordAt(path);
    expect([shownPath, sourceUrl]).toEqual([undefined, undefined]);
  }
});

describe('the folder of the pages', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sigpack-pages-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const fresh = (): string => join(mkdtempSync(join(folder, 'x-')), 'new', 'site');
  const page = (name: string, content = name): PackFile => ({ path: `rules/${name}`, content });
  const listing = (output: string): readonly string[] =>
    (readdirSync(output, { recursive: true }) as string[])
      .map((path) => path.replaceAll('\\', '/'))
      .filter((path) => path !== 'rules' && path !== '.sigpack.pages')
      .sort();

  it('loses the pages of rules that are gone, and keeps what is not of Sigpack', async () => {
    const output = fresh();
    expect(
      await writePages(
        output,
        [page('a.html'), page('b.html'), { path: 'index.html', content: '1' }],
        'html',
      ),
    ).toBe(2);
    writeFileSync(join(output, 'rules', 'own.html'), 'mine');
    writeFileSync(join(output, 'README.txt'), 'mine');
    await writePages(
      output,
      [page('b.html', 'new'), page('c.html'), { path: 'index.html', content: '2' }],
      'html',
    );
    expect(listing(output)).toEqual([
      'README.txt',
      'index.html',
      'rules/b.html',
      'rules/c.html',
      'rules/own.html',
    ]);
    expect(
      ['rules/b.html', 'index.html', 'rules/own.html'].map((path) =>
        readFileSync(join(output, path), 'utf8'),
      ),
    ).toEqual(['new', '2', 'mine']);
  });

  it('holds both formats, each with its own rules', async () => {
    const output = fresh();
    await writePages(output, [page('a.html'), page('b.html')], 'html');
    await writePages(output, [page('a.md'), page('b.md')], 'md');
    await writePages(output, [page('a.md')], 'md');
    expect(listing(output)).toEqual(['rules/a.html', 'rules/a.md', 'rules/b.html']);
  });

  it('refuses to write over what is not of Sigpack', async () => {
    const output = fresh();
    mkdirSync(output, { recursive: true });
    writeFileSync(join(output, 'index.html'), 'mine');
    await expect(
      writePages(output, [page('a.html'), { path: 'index.html', content: 'ours' }], 'html'),
    ).rejects.toThrow(/index\.html is in the way/);
    expect(listing(output)).toEqual(['index.html']);
    expect(readFileSync(join(output, 'index.html'), 'utf8')).toBe('mine');
    await expect(writePages(join(output, 'index.html'), [], 'html')).rejects.toThrow(
      'is a file; a folder is needed there',
    );
  });

  it('takes no path out of its list that leads elsewhere', async () => {
    const output = fresh();
    await writePages(output, [page('a.html')], 'html');
    writeFileSync(join(output, '..', 'victim.html'), 'mine');
    writeFileSync(join(output, 'victim.html'), 'mine');
    writeFileSync(
      join(output, '.sigpack.pages'),
      '../victim.html\nvictim.html\nrules/../victim.html\nrules/a.html\nrules\n/etc/x.html\n',
    );
    await writePages(output, [page('b.html')], 'html');
    expect(listing(output)).toEqual(['rules/b.html', 'victim.html']);
    expect(existsSync(join(output, '..', 'victim.html'))).toBe(true);
  });

  it.skipIf(process.platform === 'win32').each([
    ['a pipe', (path: string) => execFileSync('mkfifo', [path])],
    ['a device', (path: string) => symlinkSync('/dev/zero', path)],
    ['a folder', (path: string) => mkdirSync(path)],
  ])('refuses %s in place of its list, by name', async (_, make) => {
    const output = fresh();
    mkdirSync(output, { recursive: true });
    make(join(output, '.sigpack.pages'));
    await expect(writePages(output, [page('a.html')], 'html')).rejects.toThrow(
      /\.sigpack\.pages is not a file/,
    );
    expect(listing(output)).toEqual([]);
  });

  it('keeps a folder that has the name of an old page, and forgets the page', async () => {
    const output = fresh();
    await writePages(output, [page('a.html'), page('b.html')], 'html');
    rmSync(join(output, 'rules', 'a.html'));
    mkdirSync(join(output, 'rules', 'a.html'));
    await writePages(output, [page('b.html', 'new')], 'html');
    expect(listing(output)).toEqual(['rules/a.html', 'rules/b.html']);
    expect(readFileSync(join(output, '.sigpack.pages'), 'utf8')).not.toContain('a.html');
  });

  it('stays as it was where a page can not be made', async () => {
    const output = fresh();
    function* files(): Generator<PackFile> {
      yield page('a.html', 'half');
      throw new TemplateError('docs/rule.html.hbs', 'no', 1);
    }
    await expect(writePages(output, files(), 'html')).rejects.toThrow(TemplateError);
    expect(existsSync(join(output, '..'))).toBe(false);
    await writePages(output, [page('a.html')], 'html');
    await expect(writePages(output, files(), 'html')).rejects.toThrow(TemplateError);
    expect(listing(output)).toEqual(['rules/a.html']);
    expect(readFileSync(join(output, 'rules', 'a.html'), 'utf8')).toBe('a.html');
  });
});
