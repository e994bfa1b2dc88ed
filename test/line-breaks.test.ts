import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Run, sigpack } from './sigpack.ts';

// What git on Windows makes of a checkout: the same project with other line breaks.
const files: Readonly<Record<string, string>> = {
  'sigpack.yml': `id: line_breaks
title: Line breaks
author: Sigpack
description: |
  Two lines
  of text.
rules: [rules]
filters: [filters]
templates: templates
pipelines: { splunk: [names.yml], graylog: none }
placeholders:
  admins: [root, admin]
targets: [splunk, graylog]
`,
  'names.yml': `name: Names
priority: 10
transformations:
  - id: user
    type: field_name_mapping
    mapping: { User: user }
`,
  'rules/deleted.yml': `title: Shadow copies deleted
id: 11111111-2222-4333-8444-555555555555
status: test
description: >
  A command deletes
  the shadow copies.
references:
  - https://example.com/shadow
logsource: { product: windows, category: process_creation }
detection:
  selection:
    Image|endswith: '\\vssadmin.exe'
    CommandLine|contains|all: [delete, shadows]
    Comment|contains: |-
      first
      second
  admins:
    User|expand: '%admins%'
  condition: selection and
    not admins
level: high
`,
  'rules/deleted.test.yml': `tests:
  - name: deletes
    match: true
    event: { Image: 'C:\\vssadmin.exe', CommandLine: delete shadows, Comment: "first\\nsecond", User: alice }
  - name: an admin
    match: false
    event: { Image: 'C:\\vssadmin.exe', CommandLine: delete shadows, Comment: "first\\nsecond", User: root }
`,
  'filters/lab.yml': `title: Lab
logsource: { product: windows }
filter:
  rules: [11111111-2222-4333-8444-555555555555]
  lab: { Computer: lab1 }
  condition: not lab
`,
};

const folders = { '\n': '', '\r\n': '' };

beforeAll(() => {
  for (const lineBreak of Object.keys(folders) as (keyof typeof folders)[]) {
    const folder = mkdtempSync(join(tmpdir(), 'sigpack-line-breaks-'));
    folders[lineBreak] = folder;
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), text.replaceAll('\n', lineBreak));
    }
    // one template of the user's own, with the project's line breaks
    mkdirSync(join(folder, 'templates', 'splunk', 'default'), { recursive: true });
    const macros = readFileSync(
      join(import.meta.dirname, '..', 'templates', 'splunk', 'default', 'macros.conf.hbs'),
      'utf8',
    );
    writeFileSync(
      join(folder, 'templates', 'splunk', 'default', 'macros.conf.hbs'),
      macros.replaceAll('\n', lineBreak),
    );
  }
});
afterAll(() => {
  for (const folder of Object.values(folders)) rmSync(folder, { recursive: true, force: true });
});

const both = async (args: readonly string[]): Promise<readonly Run[]> => {
  const runs: Run[] = [];
  for (const cwd of Object.values(folders)) runs.push(await sigpack(args, { cwd }));
  return runs;
};

describe('a project with the line breaks of Windows', () => {
  it('gives the same packs, byte for byte', async () => {
    const runs = await both(['build', '-o', 'out']);
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    expect(runs[1]?.stderr).toBe(runs[0]?.stderr);
    const [unix, windows] = Object.values(folders).map((folder) =>
      readFileSync(join(folder, 'out', 'manifest.json'), 'utf8'),
    );
    expect(windows).toBe(unix);
    expect(unix).toContain('line_breaks-1.0.0.spl');
  });

  it('gives the same pages', async () => {
    const runs = await both(['docs', 'rules', '-o', 'docs', '-f', 'md']);
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    const [unix, windows] = Object.values(folders).map((folder) =>
      readFileSync(join(folder, 'docs', 'rules', 'deleted.md'), 'utf8'),
    );
    expect(windows).toBe(unix);
    expect(unix).toContain('title: Shadow copies deleted\nid: 1111');
  });

  it('passes the same tests', async () => {
    for (const { code, stdout } of await both(['test', '-f', 'json'])) {
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ summary: { passed: 2, failed: 0 } });
    }
  });

  it('says where a rule is wrong, at the same place', async () => {
    for (const [lineBreak, folder] of Object.entries(folders)) {
      const rule = `title: Broken\nlogsource: { product: windows }\ndetection:\n  a: { b: c }\n  condition: a and\n    wrong\n`;
      writeFileSync(join(folder, 'broken.yml'), rule.replaceAll('\n', lineBreak));
    }
    const [unix, windows] = await both(['convert', '-t', 'splunk', 'broken.yml']);
    expect(unix?.stderr).toContain('broken.yml:6:5: error[SIG031]');
    expect(windows?.stderr).toBe(unix?.stderr);
  });
});
