/**
 * node test/judges/graylog/install.ts VERSION...: the commands install, status, rollback and
 * uninstall against a real Graylog server, with a pack of public rules in two versions: what is
 * there afterwards, that ids, notifications and events stay, and that a recorded event makes its
 * definition fire.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createChecks } from '../checks.ts';
import { type CommandRun, runSigpack } from '../command.ts';
import { recordedEvents, rulePaths } from '../proof-data.ts';
import { type BuiltPack, hasten } from './built-pack.ts';
import {
  api,
  createToken,
  definitionsOn,
  type EventDefinition,
  type GraylogServer,
  type Json,
  onEachGraylog,
  sendGelf,
} from './server.ts';

const folder = mkdtempSync(join(tmpdir(), 'sigpack-install-graylog-'));
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

/**
 * The pack of what is in rules/, as `sigpack build` makes it, but its definitions run every ten
 * seconds and look ten minutes back.
 */
async function build(version: string, revision: number): Promise<BuiltPack> {
  writeFileSync(
    at('sigpack.yml'),
    `id: judge\ntitle: Judged detections\nversion: ${version}\nrevision: ${revision}\nfailOn: never\ntargets: [graylog]\npipelines: { graylog: none }\ndefaults: { enabled: true }\ngraylog: { streamParameter: STREAM }\ninstalls:\n  judge: { kind: graylog, url: '${api}', secretEnv: JUDGE_TOKEN, timeout: 60 }\n`,
  );
  const { code, out } = await sigpack('build', '-o', `packs/${version}`);
  if (code !== 0) throw new Error(out);
  return hasten(at(`packs/${version}/judge-${version}-graylog.json`), 10_000);
}

interface Packs {
  readonly first: BuiltPack;
  readonly second: BuiltPack;
  readonly fired: string;
  readonly edited: string;
  readonly changed: string;
  readonly event: Json;
}

/** Two versions: a start; a rule less, one more, and one with another title and condition. */
async function packs(): Promise<Packs> {
  mkdirSync(at('rules'));
  const paths = rulePaths.slice(0, 25);
  for (const path of paths.slice(1)) copyFileSync(path, at(`rules/${basename(path)}`));
  const text = (path: string): string => readFileSync(path, 'utf8');
  const titleOf = (path: string): string => /^title: (.*)$/m.exec(text(path))?.[1] ?? '';
  const idOf = (path: string): string => /^id: (.*)$/m.exec(text(path))?.[1] ?? '';
  const first = await build('1.0.0', 1);
  const [added = '', removed = '', changed = '', edited = '', ...others] = paths;
  const fired =
    others.find(
      (path) =>
        first.titles.includes(titleOf(path)) &&
        recordedEvents.some(({ ruleId }) => ruleId === idOf(path)),
    ) ?? '';
  rmSync(at(`rules/${basename(removed)}`));
  copyFileSync(added, at(`rules/${basename(added)}`));
  writeFileSync(
    at(`rules/${basename(changed)}`),
    text(changed)
      .replace(/^detection:\n/m, 'detection:\n    _install: { InstallField: x }\n')
      .replace(/condition: .*$/m, 'condition: _install'),
  );
  const second = await build('1.1.0', 2);
  const event = recordedEvents.find(({ ruleId }) => ruleId === idOf(fired))?.event ?? {};
  return {
    first,
    second,
    fired: titleOf(fired),
    edited: titleOf(edited),
    changed: titleOf(changed),
    event: event as Json,
  };
}

async function eventsOf(server: GraylogServer, id: string): Promise<number> {
  const { count } = await server.search(
    'gl-events_*/_count',
    JSON.stringify({ query: { term: { event_definition_id: id } } }),
  );
  return Number(count ?? 0);
}

async function fires(server: GraylogServer, id: string): Promise<boolean> {
  for (let waited = 0; waited < 180; waited += 3) {
    if ((await eventsOf(server, id)) > 0) return true;
    await sleep(3000);
  }
  return false;
}

/** In each pack. */
const dashboards = 1;

const same = (a: readonly string[], b: readonly string[]): boolean =>
  JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());

async function judged(
  server: GraylogServer,
  { first, second, fired, edited, changed, event }: Packs,
): Promise<void> {
  const { version } = server;
  const definitions = async () =>
    new Map((await definitionsOn(server)).map((one) => [one.title, one]));
  token = await createToken(server);
  const install = (pack: BuiltPack, ...more: readonly string[]) => [
    'install',
    pack.path,
    '--to',
    'judge',
    ...more,
  ];
  await expectRun('nothing installed', 0, /not installed/, 'status');
  await expectRun(
    'plan',
    0,
    new RegExp(`planned: ${first.titles.length + dashboards} to create`),
    ...install(first, '--plan'),
  );
  check('a plan does nothing', (await definitions()).size === 0);
  await expectRun('no terminal', 2, /give --yes/, ...install(first));
  await expectRun('install', 0, /done: judge has 1\.0\.0/, ...install(first, '--yes'));
  const made = await definitions();
  check('definitions of 1.0.0', same([...made.keys()], first.titles), [...made.keys()]);
  await expectRun('again', 0, /nothing to do/, ...install(first, '--yes'));
  const again = await definitions();
  check(
    'a second run changes nothing',
    [...made].every(
      ([title, { id, updated_at }]) =>
        again.get(title)?.id === id && again.get(title)?.updated_at === updated_at,
    ),
  );
  await expectRun('status', 0, /1\.0\.0.*as installed/, 'status');

  const notification = await server.call(
    'POST',
    '/events/notifications',
    server.creation(notificationBody),
  );
  const { scheduler: _, ...there } = made.get(fired) as EventDefinition;
  await server.call('PUT', `/events/definitions/${there.id}`, {
    ...there,
    notifications: [{ notification_id: notification.id, notification_parameters: null }],
  });
  await expectRun('a notification is the admin’s', 0, /nothing to do/, ...install(first, '--yes'));
  await sendGelf(server, event);
  check(`${fired} fires`, await fires(server, there.id));

  await expectRun('plan of 1.1.0', 0, /planned/, ...install(second, '--plan', 'plan.json'));
  const hand = made.get(edited) as EventDefinition;
  const { scheduler: __, ...handBody } = hand;
  await server.call('PUT', `/events/definitions/${hand.id}`, {
    ...handBody,
    priority: 1,
    description: 'HANDMADE',
  });
  await expectRun(
    'a plan for what was',
    4,
    /was changed since the plan was made/,
    ...install(second, '--apply', 'plan.json'),
  );
  check('nothing of that plan was done', same([...(await definitions()).keys()], first.titles));
  await expectRun('drift', 1, /1 changed in place[\s\S]*HANDMADE/, 'status');
  await expectRun('plan once more', 0, /it stays so/, ...install(second, '--plan', 'plan.json'));
  await expectRun(
    'upgrade by a plan',
    0,
    /done: judge has 1\.1\.0/,
    ...install(second, '--apply', 'plan.json'),
  );
  const upgraded = await definitions();
  check('definitions of 1.1.0', same([...upgraded.keys()], second.titles), [...upgraded.keys()]);
  check(
    'ids stay',
    [...made].every(([title, { id }]) => !upgraded.has(title) || upgraded.get(title)?.id === id),
  );
  check(
    'the condition is the new one',
    JSON.stringify(upgraded.get(changed)?.config).includes('InstallField'),
    upgraded.get(changed),
  );
  check(
    'the notification stays',
    upgraded.get(fired)?.notifications.length === 1,
    upgraded.get(fired),
  );
  check('the drift stays', upgraded.get(edited)?.description === 'HANDMADE', upgraded.get(edited));
  check('events stay', (await eventsOf(server, there.id)) > 0);
  await expectRun('again 1.1.0', 0, /nothing to do/, ...install(second, '--yes'));
  await expectRun(
    'overwrite',
    0,
    /becomes as the pack has it[\s\S]*done/,
    ...install(second, '--yes', '--drift', 'overwrite'),
  );
  check('the drift is gone', (await definitions()).get(edited)?.description === hand.description);
  await expectRun('status of 1.1.0', 0, /1\.1\.0, before it 1\.0\.0.*as installed/, 'status');

  await expectRun('rollback', 0, /done: judge has 1\.0\.0/, 'rollback', '--to', 'judge', '--yes');
  const back = await definitions();
  check('definitions after the rollback', same([...back.keys()], first.titles), [...back.keys()]);
  check('the old condition', !JSON.stringify(back.get(changed)?.config).includes('InstallField'));
  check(
    'ids stay in a rollback',
    [...made].every(([title, { id }]) => !upgraded.has(title) || back.get(title)?.id === id),
  );
  check('the notification stays in a rollback', back.get(fired)?.notifications.length === 1);
  await expectRun('status after it', 0, /1\.0\.0, \d+ objects, as installed/, 'status');
  await expectRun(
    'no version before',
    2,
    /no version before/,
    'rollback',
    '--to',
    'judge',
    '--yes',
  );
  await expectRun('upgrade again', 0, /done: judge has 1\.1\.0/, ...install(second, '--yes'));
  check('definitions of 1.1.0 again', same([...(await definitions()).keys()], second.titles));
  await expectRun('an older one', 2, /older/, ...install(first, '--yes'));

  await expectRun('uninstall', 0, /removed/, 'uninstall', '--to', 'judge', '--yes');
  check('no definitions are left', (await definitions()).size === 0, [
    ...(await definitions()).keys(),
  ]);
  const { content_packs: left = [] } = (await server.call('GET', '/system/content_packs')) as {
    readonly content_packs?: readonly { readonly name: string }[];
  };
  check('no content packs are left', !left.some(({ name }) => name.startsWith('Judged')), left);
  await expectRun('nothing there any more', 0, /not installed/, 'status');
  await expectRun('install after an uninstall', 0, /done/, ...install(second, '--yes'));
  check('definitions after that', same([...(await definitions()).keys()], second.titles));
  await expectRun('uninstall once more', 0, /removed/, 'uninstall', '--to', 'judge', '--yes');
  check('no secret was shown', !said.includes(token) && !said.includes(btoa(`${token}:token`)));
  console.log(
    `graylog ${version}: installed, upgraded, rolled back and uninstalled ${second.titles.length} event definitions`,
  );
}

const notificationBody = {
  title: 'judge',
  description: '',
  config: {
    type: 'http-notification-v1',
    url: 'http://127.0.0.1:9/',
    skip_tls_verification: false,
  },
};

try {
  const built = await packs();
  await onEachGraylog((server) => judged(server, built));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
end('installing into Graylog holds');
