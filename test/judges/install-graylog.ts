/**
 * node test/judges/install-graylog.ts VERSION...: the commands install, status, rollback and uninstall against a real Graylog server, with a pack of
 * public rules in two versions: what is there afterwards, that ids, notifications and events stay, and that a recorded event makes its definition fire.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { recordedEvents, rulePaths } from './proof-data.ts';

const judge = join(process.env.SIGPACK_CACHE ?? join(homedir(), '.cache', 'sigpack'), 'judges', 'graylog');
const main = join(import.meta.dirname, '..', '..', 'dist', 'lib', 'cli', 'main.js');
const folder = mkdtempSync(join(tmpdir(), 'sigpack-install-graylog-'));
const at = (path: string): string => join(folder, path);
const api = 'http://127.0.0.1:9000/api';

let failures = 0;
function check(what: string, right: boolean, more: unknown = ''): void {
  if (right) return;
  failures++;
  console.log(`  WRONG: ${what} ${typeof more === 'string' ? more.slice(0, 800) : JSON.stringify(more)?.slice(0, 800)}`);
}

type Json = Readonly<Record<string, unknown>>;

async function call(method: string, path: string, body?: unknown): Promise<Json> {
  const headers = {
    authorization: `Basic ${btoa('admin:admin')}`,
    'x-requested-by': 'judge',
    accept: 'application/json',
    'content-type': 'application/json',
    connection: 'close',
  };
  const response = await fetch(`${api}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await response.text();
  check(`${method} ${path}: ${response.status}`, response.ok, text);
  return text === '' ? {} : (JSON.parse(text) as Json);
}

let token = '';
let said = '';
function sigpack(...args: readonly string[]): { readonly code: number | null; readonly out: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, JUDGE_TOKEN: token },
    maxBuffer: 2 ** 28,
  });
  said += stdout + stderr;
  return { code: status, out: stdout + stderr };
}
const expectRun = (what: string, code: number, pattern: RegExp, ...args: readonly string[]): string => {
  const run = sigpack(...args);
  check(`${what}: exit code ${run.code}, not ${code}`, run.code === code, run.out);
  check(`${what}: says nothing like ${pattern}`, pattern.test(run.out), run.out);
  return run.out;
};

interface Definition extends Json {
  readonly id: string;
  readonly title: string;
  readonly updated_at: string;
  readonly notifications: readonly Json[];
}

async function definitions(): Promise<ReadonlyMap<string, Definition>> {
  const { event_definitions: all } = (await call('GET', '/events/definitions?per_page=1000')) as { readonly event_definitions: readonly Definition[] };
  return new Map(all.filter(({ title }) => title !== 'System notification events').map((one) => [one.title, one]));
}

interface Built {
  readonly path: string;
  readonly titles: readonly string[];
}

/** The pack of what is in rules/, as `sigpack build` makes it, but its definitions run every ten seconds and look ten minutes back. */
function build(version: string, revision: number): Built {
  writeFileSync(
    at('sigpack.yml'),
    `id: judge\ntitle: Judged detections\nversion: ${version}\nrevision: ${revision}\nfailOn: never\ntargets: [graylog]\ndefaults: { enabled: true }\ngraylog: { streamParameter: STREAM }\ninstalls:\n  judge: { kind: graylog, url: '${api}', secretEnv: JUDGE_TOKEN, timeout: 60 }\n`,
  );
  const { code, out } = sigpack('build', '-o', `packs/${version}`);
  if (code !== 0) throw new Error(out);
  const path = at(`packs/${version}/judge-${version}-graylog.json`);
  const pack = JSON.parse(readFileSync(path, 'utf8')) as { readonly entities: readonly { readonly type: Json; readonly data: Json }[] };
  const titles: string[] = [];
  for (const { type, data } of pack.entities) {
    if (type.name !== 'event_definition') continue;
    titles.push((data.title as { readonly '@value': string })['@value']);
    Object.assign(data.config as object, { execute_every_ms: 10_000, search_within_ms: 600_000 });
  }
  writeFileSync(path, JSON.stringify(pack));
  return { path, titles };
}

/** Two versions: a start; a rule less, one more, and one with another title and condition. */
function packs(): {
  readonly first: Built;
  readonly second: Built;
  readonly fired: string;
  readonly edited: string;
  readonly changed: string;
  readonly event: Json;
} {
  mkdirSync(at('rules'));
  const paths = rulePaths.slice(0, 25);
  for (const path of paths.slice(1)) copyFileSync(path, at(`rules/${basename(path)}`));
  const text = (path: string): string => readFileSync(path, 'utf8');
  const titleOf = (path: string): string => /^title: (.*)$/m.exec(text(path))?.[1] ?? '';
  const idOf = (path: string): string => /^id: (.*)$/m.exec(text(path))?.[1] ?? '';
  const first = build('1.0.0', 1);
  const [added = '', removed = '', changed = '', edited = '', ...others] = paths;
  const fired = others.find((path) => first.titles.includes(titleOf(path)) && recordedEvents.some(({ ruleId }) => ruleId === idOf(path))) ?? '';
  rmSync(at(`rules/${basename(removed)}`));
  copyFileSync(added, at(`rules/${basename(added)}`));
  writeFileSync(
    at(`rules/${basename(changed)}`),
    text(changed)
      .replace(/^detection:\n/m, 'detection:\n    _install: { InstallField: x }\n')
      .replace(/condition: .*$/m, 'condition: _install'),
  );
  const second = build('1.1.0', 2);
  const event = recordedEvents.find(({ ruleId }) => ruleId === idOf(fired))?.event ?? {};
  return { first, second, fired: titleOf(fired), edited: titleOf(edited), changed: titleOf(changed), event: event as Json };
}

async function sendGelf(event: Json): Promise<void> {
  await call('POST', '/system/inputs', {
    title: 'judge-gelf',
    global: true,
    type: 'org.graylog2.inputs.gelf.http.GELFHttpInput',
    configuration: {
      bind_address: '127.0.0.1',
      port: 12201,
      recv_buffer_size: 1048576,
      number_worker_threads: 1,
      tls_enable: false,
      enable_cors: false,
      max_chunk_size: 65536,
      idle_writer_timeout: 60,
      decompress_size_limit: 8388608,
    },
  });
  const message = {
    version: '1.1',
    host: 'judge',
    short_message: 'event',
    ...Object.fromEntries(Object.entries(event).map(([name, value]) => [`_${name}`, value])),
  };
  for (let attempt = 0; ; attempt++) {
    try {
      const response = await fetch('http://127.0.0.1:12201/gelf', {
        method: 'POST',
        body: JSON.stringify(message),
        headers: { 'content-type': 'application/json' },
      });
      if (response.ok) return;
    } catch {
      // the input is not open yet
    }
    if (attempt > 30) throw new Error('the GELF input does not open');
    await sleep(1000);
  }
}

async function eventsOf(id: string): Promise<number> {
  const response = await fetch('http://127.0.0.1:9250/gl-events_*/_count', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: { term: { event_definition_id: id } } }),
  });
  return Number(((await response.json()) as { readonly count?: number }).count ?? 0);
}

async function fires(id: string): Promise<boolean> {
  for (let waited = 0; waited < 180; waited += 3) {
    if ((await eventsOf(id)) > 0) return true;
    await sleep(3000);
  }
  return false;
}

const same = (a: readonly string[], b: readonly string[]): boolean => JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());

async function judged(version: string, { first, second, fired, edited, changed, event }: ReturnType<typeof packs>): Promise<void> {
  token = String((await call('POST', '/users/local:admin/tokens/judge', version.startsWith('6.') ? {} : { token_ttl: 'P30D' })).token);
  const install = (pack: Built, ...more: readonly string[]) => ['install', pack.path, '--to', 'judge', ...more];
  expectRun('nothing installed', 0, /not installed/, 'status');
  expectRun('plan', 0, new RegExp(`planned: ${first.titles.length} to create`), ...install(first, '--plan'));
  check('a plan does nothing', (await definitions()).size === 0);
  expectRun('no terminal', 2, /give --yes/, ...install(first));
  expectRun('install', 0, /done: judge has 1\.0\.0/, ...install(first, '--yes'));
  const made = await definitions();
  check('definitions of 1.0.0', same([...made.keys()], first.titles), [...made.keys()]);
  expectRun('again', 0, /nothing to do/, ...install(first, '--yes'));
  const again = await definitions();
  check(
    'a second run changes nothing',
    [...made].every(([title, { id, updated_at }]) => again.get(title)?.id === id && again.get(title)?.updated_at === updated_at),
  );
  expectRun('status', 0, /1\.0\.0.*as installed/, 'status');

  const notification = await call('POST', '/events/notifications', {
    ...(version.startsWith('6.') ? notificationBody : { entity: notificationBody, share_request: null }),
  });
  const { scheduler: _, ...there } = made.get(fired) as Definition;
  await call('PUT', `/events/definitions/${there.id}`, { ...there, notifications: [{ notification_id: notification.id, notification_parameters: null }] });
  expectRun('a notification is the admin’s', 0, /nothing to do/, ...install(first, '--yes'));
  await sendGelf(event);
  check(`${fired} fires`, await fires(there.id));

  expectRun('plan of 1.1.0', 0, /planned/, ...install(second, '--plan', 'plan.json'));
  const hand = made.get(edited) as Definition;
  const { scheduler: __, ...handBody } = hand;
  await call('PUT', `/events/definitions/${hand.id}`, { ...handBody, priority: 1, description: 'HANDMADE' });
  expectRun('a plan for what was', 4, /was changed since the plan was made/, ...install(second, '--apply', 'plan.json'));
  check('nothing of that plan was done', same([...(await definitions()).keys()], first.titles));
  expectRun('drift', 1, /1 changed in place[\s\S]*HANDMADE/, 'status');
  expectRun('plan once more', 0, /it stays so/, ...install(second, '--plan', 'plan.json'));
  expectRun('upgrade by a plan', 0, /done: judge has 1\.1\.0/, ...install(second, '--apply', 'plan.json'));
  const upgraded = await definitions();
  check('definitions of 1.1.0', same([...upgraded.keys()], second.titles), [...upgraded.keys()]);
  check(
    'ids stay',
    [...made].every(([title, { id }]) => !upgraded.has(title) || upgraded.get(title)?.id === id),
  );
  check('the condition is the new one', JSON.stringify(upgraded.get(changed)?.config).includes('InstallField'), upgraded.get(changed));
  check('the notification stays', upgraded.get(fired)?.notifications.length === 1, upgraded.get(fired));
  check('the drift stays', upgraded.get(edited)?.description === 'HANDMADE', upgraded.get(edited));
  check('events stay', (await eventsOf(there.id)) > 0);
  expectRun('again 1.1.0', 0, /nothing to do/, ...install(second, '--yes'));
  expectRun('overwrite', 0, /becomes as the pack has it[\s\S]*done/, ...install(second, '--yes', '--drift', 'overwrite'));
  check('the drift is gone', (await definitions()).get(edited)?.description === hand.description);
  expectRun('status of 1.1.0', 0, /1\.1\.0, before it 1\.0\.0.*as installed/, 'status');

  expectRun('rollback', 0, /done: judge has 1\.0\.0/, 'rollback', '--to', 'judge', '--yes');
  const back = await definitions();
  check('definitions after the rollback', same([...back.keys()], first.titles), [...back.keys()]);
  check('the old condition', !JSON.stringify(back.get(changed)?.config).includes('InstallField'));
  check(
    'ids stay in a rollback',
    [...made].every(([title, { id }]) => !upgraded.has(title) || back.get(title)?.id === id),
  );
  check('the notification stays in a rollback', back.get(fired)?.notifications.length === 1);
  expectRun('status after it', 0, /1\.0\.0, \d+ objects, as installed/, 'status');
  expectRun('no version before', 2, /no version before/, 'rollback', '--to', 'judge', '--yes');
  expectRun('upgrade again', 0, /done: judge has 1\.1\.0/, ...install(second, '--yes'));
  check('definitions of 1.1.0 again', same([...(await definitions()).keys()], second.titles));
  expectRun('an older one', 2, /older/, ...install(first, '--yes'));

  expectRun('uninstall', 0, /removed/, 'uninstall', '--to', 'judge', '--yes');
  check('no definitions are left', (await definitions()).size === 0, [...(await definitions()).keys()]);
  const { content_packs: left = [] } = (await call('GET', '/system/content_packs')) as { readonly content_packs?: readonly { readonly name: string }[] };
  check('no content packs are left', !left.some(({ name }) => name.startsWith('Judged')), left);
  expectRun('nothing there any more', 0, /not installed/, 'status');
  expectRun('install after an uninstall', 0, /done/, ...install(second, '--yes'));
  check('definitions after that', same([...(await definitions()).keys()], second.titles));
  check('no secret was shown', !said.includes(token) && !said.includes(btoa(`${token}:token`)));
  console.log(`graylog ${version}: installed, upgraded, rolled back and uninstalled ${second.titles.length} event definitions`);
}

const notificationBody = {
  title: 'judge',
  description: '',
  config: { type: 'http-notification-v1', url: 'http://127.0.0.1:9/', skip_tls_verification: false },
};

const versions = process.argv.slice(2);
if (versions.length === 0) throw new Error('usage: install-graylog.ts VERSION...');
try {
  const built = packs();
  for (const version of versions) {
    execFileSync(join(judge, 'start.sh'), [version], { stdio: 'ignore' });
    try {
      await judged(version, built);
    } finally {
      spawnSync(join(judge, 'stop.sh'));
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(failures === 0 ? 'installing into Graylog holds' : `${failures} checks failed`);
process.exitCode = failures === 0 ? 0 : 1;
