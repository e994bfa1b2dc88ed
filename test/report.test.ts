import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { expect, test } from 'vitest';
import { cells } from '../src/cli/report/cells.ts';
import { type ReportContext, unpainted } from '../src/cli/report/context.ts';
import { reports } from '../src/cli/report/format.ts';
import { type BuildSummary, countSkipped, formatSummary } from '../src/cli/report/summary.ts';
import { createTerminal, wantsColour } from '../src/cli/terminal/terminal.ts';
import { codeCatalogue } from '../src/source/code/catalogue.ts';
import { createBag, type Diagnostic, type NewDiagnostic } from '../src/source/diagnostic.ts';
import { visible } from '../src/source/visible.ts';

const context: ReportContext = {
  toolVersion: '1.2.3',
  paint: unpainted,
  width: 100,
  failOn: 'error',
};

function written(
  path: string,
  text: string,
  span: readonly [number, number],
  more: Partial<NewDiagnostic> = {},
): Diagnostic {
  const bag = createBag();
  bag.add(
    { path, text },
    {
      code: 'SIG031',
      message: 'no selection `selectoin`',
      hint: 'Did you mean `selection`?',
      ...more,
      span: { start: span[0], end: span[1] },
    },
  );
  const [diagnostic] = bag.list;
  if (!diagnostic) throw new Error('nothing was added');
  return diagnostic;
}

function marking(text: string, marked: string, more: Partial<NewDiagnostic> = {}): Diagnostic {
  const start = text.indexOf(marked);
  return written('rules/a.yml', text, [start, start + marked.length], more);
}

const rule = 'title: A\ndetection:\n  condition: selectoin\n';
/** What no report may send to a terminal. */
const control = /[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/u;
const hostile = 'a\x1b[31m\x9b2J\x07\r\nb\u202ec\x00\x7f';

test('text: place, code, line, carets, hint', () => {
  expect(reports.text([marking(rule, 'selectoin')], context)).toBe(
    [
      'rules/a.yml:3:14: error[SIG031]: no selection `selectoin`',
      ' 3 |   condition: selectoin',
      '   |              ^^^^^^^^^',
      '  = hint: Did you mean `selection`?',
      '',
    ].join('\n'),
  );
});

const frameOf = (diagnostic: Diagnostic, width = 100) =>
  reports
    .text([diagnostic], { ...context, width })
    .split('\n')
    .slice(1, 3);

test.each([
  ['tabs', 'a:\tb\tcd', 'cd', ['a:    b    cd', '           ^^']],
  ['wide characters', 'a: 検出 bad', 'bad', ['a: 検出 bad', '        ^^^']],
  ['control characters', 'a: \x1b[31m bad', 'bad', ['a: ␛[31m bad', '         ^^^']],
  [
    'an override of the reading direction',
    'a: \u202ebad',
    'bad',
    ['a: \\u{202e}bad', '           ^^^'],
  ],
  ['a span over several lines', 'a: b\nc: d', 'b\nc', ['a: b', '   ^']],
  ['Windows line breaks', 'a: b\r\nc: d', 'b', ['a: b', '   ^']],
])('text: carets stand under the span with %s', (_, text, marked, [line, carets]) => {
  expect(frameOf(marking(text, marked))).toEqual([` 1 | ${line}`, `   | ${carets}`]);
});

test('text: an empty span gets one caret, an empty line no frame', () => {
  expect(frameOf(written('a.yml', 'ab', [2, 2]))).toEqual([' 1 | ab', '   |   ^']);
  expect(reports.text([written('a.yml', '', [0, 0])], context).split('\n')).toHaveLength(3);
});

test.each([0, 1, 40, 120_000, 245_000, 245_764])(
  'text: a line of 245,767 characters is cut to a window around %i',
  (at) => {
    const line = `${'x'.repeat(at)}BAD${'y'.repeat(245_764 - at)}`;
    const [shown = '', carets = ''] = frameOf(written('a.yml', line, [at, at + 3]), 80);
    expect(cells(shown)).toBeLessThanOrEqual(80);
    expect(shown).toContain('BAD');
    expect(carets.indexOf('^')).toBe(shown.indexOf('BAD'));
    expect(carets.trimEnd().length - carets.indexOf('^')).toBe(3);
    if (at > 100) expect(shown).toContain('| …');
    if (at < 245_000) expect(shown.endsWith('…')).toBe(true);
  },
);

test.each([20, 40, 79, 100, 200])(
  'text: no line of a frame is wider than %i cells, whatever stands in the line',
  (width) => {
    const pieces = ['検出', '\t', '\x1b[2J', 'abc ', '\u{1f600}', '\u0301', '\u202e'];
    const line = Array.from({ length: 400 }, (_, at) => pieces[(at * at + 3) % pieces.length]).join(
      '',
    );
    for (let start = 0; start < line.length; start += 37) {
      for (const length of [0, 1, 9, 300]) {
        for (const shown of frameOf(
          written('a.yml', `\n${line}`, [start + 1, start + 1 + length]),
          width,
        ))
          expect(cells(shown)).toBeLessThanOrEqual(Math.max(width, 27));
      }
    }
  },
);

test('text: what is about a file as a whole shows no line of it', () => {
  expect(reports.text([written('rules/a.yml', rule, [0, 0])], context)).toBe(
    'rules/a.yml:1:1: error[SIG031]: no selection `selectoin`\n  = hint: Did you mean `selection`?\n',
  );
});

test('text: a file that is not there has no line', () => {
  expect(reports.text([written('rules/a.yml', '', [0, 0])], context)).toBe(
    'rules/a.yml: error[SIG031]: no selection `selectoin`\n  = hint: Did you mean `selection`?\n',
  );
});

test('text: colours only through paint', () => {
  const painted = reports.text([marking(rule, 'selectoin')], {
    ...context,
    paint: (style, text) => `<${style}>${text}</${style}>`,
  });
  expect(painted).toContain('<red>error[SIG031]</red>');
  expect(painted).toContain('<red>^^^^^^^^^</red>');
});

test.each(Object.entries(reports))(
  '%s: nothing in a rule reaches the terminal as control',
  (_, report) => {
    const diagnostic = written(`${hostile}.yml`, `x: ${hostile}`, [3, 6], {
      message: hostile,
      hint: hostile,
      target: hostile,
    });
    expect(report([diagnostic], context)).not.toMatch(control);
  },
);

test('json: values are kept as they are', () => {
  const report = JSON.parse(
    reports.json([marking(rule, 'selectoin', { message: hostile, target: 'splunk' })], context),
  );
  expect(report).toEqual({
    version: 1,
    summary: { errors: 1, warnings: 0, infos: 0 },
    diagnostics: [
      {
        code: 'SIG031',
        severity: 'error',
        message: hostile,
        hint: 'Did you mean `selection`?',
        url: 'docs/diagnostics.md#sig031-condition-names-a-missing-selection',
        file: 'rules/a.yml',
        line: 3,
        column: 14,
        endLine: 3,
        endColumn: 23,
        target: 'splunk',
      },
    ],
  });
});

test('sarif: every code is a rule and results refer to them', () => {
  const log = JSON.parse(
    reports.sarif(
      [marking(rule, 'selectoin'), written('a b/ü#.yml', 'x', [0, 1], { code: 'SIG032' })],
      context,
    ),
  );
  expect(log).toMatchObject({
    version: '2.1.0',
    runs: [
      { columnKind: 'utf16CodeUnits', tool: { driver: { name: 'Sigpack', version: '1.2.3' } } },
    ],
  });
  const [{ tool, results }] = log.runs;
  expect(tool.driver.rules.map((one: { id: string }) => one.id)).toEqual(
    Object.keys(codeCatalogue),
  );
  for (const result of results) expect(tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId);
  // absolute, as the schema wants it, and no address of anybody else
  for (const { helpUri } of tool.driver.rules) expect(new URL(helpUri).protocol).toBe('sigpack:');
  expect(results[0].locations[0].physicalLocation.region).toEqual({
    startLine: 3,
    startColumn: 14,
    endLine: 3,
    endColumn: 23,
  });
  expect(results[1]).toMatchObject({
    level: 'warning',
    locations: [{ physicalLocation: { artifactLocation: { uri: 'a%20b/%C3%BC%23.yml' } } }],
  });
});

test('text: the page about each code, where it is asked for', () => {
  const shown = reports.text([marking(rule, 'selectoin')], { ...context, links: true });
  expect(shown).toContain(
    '  = see: docs/diagnostics.md#sig031-condition-names-a-missing-selection\n',
  );
  expect(reports.text([marking(rule, 'selectoin')], context)).not.toContain('= see:');
});

test('github: one line a diagnostic, separators escaped', () => {
  const text = reports.github(
    [written('a,b:c.yml', 'x', [0, 1], { message: '100% ::error::x\n::stop', hint: 'h' })],
    context,
  );
  expect(text).toBe(
    '::error file=a%2Cb%3Ac.yml,line=1,endLine=1,col=1,endColumn=2,title=SIG031 condition names a missing selection::100%25 ::error::x␊::stop%0AHint: h\n',
  );
});

test('junit: well-formed, a failure only for what fails the run', () => {
  const diagnostics = [
    marking(rule, 'selectoin', { message: '<&">]]>\x1b\uffff' }),
    marking(rule, 'title', { code: 'SIG032' }),
  ];
  for (const [failOn, failures] of [
    ['never', 0],
    ['error', 1],
    ['warning', 2],
  ] as const) {
    const xml = reports.junit(diagnostics, { ...context, failOn });
    expect(XMLValidator.validate(xml)).toBe(true);
    expect(xml.match(/<failure /g)?.length ?? 0).toBe(failures);
    const suites = new XMLParser({ ignoreAttributes: false }).parse(xml).testsuites;
    expect(suites).toMatchObject({
      '@_tests': '2',
      '@_failures': String(failures),
      testsuite: { '@_name': 'rules/a.yml' },
    });
  }
  expect(XMLValidator.validate(reports.junit([], context))).toBe(true);
});

const leftOff = [
  { id: 'a', name: 'One', level: 'high' },
  { id: 'b', name: 'Two \x1b[2J', level: 'low' },
] as const;

const summary: BuildSummary = {
  title: 'Acme \x1b[2Jdetections',
  version: '1.0.0',
  files: 3750,
  rules: { read: 3754, invalid: 1, excluded: 20 },
  targets: [
    {
      target: 'splunk',
      compiled: 3752,
      enabled: 2900,
      skipped: [{ code: 'SIG024', count: 2 }],
      load: {
        most: 44,
        mean: 43.7,
        budget: 44,
        leftOff,
        roomier: 'splunk.grouping: log-source',
      },
    },
    {
      target: 'graylog',
      compiled: 3754,
      enabled: 2901,
      skipped: [],
      load: { mean: 99.9, budget: 100, leftOff: [], roomier: 'graylog.mode: ingest' },
    },
  ],
  madeFor: [
    {
      target: 'splunk',
      pipelines: [{ name: 'splunk', description: 'Splunk \x1b[2J' }],
      places: ['a', 'b', 'c', 'd', 'e'].map((name) => `index=${name}`),
    },
    { target: 'graylog', pipelines: [{ name: 'none', description: 'names of Sigma' }], places: [] },
  ],
  artifacts: [{ path: 'dist/acme-1.0.0.spl', size: 1_468_006, sha256: 'ab'.repeat(32) }],
  milliseconds: 1840,
};

test('summary: what was read, compiled, skipped and written', () => {
  expect(
    formatSummary(
      summary,
      [marking(rule, 'selectoin'), marking(rule, 'title', { code: 'SIG032' })],
      unpainted,
      false,
    ),
  ).toBe(
    [
      'Acme ␛[2Jdetections 1.0.0',
      '3,754 rules read from 3,750 files, 1 document invalid, 20 left out by select',
      '',
      'target   compiled  enabled  skipped',
      'splunk      3,752    2,900        2',
      'graylog     3,754    2,901        0',
      '',
      'target   made for',
      'splunk   Splunk ␛[2J (splunk); looks in index=a, index=b, index=c, index=d and 1',
      '         more',
      'graylog  names of Sigma (none)',
      '',
      'splunk skipped  code    reason',
      '             2  SIG024  placeholder without a value',
      '',
      'splunk: 44 searches start in the worst minute, 43.7 on average; budget 44',
      '  2 switched off, as the budget has no room for them:',
      '  1 high, 1 low',
      '  To change that: splunk.grouping: log-source, select, enable, a longer interval',
      '  under levels, or splunk.searchesPerMinute; --verbose names what is off',
      'graylog: 99.9 event definitions run in a minute on average; budget 100',
      '',
      'artifact                size',
      'dist/acme-1.0.0.spl  1.4 MiB',
      '',
      '1 error, 1 warning in 1.8 s',
      '',
    ].join('\n'),
  );
});

test('summary: --verbose names what was left off, and no line that we word is wider than a terminal', () => {
  const lines = formatSummary(summary, [], unpainted, true).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      '    high: One',
      '    low: Two ␛[2J',
      '  under levels, or splunk.searchesPerMinute',
    ]),
  );
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
});

test('summary: what is grouped, and then no hint to group', () => {
  const [splunk, graylog] = summary.targets;
  if (!splunk || !graylog) throw new Error('no targets');
  const load = {
    ...splunk.load,
    grouped: { detections: 1200, searches: 1 },
    roomier: undefined,
  };
  const grouped = { ...summary, targets: [{ ...splunk, load }, graylog] };
  expect(formatSummary(grouped, [], unpainted, false)).toContain(
    [
      'splunk: 44 searches start in the worst minute, 43.7 on average; budget 44',
      '  1,200 detections run in 1 grouped search',
      '  2 switched off, as the budget has no room for them:',
      '  1 high, 1 low',
      '  To change that: select, enable, a longer interval under levels, or',
      '  splunk.searchesPerMinute; --verbose names what is off',
      'graylog: ',
    ].join('\n'),
  );
});

test('summary: what names another mode of Graylog where its budget is short', () => {
  const [, graylog] = summary.targets;
  if (!graylog) throw new Error('no targets');
  const load = { ...graylog.load, leftOff };
  expect(
    formatSummary({ ...summary, targets: [{ ...graylog, load }] }, [], unpainted, false),
  ).toContain(
    [
      '  To change that: graylog.mode: ingest, select, enable, a longer interval under',
      '  levels, or graylog.definitionsPerMinute; --verbose names what is off',
    ].join('\n'),
  );
});

test('summary: reasons are counted, the most frequent first', () => {
  expect(countSkipped(['SIG024', 'TGT004', 'TGT001', 'TGT001', 'SIG024'])).toEqual([
    { code: 'SIG024', count: 2 },
    { code: 'TGT001', count: 2 },
    { code: 'TGT004', count: 1 },
  ]);
});

test.each([
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
  [{ TERM: 'dumb' }, true, false],
])('terminal: colours with %o and a terminal: %s', (env, isTTY, wanted) => {
  expect(wantsColour({ isTTY, write: () => true }, env)).toBe(wanted);
});

test('terminal: the status line fits, is redrawn at most every 80 ms, and goes away', () => {
  const written: string[] = [];
  let clock = 0;
  const terminal = createTerminal(
    { isTTY: true, columns: 40, write: (text) => written.push(text) },
    {},
    () => clock,
  );
  terminal.progress(1, 4, `${'long '.repeat(20)}\x1b[2J`);
  clock = 10;
  terminal.progress(2, 4, 'dropped');
  clock = 100;
  terminal.progress(3, 4, 'a.yml');
  terminal.clear();
  terminal.clear();
  expect(written).toHaveLength(3);
  expect(cells((written[0] ?? '').replace('\r', '').replace('\x1b[K', ''))).toBe(39);
  expect(written.slice(1)).toEqual(['\r 75% 3/4 a.yml\x1b[K', '\r\x1b[K']);
});

test('terminal: nothing is written without one', () => {
  const written: string[] = [];
  const terminal = createTerminal({ write: (text) => written.push(text) }, {}, () => 0);
  terminal.progress(1, 2, 'x');
  terminal.clear();
  expect(written).toEqual([]);
  expect(terminal.width).toBe(100);
  expect(terminal.paint('red', 'x')).toBe('x');
});

test('visible: text without hidden characters is the same text', () => {
  expect(visible('Grüße 検出 \u{1f600} `x`')).toBe('Grüße 検出 \u{1f600} `x`');
  expect(visible('\ud800x')).toBe('\\u{d800}x');
});
