import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTar } from './archives.ts';
import { anyEvents, projectIn } from './project-folder.ts';
import { sigpack } from './sigpack.ts';

/** Characters that change the direction of a text; `&` stands for one of them in `turned`. */
const turning = [
  ...'\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069',
] as const;
const found = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
let next = 0;
const turned = (text: string): string =>
  text.replaceAll('&', () => turning[next++ % turning.length] ?? '');

const rule = turned(`title: Invoice &gpj.exe & a & b & c
id: 00000000-0000-4000-8000-000000000001
name: na&me
status: test
level: high
description: De&scri&ption &
author: Au&thor &
license: Li&cence
references: ["https://x.example/&ref", "Re&ference"]
falsepositives: [Fa&lse &]
fields: [Fie&lds]
tags: [attack.t1059, attack.execution]
logsource: { product: windows, service: security, definition: "Defi&nition &" }
detection:
  sele&ction: { Field: "va&l&ue", EventID: 4624 }
  condition: 1 of sele*
sigpack:
  remediation: "Remedi&ation &"
`);
const files = {
  'sigpack.yml': `title: A pack\n${anyEvents}`,
  'grouped.yml':
    'title: A pack\ntargets: [splunk]\npipelines: { splunk: none }\n' +
    'splunk: { index: "*", grouping: log-source }\n',
  'ingest.yml':
    'title: A pack\ntargets: [graylog]\npipelines: { graylog: none }\ngraylog: { mode: ingest }\n',
  'rules/a.yml': rule,
  'rules/b.yml': turned(`title: Other &
id: 00000000-0000-4000-8000-000000000002
related: [{ id: 00000000-0000-4000-8000-000000000001, type: derived }]
status: test
level: high
tags: [attack.t1059]
logsource: { product: "pro&duct", service: "ser&vice" }
detection: { selection: { "Fi&eld": 1 }, condition: selection }
`),
  'rules/c.yml': turned(`title: Many &
id: 00000000-0000-4000-8000-000000000003
status: test
level: high
description: De&scription
correlation:
  type: event_count
  rules: ["${/name: (.*)/.exec(rule)?.[1]}"]
  group-by: ["Gro&up"]
  timespan: 5m
  generate: true
  condition: { gte: 9 }
`),
  'rules/a.test.yml': turned(`- name: Te&st
  rule: a.yml
  event: { EventID: 4624 }
  expect: no_match
`),
};

const temporary = mkdtempSync(join(tmpdir(), 'sigpack-turned-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));
const cwd = projectIn(temporary, files);
const fileIn = (...path: readonly string[]): string => readFileSync(join(cwd, ...path), 'utf8');

beforeAll(async () => {
  for (const args of [
    ['docs', 'rules'],
    ['docs', 'rules', '-f', 'markdown', '-o', 'wiki'],
    ['build', '-o', 'packs'],
    ['build', '-o', 'grouped', '-c', 'grouped.yml'],
    ['build', '-o', 'ingest', '-c', 'ingest.yml'],
  ]) {
    const { stdout, stderr } = await sigpack(args, { cwd });
    expect(`${stdout}${stderr}`).toMatch(/^(?:wrote 3 pages|3 rules read)/m);
    expect(`${stdout}${stderr}`).not.toMatch(found);
  }
});

/** The text of a piece of HTML, as a browser has it. */
const textOf = (html: string): string =>
  html
    .replace(/<[^>]*>/g, '')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));

describe('HTML pages', () => {
  const marked = /<bdi class="turning" data-code="U\+([\dA-F]{4})">(.)<\/bdi>/gu;

  it.each([
    ['index.html', 'Invoice \\\\u{', 0],
    ['statistics.html', 'ser\\u{', 0],
    [join('sources', 'pro_duct_ser_vice.html'), 'pro\\u{', 0],
    [join('rules', 'a.html'), 'Remedi\\u{', 25],
    [join('rules', 'b.html'), 'Other \\u{', 3],
    [join('rules', 'c.html'), 'Gro\\u{', 5],
  ])('%s shows the characters, none of which turns a text', (page, expected, least) => {
    const html = fileIn('site', page);
    expect(html).toContain(expected);
    const marks = [...html.matchAll(marked)];
    expect(marks.length).toBeGreaterThanOrEqual(least);
    for (const [, code = '', char = ''] of marks)
      expect(char.codePointAt(0)).toBe(Number.parseInt(code, 16));
    expect(html.replace(marked, '')).not.toMatch(found);
  });

  it('have the rule and its queries to the letter, to be copied', async () => {
    const codes = [...fileIn('site', 'rules', 'a.html').matchAll(/<pre[^>]*>(.*?)<\/pre>/gs)].map(
      ([, code = '']) => textOf(code),
    );
    const queries: string[] = [];
    for (const target of ['splunk', 'graylog']) {
      const { stdout } = await sigpack(['convert', '-t', target, 'rules/a.yml'], { cwd });
      expect(stdout).toMatch(found);
      queries.push(stdout.trimEnd());
    }
    expect(new Set(codes)).toEqual(new Set([rule.trimEnd(), ...queries]));
  });
});

it('Markdown pages have none outside of what is to be copied', () => {
  for (const name of ['a', 'b', 'c']) {
    const page = fileIn('wiki', 'rules', `${name}.md`);
    expect(page).toMatch(found);
    expect(page.replace(/^(`{3,}).*?^\1$/gms, '')).not.toMatch(found);
  }
  expect(fileIn('wiki', 'index.md')).not.toMatch(found);
});

const artifact = (folder: string, extension: string): string => {
  const name = readdirSync(join(cwd, folder)).find((one) => one.endsWith(extension));
  return join(cwd, folder, name ?? `there is no ${extension}`);
};

it.each(['packs', 'grouped'])('the Splunk app in %s has them in searches alone', async (folder) => {
  const app = await readTar(readFileSync(artifact(folder, '.spl')));
  const lines = app.flatMap(({ text }) => text.split('\n')).filter((line) => line.match(found));
  expect(lines.length).toBeGreaterThan(0);
  expect([...new Set(lines.map((line) => line.split(' ')[0]))]).toEqual(['search']);
  expect(app.map(({ header }) => header.name).join()).not.toMatch(found);
});

/** The keys of a JSON text whose values have such a character, or that have one. */
function keysIn(value: unknown, key = ''): readonly string[] {
  if (typeof value === 'string') return value.match(found) ? [key] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => [
    ...(name.match(found) ? [name] : []),
    // lists, and the texts of the content pack: { "@type": "string", "@value": ... }
    ...keysIn(one, /^(?:\d+|@value)$/.test(name) ? key : name),
  ]);
}

it.each([
  ['packs', ['group_by', 'query']],
  // rules of pipelines spell them
  ['ingest', []],
])('the content pack in %s has them in %j alone', (folder, expected) => {
  const text = readFileSync(artifact(folder, '-graylog.json'), 'utf8');
  expect(text).toContain('Invoice gpj.exe');
  expect([...new Set(keysIn(JSON.parse(text)))].sort()).toEqual(expected);
});

it('hunt prints a search to the letter where it goes to a file, and the title for people', async () => {
  const { stdout } = await sigpack(['hunt', 'rules/a.yml', '-c', 'sigpack.yml'], { cwd });
  const [, head = '', search = ''] = /\n\n(.*)\n {2}(.*)\n/.exec(stdout) ?? [];
  expect(head).toMatch(/^Invoice \\u\{/);
  expect(head).not.toMatch(found);
  const { stdout: query } = await sigpack(['convert', '-t', 'graylog', 'rules/a.yml'], { cwd });
  expect(search).toBe(query.trimEnd());
});
