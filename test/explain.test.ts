import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Files, projectIn } from './project-folder.ts';
import { sigpack } from './sigpack.ts';

const temporary = mkdtempSync(join(tmpdir(), 'sigpack-explain-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const project = (given: Files): string => projectIn(temporary, given);

const rule = (name: string, detection: string, more = ''): string => `title: About ${name}
name: ${name}
id: ${`${name.charCodeAt(0)}`.padStart(8, '0')}-0000-4000-8000-000000000001
status: test
logsource: { product: windows, category: ${name} }
detection: { s: { ${detection} }, condition: s }
${more}`;

const pipeline = `priority: 10
transformations:
  - { type: set_state, key: unmapped_fields, val: absent }
  - type: field_name_mapping
    mapping: { User: account, Image: Image }
    rule_conditions: [{ type: logsource, category: a }]
  - type: field_name_mapping
    mapping: { User: login, Image: Image, Host: host }
    rule_conditions: [{ type: logsource, category: b }]
  - type: rule_failure
    message: not here
    rule_conditions: [{ type: logsource, category: f }]
postprocessing:
  - { type: template, template: '{{ query }} of {{ pipeline.vars.backend }}' }
`;

const correlation = `---
title: Both
id: 00000000-0000-4000-8000-00000000000c
status: test
correlation: { type: temporal, rules: [a, b], group-by: [User], timespan: 10m }
`;

const files = {
  'sigpack.yml': 'pipelines: { splunk: p.yml }\nfailOn: warning\n',
  'p.yml': pipeline,
  'rules/both.yml': `${rule('a', 'Image: x')}---\n${rule('b', 'Nobody: x')}${correlation}`,
};

describe('explain and convert agree', () => {
  const cases: Readonly<Record<string, string>> = {
    'on a rule': rule('a', 'Image: x'),
    'on a rule that is never true': rule('a', 'Nobody: x'),
    'on a rule that is always true': rule('a', 'Image: x').replace(' s }', ' s or not s }'),
    'on a rule with wrong settings': rule('a', 'Image: x', 'sigpack: { interval: 7x }\n'),
    'on a rule that a pipeline refuses': rule('f', 'Image: x'),
    'on a correlation over a rule that a pipeline refuses': `${rule('a', 'Image: x')}---\n${rule('f', 'Image: x')}${correlation.replace('a, b', 'a, f')}`,
    'on a correlation': files['rules/both.yml'],
  };

  test.each(Object.entries(cases))('%s', async (_, text) => {
    const cwd = project({ ...files, 'rules/both.yml': text });
    const converted = await sigpack(['convert', 'rules', '-t', 'splunk'], { cwd });
    const explained = await sigpack(['explain', 'rules', '-t', 'splunk'], { cwd });
    expect(explained.stderr).toBe(converted.stderr);
    expect(explained.code).toBe(converted.code);
    const last = explained.stdout.slice(explained.stdout.lastIndexOf('\nUnmapped'));
    const [, query = ''] = /\nQuery\n {2}(.*)\n$/.exec(last) ?? [];
    expect(`${query}\n`.trimStart()).toBe(converted.stdout);
  });
});

test('explain shows which field of a correlation is which in each of its rules', async () => {
  const { stdout } = await sigpack(['explain', 'rules', '-t', 'splunk'], { cwd: project(files) });
  expect(stdout).toContain(
    '2. #2 field_name_mapping p.yml:4\n   - group-by: User\n   + group-by: account\n' +
      'Names by rule\n   + alias account: account of a, login of b\n',
  );
});

test('explain keeps the query of a rule that only serves a correlation, also if it is never true', async () => {
  const { stdout, stderr } = await sigpack(['explain', 'rules', '-t', 'splunk'], {
    cwd: project(files),
  });
  expect(stderr).not.toContain('"About b"');
  expect(stdout).toMatch(/\nNever true {2}"About b" .*\nQuery\n {2}Nobody="x" of splunk\n/);
});

test('explain says why a rule that only serves a correlation has no query', async () => {
  const text = `${rule('a', 'Image: x')}---\n${rule('f', 'Image: x')}${correlation.replace('a, b', 'a, f')}`;
  const { stdout } = await sigpack(['explain', 'rules', '-t', 'splunk'], {
    cwd: project({ ...files, 'rules/both.yml': text }),
  });
  expect(stdout).toMatch(/\nAbout f\n.*\n\n.*\n.*\nNo query {4}splunk: not here \(rule_failure/);
});
