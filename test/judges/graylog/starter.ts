/**
 * node test/judges/graylog/starter.ts VERSION...: the starter pack for each way that events of
 * Windows come to Graylog, installed on a real server. The events of the rules' tests, by the names
 * that the shipper gives them, raise events of these rules and no others, with rule, level,
 * technique and key in them. The dashboard is there with all its widgets, and its searches run.
 */
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { productEvents } from '../../windows-events.ts';
import { createChecks } from '../checks.ts';
import { runSigpack } from '../command.ts';
import { root } from '../places.ts';
import { hasten } from './built-pack.ts';
import { checkDashboard } from './dashboard.ts';
import { pauseAfter } from './patience.ts';
import { onceEvery, stillToRun } from './schedule.ts';
import {
  api,
  createToken,
  type GraylogServer,
  type Hit,
  hitsIn,
  onEachGraylog,
  sendAllGelf,
} from './server.ts';
import { type Asked, askedEvents } from './starter-cases.ts';

const folder = mkdtempSync(join(tmpdir(), 'sigpack-starter-graylog-'));
const checks = createChecks();
const { check, end } = checks;

/** Bundles of pipelines, and how their shipper names what Windows logs. */
const choices = [
  { name: 'winlogbeat', bundle: 'graylog', shape: productEvents['graylog-windows-winlogbeat'] },
  { name: 'nxlog', bundle: 'graylog-nxlog', shape: productEvents['graylog-windows-nxlog'] },
  {
    name: 'illuminate',
    bundle: 'graylog-illuminate',
    shape: productEvents['graylog-windows-illuminate'],
  },
] as const;
type Choice = (typeof choices)[number];

const patience = 180_000;

let token = '';
const hook = 'http://127.0.0.1:9/services/SECRETHOOK';
const sigpack = (choice: Choice, ...args: readonly string[]) =>
  runSigpack(join(folder, choice.name), { JUDGE_TOKEN: token, JUDGE_HOOK: hook }, ...args);

/** The pack as `sigpack build` makes it, but with that schedule. */
async function build(choice: Choice): Promise<string> {
  const at = (path: string): string => join(folder, choice.name, path);
  mkdirSync(at('.'), { recursive: true });
  symlinkSync(join(root, 'rules'), at('rules'));
  const graylog =
    "{ streamParameter: STREAM, notification: { type: http }, titlePrefix: '[{LEVEL}] ' }";
  const place = `{ kind: graylog, url: '${api}', secretEnv: JUDGE_TOKEN, parameters: { NOTIFICATION_URL: { env: JUDGE_HOOK } } }`;
  writeFileSync(
    at('sigpack.yml'),
    `id: ${choice.name}\ntitle: Starter ${choice.name}\nfailOn: never\ntargets: [graylog]\npipelines: { graylog: ${choice.bundle} }\ndefaults: { enabled: true }\ngraylog: ${graylog}\ninstalls:\n  judge: ${place}\n`,
  );
  const { code, out } = await sigpack(choice, 'build', '-o', 'packs');
  if (code !== 0) throw new Error(out);
  const path = at(`packs/${choice.name}-1.0.0-graylog.json`);
  hasten(path, onceEvery, onceEvery);
  // the manifest beside it has the digest of what was built
  const changed = at('pack-graylog.json');
  renameSync(path, changed);
  return changed;
}

interface Raised {
  readonly priority: number;
  readonly key: string | null;
  readonly message: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly origin_context?: string | null;
}

type Found = ReadonlyMap<string, ReadonlyMap<string, Raised>>;

const all = (server: GraylogServer, index: string): Promise<readonly Hit[]> =>
  hitsIn(server, index, { size: 10_000 });

/** What was raised for each case, by the id of the rule. */
async function raised(server: GraylogServer): Promise<Found> {
  const cases = new Map(
    (await all(server, 'graylog_*')).map(({ _id, _source }) => [_id, String(_source.judge_case)]),
  );
  const found = new Map<string, Map<string, Raised>>();
  for (const { _source } of await all(server, 'gl-events_*')) {
    const event = _source as unknown as Raised;
    const name = cases.get(/[^:]+$/.exec(event.origin_context ?? '')?.[0] ?? '');
    const rule = event.fields?.sigma_rule_id;
    if (name === undefined || rule === undefined) continue;
    found.set(name, (found.get(name) ?? new Map<string, Raised>()).set(rule, event));
  }
  return found;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + patience;
  for (let start = Date.now(); start < end && !(await holds()); start = Date.now())
    await sleep(pauseAfter(start, 1000));
}

const priorities: Readonly<Record<string, number>> = {
  informational: 1,
  low: 1,
  medium: 2,
  high: 3,
  critical: 3,
};

function checkRaised(name: string, { rule, hit }: Asked, event: Raised | undefined): void {
  check(
    `${name}: ${rule.title} ${hit ? 'does not find its event' : 'finds an event that is not its own'}`,
    (event !== undefined) === hit,
    event,
  );
  if (!event || !hit) return;
  const { level = 'medium' } = rule;
  check(
    `${name}: level and priority of ${rule.title}`,
    event.fields.sigma_level === level && event.priority === priorities[level],
    event,
  );
  check(
    `${name}: title of ${rule.title}`,
    event.message === `[${level.toUpperCase()}] ${rule.title}` &&
      event.fields.sigma_rule === rule.title,
    event,
  );
  const entities = Object.entries(event.fields).filter(
    ([field, value]) => !field.startsWith('sigma_') && value !== '',
  );
  check(
    `${name}: entity and key of ${rule.title}`,
    entities.length > 0 && (event.key ?? '') !== '',
    event,
  );
  const techniques = rule.tags
    .flatMap((tag) => /^attack\.(t\d{4}(?:\.\d{3})?)$/.exec(tag)?.[1]?.toUpperCase() ?? [])
    .sort();
  check(
    `${name}: techniques of ${rule.title}`,
    (event.fields.sigma_techniques ?? '') === techniques.join(' '),
    event,
  );
}

async function judged(server: GraylogServer): Promise<void> {
  const { version } = server;
  const started = Date.now();
  token = await createToken(server);
  let said = '';
  const cases = choices.flatMap((choice) =>
    asked.map((one, index) => ({
      ...one,
      name: `${choice.name} ${index}`,
      shaped: choice.shape?.(one.event) ?? {},
    })),
  );
  await sendAllGelf(
    server,
    cases.map(({ name, shaped }) => ({ ...shaped, judge_case: name })),
  );
  await until(
    async () =>
      (await all(server, 'graylog_*')).filter(({ _source }) => _source.judge_case !== undefined)
        .length >= cases.length,
  );
  for (const choice of choices) {
    const run = await sigpack(
      choice,
      'install',
      packs.get(choice.name) ?? '',
      '--to',
      'judge',
      '--yes',
    );
    said += run.out;
    check(
      `install ${choice.name}`,
      run.code === 0 && /done: judge has 1\.0\.0/.test(run.out),
      run.out,
    );
    check(`${choice.name}: the allowlist is spoken of`, /URL allowlist/.test(run.out), run.out);
  }
  await until(async () => (await stillToRun(server)) === 0);
  const isFound = (there: Found) =>
    cases.every(({ name, rule, hit }) => !hit || there.get(name)?.has(rule.id ?? '') === true);
  await until(async () => isFound(await raised(server)));
  const found = await raised(server);
  for (const one of cases) checkRaised(one.name, one, found.get(one.name)?.get(one.rule.id ?? ''));
  await checkDashboard(server, 'Starter winlogbeat', checks);
  for (const choice of choices) {
    const status = await sigpack(choice, 'status');
    check(`status of ${choice.name}`, /as installed/.test(status.out), status.out);
    const run = await sigpack(choice, 'uninstall', '--to', 'judge', '--yes');
    said += status.out + run.out;
    check(`uninstall ${choice.name}`, run.code === 0, run.out);
  }
  check('the address of the notification is not shown', !said.includes('SECRETHOOK'));
  const hits = cases.filter(({ hit }) => hit).length;
  console.log(
    `graylog ${version}: ${hits} events found, ${cases.length - hits} left alone, in ${Math.round((Date.now() - started) / 1000)} s`,
  );
}

const asked = askedEvents();
const packs = new Map<string, string>();
try {
  for (const choice of choices) packs.set(choice.name, await build(choice));
  await onEachGraylog(judged);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
end('the starter pack finds what it must');
