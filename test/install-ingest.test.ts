import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readContentPack } from '../src/install/graylog/definitions.ts';
import { referenceValue } from '../src/pack/render/json-value.ts';
import { createFakeGraylog, type FakeGraylog } from './fake/graylog.ts';
import type { FakeText } from './fake/graylog-pipelines.ts';
import { type FakeServer, startServer } from './fake/server.ts';
import { hitsTitle, type IngestExample, ingestArtifact } from './ingest-artifact.ts';
import { createLab, firstRules, type Lab, removeLabs } from './install-lab.ts';
import { packOf, textOf } from './pack-of.ts';

afterAll(removeLabs);

const token = 'graylog-token-0123456789';
const defaultStream = '000000000000000000000001';
let graylog: FakeGraylog;
let server: FakeServer;
beforeAll(async () => {
  process.env.GRAYLOG_TOKEN = token;
  graylog = createFakeGraylog(`Basic ${Buffer.from(`${token}:token`).toString('base64')}`);
  server = await startServer((request) => graylog.handle(request));
});
afterAll(() => server.close());

const rule = (number: number, title: string, value: string): IngestExample => ({
  number,
  title,
  value,
});
const first = [rule(1, 'First', 'a'), rule(2, 'Second', 'b'), rule(3, 'Third', 'c')];
const second = [rule(1, 'First', 'other'), rule(3, 'Third', 'c'), rule(4, 'Fourth', 'd')];

const lab = (): Lab =>
  createLab(`{ kind: graylog, url: '${server.url}/api', secretEnv: GRAYLOG_TOKEN, retries: 0 }`);

async function built(
  one: Lab,
  version: string,
  revision: number,
  examples: readonly IngestExample[],
  hits?: string,
): Promise<string> {
  return ingestArtifact(await one.build(version, revision, firstRules), version, examples, hits);
}

/** What messages of the default stream are tested with: the values that the rules ask for. */
const tested = (): readonly string[] =>
  graylog.pipelines
    .active(defaultStream)
    .flatMap((source) => /^ {2}\("(.*?)" ==/m.exec(source)?.[1] ?? [])
    .sort();
const named = (texts: ReadonlyMap<string, FakeText>, start: string): FakeText | undefined =>
  [...texts.values()].find(({ title }) => title.startsWith(start));
const sortedTitles = (texts: ReadonlyMap<string, FakeText>): readonly string[] =>
  [...texts.values()].map(({ title }) => title.replace(/ [0-9a-f]{8}$/, '')).sort();
const edit = (texts: Map<string, FakeText>, start: string, from: string, to: string): void => {
  const one = named(texts, start);
  if (!one?.source.includes(from)) throw new Error(`${start} has no ${from}`);
  texts.set(one.id, { ...one, source: one.source.replace(from, to) });
};

const state = () => ({
  rules: graylog.pipelines.rules.size,
  pipelines: graylog.pipelines.pipelines.size,
  connected: [...graylog.pipelines.connections.values()].flat().length,
  definitions: graylog.definitions.size,
  packs: graylog.packs.size,
  streams: graylog.streams.size,
});

// each test goes on from where the one before has come to
describe('a Graylog server that tests at ingest', { shuffle: false }, () => {
  test('rules and pipelines are made, loaded, and connected last', async () => {
    const one = lab();
    const artifact = await built(one, '1.0.0', 1, first);
    const foreign = {
      id: 'foreign',
      title: 'mine',
      description: '',
      source: 'pipeline "mine"\nend\n',
    };
    graylog.pipelines.pipelines.set(foreign.id, foreign);
    graylog.pipelines.connections.set(defaultStream, ['foreign', 'deleted by someone']);
    graylog.pipelines.slowness = 3;
    const plan = await one.install(artifact, { plan: true, verbose: true });
    expect(plan.out).toContain('+ pipeline rule "acme 00000001" (First)\n');
    expect(plan.out).toContain('+ pipeline "acme bucket 1"\n');
    expect(plan.out).toContain(`+ stream "${hitsTitle}"\n`);
    const done = await one.install(artifact);
    expect(`${done.code} ${done.out}`).toMatch(/^0 [\s\S]*done: lab has 1\.0\.0/);
    expect(tested()).toEqual(['a', 'b', 'c']);
    expect(graylog.pipelines.connections.get(defaultStream)?.[0]).toBe('foreign');
    const calls = server.requests.map(({ method, path }) => `${method} ${path}`);
    const connects = calls.filter((call) => call.endsWith('/connections/to_stream'));
    // made paused by the content pack: started before a pipeline can send hits to it
    expect(graylog.paused.size).toBe(0);
    expect(calls.findIndex((call) => call.endsWith('/resume'))).toBeLessThan(
      calls.findIndex((call) => call.endsWith('/connections/to_stream')),
    );
    // that of the tuning, and one for all pipelines
    expect(connects).toHaveLength(2);
    expect(calls.lastIndexOf('POST /api/system/pipelines/connections/to_stream')).toBeGreaterThan(
      calls.lastIndexOf('POST /api/system/metrics/multiple'),
    );
    expect(calls.indexOf('POST /api/system/metrics/multiple')).toBeGreaterThan(
      calls.lastIndexOf('POST /api/system/pipelines/pipeline'),
    );
    expect((await one.install(artifact)).out).toContain('nothing to do');
    expect((await one.status()).out).toMatch(
      /1\.0\.0, \d+ objects, as installed\n[\s\S]*tuning: the pipeline "acme tuning" is as it was made\n/,
    );
  });

  test('an upgrade touches what changed, and shows how the source differs', async () => {
    const one = lab();
    const artifact = await built(one, '1.1.0', 2, second);
    const third = named(graylog.pipelines.rules, 'acme 00000003');
    const plan = await one.install(artifact, { plan: true });
    expect(plan.out).toMatch(
      /~ pipeline rule "acme 00000001" \(First\)\n {6}source: .*\[-a-\]\{\+other\+\}/,
    );
    expect(plan.out).toContain('- pipeline rule "acme 00000002" (Second)\n');
    expect(plan.out).toContain('+ pipeline rule "acme 00000004" (Fourth)\n');
    expect(tested()).toEqual(['a', 'b', 'c']);
    expect((await one.install(artifact)).code).toBe(0);
    expect(tested()).toEqual(['c', 'd', 'other']);
    expect(named(graylog.pipelines.rules, 'acme 00000003')).toEqual(third);
    expect(sortedTitles(graylog.pipelines.rules)).toEqual([
      'acme 00000001',
      'acme 00000003',
      'acme 00000004',
      'acme tuning: exclusions',
      'acme tuning: levels',
    ]);
    expect(sortedTitles(graylog.pipelines.pipelines)).toEqual([
      'acme bucket 1',
      'acme bucket 2',
      'acme tuning',
      'mine',
    ]);
    expect((await one.install(artifact)).out).toContain('nothing to do');
  });

  test('tuning and changed rules stay through upgrades and rollbacks; pipelines are put back', async () => {
    const one = lab();
    await built(one, '1.1.0', 2, second);
    edit(
      graylog.pipelines.rules,
      'acme tuning: exclusions',
      'false',
      '("x" == $message.sigma_rule)',
    );
    edit(graylog.pipelines.rules, 'acme 00000004', '"d"', '"by hand"');
    const tuned = named(graylog.pipelines.rules, 'acme tuning: exclusions');
    const seen = await one.status();
    expect(seen.code).toBe(1);
    expect(seen.out).toContain('! pipeline rule "acme 00000004" (Fourth) was changed in place\n');
    expect(seen.out).toContain('"acme tuning" is yours: "acme tuning: exclusions"\n');
    const next = [...second.slice(0, 2), rule(4, 'Fourth', 'new')];
    const third = await built(one, '1.2.0', 3, next);
    const kept = await one.install(third);
    expect(kept.out).toContain('"acme 00000004" (Fourth) was changed in place: it stays so');
    expect(tested()).toEqual(['by hand', 'c', 'other']);
    edit(graylog.pipelines.pipelines, 'acme bucket 1', 'match pass', 'match all');
    const back = await one.rollback();
    expect(back.out).toContain(
      'pipeline "acme bucket 1" was changed in place: it becomes as the pack has it',
    );
    expect(`${back.code}`).toBe('0');
    expect(tested()).toEqual(['by hand', 'c', 'other']);
    expect((await one.install(third, { drift: 'overwrite' })).code).toBe(0);
    expect(tested()).toEqual(['c', 'new', 'other']);
    expect(named(graylog.pipelines.rules, 'acme tuning: exclusions')).toEqual(tuned);
  });

  test('the order of message processors is checked', async () => {
    const one = lab();
    await built(one, '1.2.0', 3, second);
    graylog.pipelines.processors.reverse();
    expect((await one.status()).out).toContain(
      'move "Pipeline Processor" after "Message Filter Chain" under System > Configurations',
    );
    graylog.pipelines.processors.reverse();
  });

  test('an uninstall leaves nothing but what the admin wrote', async () => {
    const one = lab();
    await built(one, '1.2.0', 3, second);
    const done = await one.uninstall();
    expect(done.code).toBe(0);
    expect(done.out).toContain('The pipeline "acme tuning" stays, with its rules: they are yours.');
    expect(graylog.pipelines.connections.get(defaultStream)).toEqual(['foreign']);
    expect(state()).toMatchObject({ rules: 2, pipelines: 2, definitions: 0, packs: 0, streams: 2 });
    const artifact = await built(one, '1.0.0', 1, first);
    expect((await one.install(artifact)).code).toBe(0);
    edit(
      graylog.pipelines.rules,
      'acme tuning: exclusions',
      '("x" == $message.sigma_rule)',
      'false',
    );
    expect((await one.uninstall()).out).not.toContain('stays');
    expect(state()).toEqual({
      rules: 0,
      pipelines: 1,
      connected: 1,
      definitions: 0,
      packs: 0,
      streams: 2,
    });
  });

  test('a stream of hits that is there already is used, and stays', async () => {
    graylog.streams.set(hitsTitle, 'stream-of-others');
    const one = lab();
    const artifact = await built(one, '1.0.0', 1, first);
    const done = await one.install(artifact);
    expect(done.out).toContain(`= stream "${hitsTitle}" of the server`);
    expect(done.code).toBe(0);
    const [definition] = graylog.definitions.values();
    expect(definition?.config).toMatchObject({ streams: ['stream-of-others'] });
    expect((await one.install(artifact)).out).toContain('nothing to do');
    expect((await one.uninstall()).code).toBe(0);
    expect(graylog.streams.get(hitsTitle)).toBe('stream-of-others');
    graylog.streams.delete(hitsTitle);
  });

  test('a stream of hits that a version lacks is removed', async () => {
    const others = [...graylog.streams.keys()];
    const one = lab();
    expect((await one.install(await built(one, '1.0.0', 1, first))).code).toBe(0);
    const renamed = await built(one, '1.1.0', 2, first, 'Other hits');
    const done = await one.install(renamed, { verbose: true });
    expect(`${done.code} ${done.out}`).toMatch(/^0 /);
    expect(done.out).toContain(`- stream "${hitsTitle}"\n`);
    expect([...graylog.streams.keys()]).toEqual([...others, 'Other hits']);
    expect((await one.install(renamed)).out).toContain('nothing to do');
    expect((await one.rollback()).code).toBe(0);
    expect([...graylog.streams.keys()]).toEqual([...others, hitsTitle]);
    const searching = await one.build('1.2.0', 3, firstRules);
    expect((await one.install(searching)).code).toBe(0);
    expect([...graylog.streams.keys()]).toEqual(others);
    expect(tested()).toEqual([]);
    expect((await one.install(searching)).out).toContain('nothing to do');
    expect((await one.uninstall()).code).toBe(0);
    expect(state()).toMatchObject({ rules: 0, pipelines: 1, definitions: 0, packs: 0, streams: 2 });
  });
});

test('a pack whose hits would be tested again is refused', async () => {
  const one = lab();
  const path = await built(one, '1.0.0', 1, first, 'Default Stream');
  expect((await one.install(path)).code).toMatch(/^usage: .*"Default Stream", where its hits go/);
  expect(graylog.pipelines.rules.size).toBe(0);
});

test('what a build writes is installed', async () => {
  const one = createLab(
    `{ kind: graylog, url: '${server.url}/api', secretEnv: GRAYLOG_TOKEN, retries: 0 }`,
    'graylog: { mode: ingest }\n',
  );
  const artifact = await one.build('1.0.0', 1, firstRules);
  const done = await one.install(artifact);
  expect(`${done.code} ${done.out}`).toMatch(/^0 /);
  expect(graylog.pipelines.active(defaultStream).join('')).toContain('set_field("sigma_rules"');
  expect((await one.install(artifact)).out).toContain('nothing to do');
  // all rules depend on what makes hits: it does not stay as someone changed it
  const whole = named(graylog.pipelines.rules, 'acme hit')?.source;
  edit(graylog.pipelines.rules, 'acme hit', 'has_field', 'has_other_field');
  const back = await one.install(artifact);
  expect(back.out).toMatch(/"acme hit" was changed in place: it becomes as the pack has it/);
  expect(named(graylog.pipelines.rules, 'acme hit')?.source).toBe(whole);
  expect((await one.uninstall()).code).toBe(0);
  expect(graylog.pipelines.rules.size).toBe(0);
});

test('rules that are not tested since a text stays as someone changed it are named', async () => {
  const one = createLab(
    `{ kind: graylog, url: '${server.url}/api', secretEnv: GRAYLOG_TOKEN, retries: 0 }`,
    'graylog: { mode: ingest }\n',
  );
  const [, second = '', third = ''] = firstRules;
  expect((await one.install(await one.build('1.0.0', 1, [second]))).code).toBe(0);
  const title = [...graylog.pipelines.rules.values()].find(({ description }) =>
    description.endsWith('Second'),
  )?.title;
  edit(graylog.pipelines.rules, title ?? '', 'then', 'then\n  // by hand');
  const next = await one.build('1.1.0', 2, [second, third]);
  for (const _ of ['the upgrade', 'what is the same by then']) {
    const done = await one.install(next);
    expect(done.out).toMatch(/changed in place: it stays so\n.*so these are not tested: Third\n/s);
  }
  const back = await one.install(next, { drift: 'overwrite' });
  expect(back.out).not.toContain('not tested');
  const many = firstRules.concat(
    [4, 5].map((number) =>
      third.replaceAll('Third', `More ${number}`).replace(/3(?=\n)/, `${number}`),
    ),
  );
  const grown = await one.install(await one.build('1.2.0', 3, many));
  expect(grown.out).toContain('(First; Second; Third and 2 more)');
  expect((await one.uninstall()).code).toBe(0);
});

test('all functions that builds write are allowed', async () => {
  const one = lab();
  one.write(
    'rules/values.yml',
    `title: Values
id: 00000000-0000-4000-8000-000000000009
status: test
level: high
logsource: { product: windows, category: network_connection }
detection:
  four: { DestinationIp|cidr: 10.0.0.0/8 }
  six: { DestinationIp|cidr: 'fe80::/10' }
  port: { DestinationPort|gt: 1024 }
  same: { Image|fieldref: ParentImage }
  condition: four or six or port or same
`,
  );
  const starter = join(import.meta.dirname, '..', 'rules');
  const pack = await packOf(
    [starter, one.at('rules')],
    'id: acme\ntitle: Acme detections\nversion: 1.0.0\ngraylog: { mode: ingest }\n',
  );
  const { entities } = readContentPack(textOf(pack, 'acme-1.0.0-graylog.json'));
  const sources = entities.flatMap(({ type, data }) =>
    type.name === 'pipeline_rule' ? [String(referenceValue(data.source))] : [],
  );
  const called = sources.flatMap((source) =>
    [...source.replace(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, '""').matchAll(/\b(\w+)\(/g)].map(
      ([, name]) => name,
    ),
  );
  expect([...new Set(called)].sort()).toEqual([
    'base16_encode',
    'cidr_match',
    'concat',
    'contains',
    'create_message',
    'ends_with',
    'first_non_null',
    'has_field',
    'key_value',
    'lowercase',
    'regex',
    'regex_replace',
    'remove_multiple_fields',
    'replace',
    'route_to_stream',
    'set_field',
    'set_fields',
    'split',
    'starts_with',
    'string_array_add',
    'to_date',
    'to_double',
    'to_ip',
    'to_string',
  ]);
});

describe('what no build writes into a pipeline', () => {
  test.each<[string, string, string, RegExp]>([
    ['drops messages', '  let m =', '  drop_message(); let m =', /calls drop_message/],
    [
      'is called behind a comment',
      '  let m =',
      '  drop_message/* */(); let m =',
      /calls drop_message/,
    ],
    [
      'reads what no rule reads',
      '  let m =',
      '  let x = parse_json("{}"); let m =',
      /calls parse_json/,
    ],
    ['is called by a name in backticks', '  let m =', '  `drop_message`(); let m =', /has texts/],
    ['hides in a character', '  let m =', "  set_fields({a: '\"'}); let m =", /has texts/],
    [
      'goes elsewhere',
      `name: "${hitsTitle}"`,
      'name: "All events"',
      /in a stream that is not that/,
    ],
    ['moves the message', ', message: m, remove', ', remove', /in a stream that is not that/],
    ['sets another field', 'set_field("sigma_rules"', 'set_field("message"', /sets fields/],
    [
      'sets another field beside a comment',
      'set_field("sigma_rules"',
      '/* set_field("sigma_ */ set_field("message"',
      /sets fields/,
    ],
    [
      'sets another field beside a name in backticks',
      'set_field("sigma_rules", ',
      'set_field("message", $message.`set_field("sigma_`, ',
      /sets fields/,
    ],
    ['sets other fields', '  let m =', '  set_fields({source: "x"}); let m =', /sets fields/],
    [
      'removes other fields beside a comment',
      '  let m =',
      '  remove_multiple_fields(pattern: ".*"); // remove_multiple_fields(names: ["sigpack_a"])\n  let m =',
      /removes fields/,
    ],
    [
      'moves the message beside a comment',
      ', message: m, remove',
      ', remove_from_default: false); /* route_to_stream(name: "Sigma detections (acme)", message: m */ contains("", ""',
      /in a stream that is not that/,
    ],
    ['is on a line of its own', '  let m =', '  // x\r drop_message();\n let m =', /calls drop_m/],
    ['has another name', 'rule "acme 0000', 'rule "acme 9', /another name in its source/],
    ['names a rule of the server', '  rule "acme 00000001', '  rule "mine 00000001', /mine 0000/],
    [
      'has two rules',
      'end\n',
      'end\nrule "x" when true then drop_message(); end\n',
      /drop_message/,
    ],
    ['has a name that is not text', '  rule "acme', '  rule "\\q acme', /which no build/],
    ['has two pipelines', 'stage 5', 'end\npipeline "x"\nstage 5', /which no build/],
    ['is of another pack', 'acme bucket 1', 'other bucket 1', /not those of one pack/],
  ])('%s', async (_, from, to, reason) => {
    const one = lab();
    const path = await built(one, '1.0.0', 1, first);
    const escaped = (value: string): string => JSON.stringify(value).slice(1, -1);
    const text = readFileSync(path, 'utf8');
    const [, ...others] = text.split('"pipeline_rule"');
    const start = text.length - others.join('"pipeline_rule"').length;
    const changed = text.slice(start).replaceAll(escaped(from), escaped(to));
    expect(changed).not.toBe(text.slice(start));
    writeFileSync(path, text.slice(0, start) + changed);
    const { code } = await one.install(path);
    expect(code).toMatch(/^usage: .*-graylog\.json: /);
    expect(code).toMatch(reason);
  });
});

test('an install after which the server would be busy for long asks for a restart', async () => {
  const one = lab();
  const long = 'long '.repeat(200);
  const many = Array.from({ length: 400 }, (_, at) => rule(at + 1, `Rule ${at}`, `${long}${at}`));
  const few = many.map((example, at) => (at === 7 ? rule(8, 'Rule 7', 'short') : example));
  const artifact = await built(one, '1.0.0', 1, many);
  const plan = await one.install(artifact, { plan: true });
  expect(plan.out).toMatch(
    /Each node parses all pipeline rules \(0\.\d MB\) once for each of 4\d\d changes, about \d+ minutes of work, and stores messages late meanwhile\.\n +Restart each node after the install/,
  );
  const done = await one.install(artifact);
  expect(done.out).toMatch(
    /Restart each node of Graylog now\. Until then it parses all pipeline rules again and again, for about \d+ minutes/,
  );
  const upgrade = await one.install(await built(one, '1.1.0', 2, few));
  expect(`${upgrade.code} ${upgrade.out}`).toMatch(/^0 [\s\S]*done: lab has 1\.1\.0/);
  expect(upgrade.out).not.toMatch(/parses all pipeline rules|Restart/);
});
