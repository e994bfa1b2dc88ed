import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Files, projectIn } from './project-folder.ts';
import { sigpack } from './sigpack.ts';

const temporary = mkdtempSync(join(tmpdir(), 'sigpack-html-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const head = (title: string, number: number, more = ''): string =>
  `title: ${title}\nid: 00000000-0000-4000-8000-00000000000${number}\nstatus: test\n${more}`;

const detection = (id: number): string =>
  `logsource: { product: windows, service: security }
detection:
  selection: { EventID: ${id} }
  condition: selection
`;

const config = `targets: [splunk, graylog]
pipelines: { splunk: none, graylog: none }
splunk: { index: "*" }
graylog: { streams: all }
levels: { high: { remediation: Ask the owner. } }
`;

const rules = {
  'rules/plain.yml': `${head('Plain', 1)}${detection(1)}`,
  'rules/steps.yml': `${head('Steps', 2)}${detection(2)}sigpack:
  remediation: |
    1. Look at <b>this</b>.
    2. {{json this}} & "that"
`,
  'rules/high.yml': `${head('High', 3)}level: high\n${detection(3)}`,
};

/** The pages of the rules: names without the extension. */
async function build(files: Files, exitCode = 0): Promise<(name: string) => string> {
  const project = projectIn(temporary, files);
  const output = join(project, 'site');
  const { code, stderr } = await sigpack(['docs', 'rules', '-o', output], { cwd: project });
  if (code !== exitCode) throw new Error(stderr);
  return (name) => readFileSync(join(output, 'rules', `${name}.html`), 'utf8');
}

/** Names the rules of a file `many.yml`: `many`, and `served` of which it needs three. */
const many = (generate: boolean): string => `${head('Many <served>', 4, 'level: low\n')}correlation:
  type: event_count
  rules: [served]
  group-by: [Computer, User]
  timespan: 10m
  generate: ${generate}
  condition: { gte: 3 }
`;

const served = `${head('Served', 5)}name: served
level: high
${detection(5)}`;

/** What a page shows for Graylog. */
const graylogTab = (html: string): string =>
  /<section class="target" id="graylog">.*?<\/section>/s.exec(html)?.[0] ?? '';

let page: (name: string) => string;
beforeAll(async () => {
  page = await build({
    'sigpack.yml': config,
    ...rules,
    'rules/many.yml': many(false),
    'rules/served.yml': served,
  });
});

it('says what to do about an alert, before the rule as written, with markup as text', () => {
  const steps =
    '<p class="steps">1. Look at &#60;b&#62;this&#60;/b&#62;.&#10;' +
    '2. {{json this}} &#38; &#34;that&#34;</p>';
  expect(page('steps')).toContain(`<h2 id="what-to-do">What to do</h2>\n    ${steps}`);
  expect(page('steps').indexOf(steps)).toBeLessThan(page('steps').indexOf('id="sigma-rule"'));
  expect(page('high')).toContain('<p class="steps">Ask the owner.</p>');
  expect(page('plain')).not.toContain('What to do');
});

it('says what to do where there is no configuration, if the rule does', async () => {
  const alone = await build(rules);
  expect(alone('steps')).toContain('<p class="steps">1. Look at ');
  expect(alone('high')).not.toContain('What to do');
});

it('says which correlations use a rule that raises no alert itself', async () => {
  const facts = page('served').slice(page('served').indexOf('<aside>'));
  expect(facts).toContain(
    '<dd>The rule does not alert by itself. Correlations use it: <ul class="rules">' +
      '<li><a href="many.html">Many &#60;served&#62;</a>',
  );
  expect(page('served')).not.toMatch(/An alert is about|Repeated alerts|What to do/);
  expect(page('many')).toMatch(/An alert is about<\/dt><dd>Computer, User<.*Repeated alerts/s);

  const both = await build({
    'sigpack.yml': config,
    'rules/many.yml': many(true),
    'rules/served.yml': served,
  });
  expect(both('served')).toMatch(/An alert is about.*Repeated alerts/s);
  expect(both('served')).toContain('<h2 id="correlations">Correlations that use it</h2>');

  const lost = await build(
    {
      'sigpack.yml': config,
      'rules/many.yml': many(false).replace('[served]', '[served, missing]'),
      'rules/served.yml': served,
    },
    1,
  );
  expect(lost('served')).toContain('The correlation that it is for is left out.');
});

it('shows what a correlation is in Graylog: the event definition of the content pack', () => {
  const tab = graylogTab(page('many'));
  expect(tab).toContain('<code>EventID:&#34;5&#34; AND _exists_:Computer AND _exists_:User</code>');
  expect(tab).toContain(
    '<p class="note">In Graylog this is an event definition: every 5 minutes it searches the ' +
      'messages of the last 15 minutes, and alerts where the number of messages is at least 3, ' +
      'for each combination of Computer, User.</p>',
  );
  expect(tab).not.toContain('No query');
  expect(page('many')).toContain('<a href="#graylog">graylog</a>');
});

it('says why the content pack has no event definition for a correlation', async () => {
  const chain = await build({
    'sigpack.yml': config,
    'rules/many.yml': `${many(false)}name: many\n`,
    'rules/served.yml': served,
    'rules/above.yml': `${head('Above', 6)}correlation:
  type: event_count
  rules: [many]
  group-by: [User]
  timespan: 1h
  condition: { gte: 2 }
`,
  });
  expect(graylogTab(chain('above'))).toContain(
    '<b>No query.</b> Graylog&#39;s aggregations can&#39;t build on another aggregation',
  );
  expect(graylogTab(chain('many'))).toContain(
    '<b>No query.</b> The content pack has event definitions for rules that alert',
  );
  expect(graylogTab(chain('many'))).not.toContain('sigpack build');
});

it('shows the search over hits, where rules are tested at ingest', async () => {
  const ingest = await build({
    'sigpack.yml': config.replace('streams: all', 'mode: ingest, streams: [Windows events]'),
    'rules/many.yml': many(false),
    'rules/served.yml': served,
  });
  const tab = graylogTab(ingest('many'));
  expect(tab).toMatch(/<code>\w+:&#34;00000000-0000-4000-8000-000000000005&#34;/);
  expect(tab).toContain('it searches the hits of the last 15 minutes');
});

it('lists the other rules of a technique, with steps through them where there are many', async () => {
  const files = (count: number): Files => ({
    'sigpack.yml': config,
    ...Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `rules/r${index}.yml`,
        `${head(`Rule ${index}`, index, 'tags: [attack.t1110.003]\n')}${detection(index)}`,
      ]),
    ),
  });
  const section = async (count: number): Promise<string> =>
    /<section class="neighbours">.*?<\/section>/s.exec((await build(files(count)))('r0'))?.[0] ??
    '';
  const few = await section(2);
  expect(few).toContain('<h2>Other rules of T1110.003: Password Spraying</h2>');
  expect(few.match(/Rule 1/g)).toHaveLength(1);
  expect(few).not.toContain('<nav');
  expect((await section(7)).match(/<a /g)).toHaveLength(6);
  const many = await section(8);
  expect(many).toContain('<a rel="prev" href="r7.html">← Rule 7</a>');
  expect(many).toContain('<a rel="next" href="r1.html">Rule 1 →</a>');
  expect(many).toContain('All 8 rules of T1110.003');
});

it('writes dates and periods in one form', async () => {
  const written = await build({
    'sigpack.yml': `${config}defaults: { suppress: { period: 1h, fields: [User] } }\n`,
    'rules/old.yml': `${head('Old', 1, 'date: 2017/05/15\nmodified: 2024-01-31\n')}${detection(1)}`,
    'rules/day.yml': `${head('Day', 2)}${detection(2)}sigpack: { suppress: { period: 2d } }\n`,
  });
  expect(written('old')).toContain('<dt>Written</dt><dd>2017-05-15</dd>');
  expect(written('old')).toContain('<dt>Modified</dt><dd>2024-01-31</dd>');
  expect(written('old')).toContain('<dd>one per hour, for the same User</dd>');
  expect(written('day')).toContain('<dd>one per 2 days, for the same User</dd>');
});
