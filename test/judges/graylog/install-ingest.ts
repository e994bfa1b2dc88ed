/**
 * node test/judges/graylog/install-ingest.ts VERSION...: install, status, upgrade, rollback and
 * uninstall of a pack that tests messages at ingest, on a real Graylog server. Messages sent as GELF
 * show which version tests them, that tuning works before hits are stored and before event
 * definitions see them, and that it stays.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createChecks } from '../checks.ts';
import { type CommandRun, runSigpack } from '../command.ts';
import { hasten } from './built-pack.ts';
import { raisedEvents, streamsOn } from './objects.ts';
import {
  api,
  createToken,
  definitionsOn,
  type GraylogServer,
  hitsIn,
  type Json,
  onEachGraylog,
  sendAllGelf,
} from './server.ts';

const folder = mkdtempSync(join(tmpdir(), 'sigpack-ingest-graylog-'));
const at = (path: string): string => join(folder, path);
const { check, end } = createChecks();

let token = '';
let said = '';
async function sigpack(...args: readonly string[]): Promise<CommandRun> {
  const run = await runSigpack(folder, { JUDGE_TOKEN: token }, ...args);
  said += run.out;
  return run;
}
const expectRun = async (
  what: string,
  code: number,
  pattern: RegExp,
  ...args: readonly string[]
): Promise<void> => {
  const run = await sigpack(...args);
  check(`${what}: exit code ${run.code}, not ${code}`, run.code === code, run.out);
  check(`${what}: says nothing like ${pattern}`, pattern.test(run.out), run.out);
};

const idOf = (name: string): string => `${name.repeat(8)}-0000-4000-8000-000000000000`;

/** A rule whose name is its id, and which finds messages with the value. */
const rule = (name: string, value: string): string =>
  `title: Rule ${name}\nid: ${idOf(name)}\nstatus: test\nlevel: high\nlogsource: { ${name === 'c' ? 'product: other' : 'category: judge'} }\ndetection:\n  sel: { JudgeField|contains: ${value} }\n  condition: sel\n`;

/** Its definitions run every ten seconds and look ten minutes back. */
async function build(
  version: string,
  revision: number,
  rules: Readonly<Record<string, string>>,
): Promise<string> {
  rmSync(at('rules'), { recursive: true, force: true });
  mkdirSync(at('rules'));
  for (const [name, value] of Object.entries(rules))
    writeFileSync(at(`rules/${name}.yml`), rule(name, value));
  writeFileSync(
    at('sigpack.yml'),
    `id: judge\ntitle: Judged detections\nversion: ${version}\nrevision: ${revision}\nfailOn: never\ntargets: [graylog]\npipelines: { graylog: none }\ndefaults: { enabled: true }\ngraylog: { mode: ingest }\ninstalls:\n  judge: { kind: graylog, url: '${api}', secretEnv: JUDGE_TOKEN, timeout: 60 }\n`,
  );
  const { code, out } = await sigpack('build', '-o', `packs/${version}`);
  if (code !== 0) throw new Error(out);
  return hasten(at(`packs/${version}/judge-${version}-graylog.json`), 10_000).path;
}

interface Text {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly modified_at: string;
}

const textsOn = async (
  server: GraylogServer,
  kind: 'rule' | 'pipeline',
): Promise<readonly Text[]> =>
  (await server.call('GET', `/system/pipelines/${kind}`)) as unknown as readonly Text[];

/** Edits a rule in place. */
async function edit(server: GraylogServer, start: string, from: string, to: string): Promise<void> {
  const one = (await textsOn(server, 'rule')).find(({ title }) => title.startsWith(start));
  if (!one?.source.includes(from)) throw new Error(`${start} has no ${from}`);
  const source = one.source.replace(from, to);
  const { id, title } = one;
  const body = { id, title, description: '', source };
  await server.call('PUT', `/system/pipelines/rule/${id}`, body);
  // as an admin waits until it is applied: "it can take up to a second"
  await sleep(3000);
}

interface Seen {
  /** Names of rules on the message itself. */
  readonly tags: string;
  /** Names of rules and levels of the hits. */
  readonly hits: string;
}

const pollMs = 300;
let sent = 0;
/** Sends a message that all rules find, and reads what became of it. */
async function tested(server: GraylogServer, text: string): Promise<Seen> {
  const mark = `mark${process.pid}x${++sent}x`;
  const later = `${mark}later`;
  // the server keeps the order of messages: what became of the first is there with the second
  await sendAllGelf(server, [{ JudgeField: text, Mark: mark, source: mark }, { source: later }]);
  const nameOf = (id: unknown): string => String(id).slice(0, 1);
  let before = 0;
  for (let polls = 0, same = 0; ; polls += 1) {
    await sleep(pollMs);
    const found = await hitsIn(server, 'graylog_*', {
      size: 100,
      query: { terms: { source: [mark, later] } },
    });
    const all = found.map(({ _source }) => _source).filter(({ source }) => source === mark);
    const [message] = all.filter(({ Mark }) => Mark === mark);
    same = all.length === before && all.length < found.length ? same + 1 : 0;
    before = all.length;
    // batches are written apart, one a second
    if (message && same * pollMs > 1500) {
      const tags = Array.isArray(message.sigma_rules) ? message.sigma_rules : [message.sigma_rules];
      const left = Object.keys(message).filter((name) => name.startsWith('sigpack_'));
      check('no temporary field is left', left.length === 0, left);
      return {
        tags: tags
          .flatMap((id) => (id === undefined ? [] : [nameOf(id)]))
          .sort()
          .join(''),
        hits: all
          .filter((one) => one.sigma_rule !== undefined)
          .map((one) => `${nameOf(one.sigma_rule)}:${String(one.sigma_level)}`)
          .sort()
          .join(' '),
      };
    }
    if (polls * pollMs > 60_000) throw new Error('the message is not stored');
  }
}

/** Ids of the rules that events were raised of. */
async function raised(server: GraylogServer): Promise<readonly string[]> {
  const events = await raisedEvents(server, ['fields.sigma_rule_id']);
  return events.map(({ fields }) => String((fields as Json | undefined)?.sigma_rule_id));
}

async function judged(server: GraylogServer): Promise<void> {
  const { version } = server;
  const first = await build('1.0.0', 1, { a: 'one', b: 'one', c: 'one' });
  const second = await build('1.1.0', 2, { a: 'other', c: 'one', d: 'one' });
  token = await createToken(server);
  const install = (pack: string, ...more: readonly string[]) => [
    'install',
    pack,
    '--to',
    'judge',
    ...more,
  ];
  await expectRun(
    'plan',
    0,
    /\+ pipeline rule "judge [\s\S]*planned/,
    ...install(first, '--plan', '--verbose'),
  );
  check('a plan does nothing', (await textsOn(server, 'rule')).length === 0);
  const start = performance.now();
  await expectRun('install', 0, /done: judge has 1\.0\.0/, ...install(first, '--yes'));
  const seconds = (performance.now() - start) / 1000;
  const made = await textsOn(server, 'rule');
  await expectRun('again', 0, /nothing to do/, ...install(first, '--yes'));
  check(
    'a second run touches nothing',
    JSON.stringify(made) === JSON.stringify(await textsOn(server, 'rule')),
  );
  await expectRun('status', 0, /as installed[\s\S]*tuning" is as it was made/, 'status');
  const one = await tested(server, 'one');
  check('1.0.0 tests messages', one.tags === 'abc', one);
  check('a hit each', one.hits === 'a:high b:high c:high', one);

  await edit(
    server,
    'judge tuning: exclusions',
    '\n  false\n',
    `\n  ("${idOf('a')}" == $message.sigma_rule)\n`,
  );
  await edit(
    server,
    'judge tuning: levels',
    '\n  false\n',
    `\n  ("${idOf('c')}" == $message.sigma_rule)\n`,
  );
  const tuned = await tested(server, 'one');
  check('tuning drops a hit and changes a level', tuned.hits === 'b:high c:low', tuned);
  await expectRun('tuning is not drift', 0, /is yours: "judge tuning: exclusions"/, 'status');

  await expectRun('plan of 1.1.0', 0, /planned/, ...install(second, '--plan', 'plan.json'));
  await edit(server, 'judge other', '"one"', '"by hand"');
  await expectRun(
    'a plan for what was',
    4,
    /was changed since the plan was made/,
    ...install(second, '--apply', 'plan.json'),
  );
  await expectRun('drift', 1, /\(Rule c\) was changed in place/, 'status');
  await expectRun(
    'upgrade',
    0,
    /\(Rule c\) was changed in place: it stays so[\s\S]*done: judge has 1\.1\.0/,
    ...install(second, '--yes'),
  );
  const upgraded = await tested(server, 'one');
  check('1.1.0 tests messages, with what was changed by hand', upgraded.tags === 'd', upgraded);
  const hand = await tested(server, 'other by hand');
  check('the changed rules find others', hand.tags === 'ac', hand);
  check('tuning stays in an upgrade', hand.hits === 'c:low', hand);
  await expectRun('overwrite', 0, /done/, ...install(second, '--yes', '--drift', 'overwrite'));
  check('the drift is gone', (await tested(server, 'one')).tags === 'cd');

  await expectRun('rollback', 0, /done: judge has 1\.0\.0/, 'rollback', '--to', 'judge', '--yes');
  const back = await tested(server, 'one');
  check('1.0.0 tests messages again', back.tags === 'abc', back);
  check('tuning stays in a rollback', back.hits === 'b:high c:low', back);
  const names = (texts: readonly Text[]): string =>
    texts
      .map(({ title }) => title)
      .sort()
      .join();
  check('the rules of 1.0.0 and no others', names(made) === names(await textsOn(server, 'rule')));
  for (let waited = 0; waited < 60 && !(await raised(server)).includes(idOf('b')); waited += 3)
    await sleep(3000);
  const events = await raised(server);
  check('hits raise events', events.includes(idOf('b')), events);

  await expectRun('uninstall', 0, /"judge tuning" stays/, 'uninstall', '--to', 'judge', '--yes');
  const left = await textsOn(server, 'rule');
  check(
    'the tuning is left',
    names(left) === 'judge tuning: exclusions,judge tuning: levels',
    left,
  );
  check('nothing tests messages', (await tested(server, 'one')).tags === '');
  await expectRun('install once more', 0, /done/, ...install(second, '--yes'));
  const again = await tested(server, 'one other');
  check('with the tuning of before', again.hits === 'c:low d:high', again);
  await edit(
    server,
    'judge tuning: exclusions',
    `\n  ("${idOf('a')}" == $message.sigma_rule)\n`,
    '\n  false\n',
  );
  await edit(
    server,
    'judge tuning: levels',
    `\n  ("${idOf('c')}" == $message.sigma_rule)\n`,
    '\n  false\n',
  );
  await expectRun('uninstall all', 0, /removed/, 'uninstall', '--to', 'judge', '--yes');
  check('no rule is left', (await textsOn(server, 'rule')).length === 0);
  check('no pipeline is left', (await textsOn(server, 'pipeline')).length === 0);
  check('no definition is left', (await definitionsOn(server)).length === 0);
  const streams = await streamsOn(server);
  check('no stream is left', !streams.some(({ title }) => title.startsWith('Sigma')), streams);
  check('no secret was shown', !said.includes(token) && !said.includes(btoa(`${token}:token`)));
  console.log(
    `graylog ${version}: installed (${seconds.toFixed(1)} s), tuned, upgraded, rolled back and uninstalled a pack that tests at ingest`,
  );
}

try {
  await onEachGraylog(judged);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
end('installing what tests at ingest holds');
